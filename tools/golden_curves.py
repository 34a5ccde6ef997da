#!/usr/bin/env python3
"""Makes the golden files of tests/unit/test_curves.c: PyTorch's losses over 200 steps.

    python3 tools/golden_curves.py tests/golden      (needs torch, safetensors, Fashion-MNIST)

curves_init.safetensors: initial weights of a small RegNetY. curves.tsv: for SGD and for AdamW, the
learning rate and the loss of each step, then the loss on the first test images of the network and
of its average. In double precision, so that all rounding in a comparison is ours.
"""
import gzip
import math
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from golden_torch import RegNet, weights_of

FASHION = "/usr/share/datasets/fashion-mnist"
EPOCHS, STEPS, BATCH, TEST, CLASSES = 2, 100, 64, 256, 10
SMOOTHING, PERIOD, WARMUP, WARMUP_FACTOR = 0.1, 4, 0.5, 0.1
NET = dict(stem_w=8, stem_stride=1, widths=(16, 32), depths=(1, 1), strides=(2, 2), bot_mul=1.0,
           group_w=8, se_r=0.25)

# The same recipes stand in test_curves.c.
RECIPES = {
    "sgd": dict(lr=0.01, policy="cos", decay=5e-4, ema_alpha=1e-3,
                make=lambda groups, lr: torch.optim.SGD(groups, lr, 0.9, nesterov=True)),
    "adamw": dict(lr=5e-4, policy="lin", decay=0.05, ema_alpha=2e-3,
                  make=lambda groups, lr: torch.optim.AdamW(groups, lr)),
}


def fashion(part, n):
    with gzip.open(f"{FASHION}/{part}-images-idx3-ubyte.gz") as f:
        pixels = torch.frombuffer(bytearray(f.read(16 + n * 784)[16:]), dtype=torch.uint8)
    with gzip.open(f"{FASHION}/{part}-labels-idx1-ubyte.gz") as f:
        labels = torch.frombuffer(bytearray(f.read(8 + n)[8:]), dtype=torch.uint8).long()
    images = (pixels.reshape(n, 1, 28, 28).double() / 255 - 0.2860) / 0.3530
    return images.repeat(1, 3, 1, 1), labels


def initialize(net):
    """As pycls: He's normal by fan-out; the head small."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] ** 2 * module.out_channels
            nn.init.normal_(module.weight, 0.0, math.sqrt(2.0 / fan_out))
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.01)
            nn.init.zeros_(module.bias)


def groups_of(net, decay):
    """No decay of normalizations and biases."""
    plain = [p for n, p in net.named_parameters() if "bn" in n or "bias" in n]
    decayed = [p for n, p in net.named_parameters() if not ("bn" in n or "bias" in n)]
    return [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}]


def rate(recipe, epoch):
    done = epoch / EPOCHS
    lr = recipe["lr"] * (0.5 * (1 + math.cos(math.pi * done)) if recipe["policy"] == "cos" else 1 - done)
    a = min(1.0, epoch / WARMUP)
    return lr * (WARMUP_FACTOR * (1 - a) + a)


def update_average(ema, net, recipe, epoch, step):
    if step % PERIOD != 0:
        return
    alpha = min(1.0, recipe["ema_alpha"] * BATCH / EPOCHS * PERIOD) if epoch >= WARMUP else 1.0
    with torch.no_grad():
        for mean, value in zip(ema.state_dict().values(), net.state_dict().values()):
            if mean.is_floating_point():
                mean.mul_(1 - alpha).add_(value, alpha=alpha)


def test_loss(net, images, labels):
    net.eval()
    with torch.no_grad():
        return F.cross_entropy(net(images), labels).item()


def train(weights, recipe, data, test, dtype):
    net, ema = RegNet(**NET).to(dtype), RegNet(**NET).to(dtype)
    net.load_state_dict(weights, strict=False)
    ema.load_state_dict(weights, strict=False)
    optimizer = recipe["make"](groups_of(net, recipe["decay"]), recipe["lr"])
    images, labels = data[0].to(dtype), data[1]
    rows = []
    for e in range(EPOCHS):
        net.train()
        for s in range(STEPS):
            epoch, at = e + s / STEPS, slice(s * BATCH, (s + 1) * BATCH)
            lr = rate(recipe, epoch)
            for group in optimizer.param_groups:
                group["lr"] = lr
            loss = F.cross_entropy(net(images[at]), labels[at], label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            update_average(ema, net, recipe, epoch, s)
            rows.append((lr, loss.item()))
    return rows, [test_loss(n, test[0].to(dtype), test[1]) for n in (net, ema)]


def worst(a, b):
    return max(abs(x - y) / y for x, y in zip(a, b))


def main(where):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    data, test = fashion("train", STEPS * BATCH), fashion("t10k", TEST)
    net = RegNet(**NET)
    initialize(net)
    weights = weights_of(net)
    save_file(weights, f"{where}/curves_init.safetensors")
    curves = {}
    for name, recipe in RECIPES.items():
        curves[name] = train(weights, recipe, data, test, torch.float64)
        single = train(weights, recipe, data, test, torch.float32)
        print(name, "first, last loss", curves[name][0][0][1], curves[name][0][-1][1], "tests", curves[name][1],
              "; float against double:", worst([r[1] for r in single[0]], [r[1] for r in curves[name][0]]),
              worst(single[1], curves[name][1]))
    with open(f"{where}/curves.tsv", "w") as out:
        print("step", *(f"{name}_{what}" for name in RECIPES for what in ("lr", "loss")), sep="\t", file=out)
        for i in range(EPOCHS * STEPS):
            numbers = [x for name in RECIPES for x in curves[name][0][i]]
            print(i + 1, *(f"{x:.10g}" for x in numbers), sep="\t", file=out)
        tests = [x for name in RECIPES for x in curves[name][1]]
        print("test", *(f"{x:.10g}" for x in tests), sep="\t", file=out)


if __name__ == "__main__":
    main(sys.argv[1])
