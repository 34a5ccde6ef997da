#!/usr/bin/env python3
"""Makes tests/golden/libraries.tsv: logits of networks of torchvision and timm whose values are a
function of the tensors' names, so that no weights need be kept. Needs torch, torchvision and timm.

Usage: golden_libraries.py OUT
"""

import math
import sys

import numpy
import timm
import torch
import torchvision
from timm.models.nasnet import NASNetALarge

NETWORKS = [
    ("torchvision", "regnet_y_400mf"), ("torchvision", "resnet18"), ("torchvision", "mobilenet_v2"),
    ("torchvision", "shufflenet_v2_x1_0"), ("torchvision", "efficientnet_b0"),
    ("timm", "regnetz_005"), ("timm", "legacy_seresnet50"), ("timm", "mobilenetv1_100"),
    ("timm", "efficientnet_b0"), ("timm", "nasnet_small"),
]
SIDE, SHOWN = 64, 16


def uniform(name, n):
    """n numbers in [0, 1), the same in tests/unit/test_libraries.c."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 % 2**32
    x = numpy.uint32(seed) + numpy.arange(n, dtype=numpy.uint32) * numpy.uint32(2654435761)
    x = (x ^ x >> numpy.uint32(16)) * numpy.uint32(0x45d9f3b)
    return (x ^ x >> numpy.uint32(16)) / 2.0**32


def values(name, shape):
    u = uniform(name, math.prod(shape))
    if len(shape) > 1:
        u = (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
    elif name.endswith((".bias", ".running_mean")):
        u = 0.4 * u - 0.2
    else:
        u = u + 0.5
    return torch.from_numpy(u.astype(numpy.float32).reshape(shape))


def make(library, name):
    if name == "nasnet_small":
        return NASNetALarge(stem_size=16, num_features=24 * 16)
    if library == "torchvision":
        return torchvision.models.get_model(name)
    return timm.create_model(name)


@torch.no_grad()
def logits(library, name):
    model = make(library, name).double().eval()
    for key, tensor in model.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            tensor.copy_(values(key, tuple(tensor.shape)))
    return model(values("image", (1, 3, SIDE, SIDE)).double())[0, :SHOWN].tolist()


numpy.seterr(over="ignore")
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for network in NETWORKS:
        print(*network, *(f"{v:.9g}" for v in logits(*network)), sep="\t", file=out)
