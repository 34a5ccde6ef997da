"""PyTorch trains a network on Fashion-MNIST by our recipe `modern`, all of it in memory.

    torch_train.py BUILD CONFIG EPOCHS SEED float32|bf16

Its output is the error on the test images, in percent.
As in docs/recipes.md: SGD with Nesterov's momentum, a warm-up of one epoch and half a cosine, no
decay of normalizations and biases, smoothed labels, the last gamma of a block 0, an average of the
weights, whose error is the result; images flipped, and cropped after padding by 4.
"""

import copy
import gzip
import math
import sys

import torch
import torch.nn.functional as F
import torch_modes
from ours import Regnet
from torch import nn
from torch_net import Block, build

FASHION = "/usr/share/datasets/fashion-mnist"
BATCH, BASE_LR, DECAY, SMOOTHING, PAD = 128, 0.1, 5e-4, 0.1, 4
WARMUP_FACTOR, EMA_ALPHA, EMA_PERIOD = 0.1, 5e-4, 32


def fashion(part):
    """Normalized images of three channels, and labels."""
    with gzip.open(f"{FASHION}/{part}-labels-idx1-ubyte.gz") as f:
        labels = torch.frombuffer(bytearray(f.read()[8:]), dtype=torch.uint8).long()
    with gzip.open(f"{FASHION}/{part}-images-idx3-ubyte.gz") as f:
        pixels = torch.frombuffer(bytearray(f.read()[16:]), dtype=torch.uint8)
    images = (pixels.reshape(len(labels), 1, 28, 28).float() / 255 - 0.2860) / 0.3530
    return images.expand(-1, 3, -1, -1), labels


def initialize(net):
    """As pycls: He's normal by fan-out of a channel's filter; the head small."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] ** 2 * module.out_channels
            nn.init.normal_(module.weight, 0.0, math.sqrt(2.0 / fan_out))
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.01)
            nn.init.zeros_(module.bias)
        elif isinstance(module, Block):
            nn.init.zeros_(module.f[-1].weight)


def groups_of(net):
    weights = [m.weight for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    chosen = {id(p) for p in weights}
    others = [p for p in net.parameters() if id(p) not in chosen]
    return [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]


def augmented(padded, n):
    """Each of n padded images flipped or not, and its crop at one of 9 x 9 offsets."""
    size = padded.shape[-1] - 2 * PAD
    rows = torch.randint(2 * PAD + 1, (n, 1)) + torch.arange(size)
    columns = torch.randint(2 * PAD + 1, (n, 1)) + torch.arange(size)
    columns = torch.where(torch.rand(n, 1) < 0.5, columns, columns.flip(1))
    images = torch.arange(n)[:, None, None]
    crops = padded.permute(0, 2, 3, 1)[images, rows[:, :, None], columns[:, None, :]]
    return crops.permute(0, 3, 1, 2)  # channels last in memory


def rate(epoch, epochs):
    a = min(1.0, epoch)
    cosine = 0.5 * (1 + math.cos(math.pi * epoch / epochs))
    return BASE_LR * cosine * (WARMUP_FACTOR * (1 - a) + a)


@torch.no_grad()
def update_average(average, net, alpha):
    for mean, value in zip(average.state_dict().values(), net.state_dict().values()):
        if mean.is_floating_point():
            mean.lerp_(value, alpha)


def error(net, images, labels, bf16):
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        wrong = sum((net(i).argmax(1) != l).sum().item()
                    for i, l in zip(images.split(500), labels.split(500)))
    return 100 * wrong / len(labels)


def train(network, epochs, seed, bf16):
    """The test error in percent of the average of the weights."""
    torch.manual_seed(seed)
    net = build(network).to(memory_format=torch.channels_last)
    initialize(net)
    average = copy.deepcopy(net)
    optimizer = torch.optim.SGD(groups_of(net), BASE_LR, 0.9, nesterov=True, fused=True)
    images, labels = fashion("train")
    padded = F.pad(images, [PAD] * 4)
    steps = len(labels) // BATCH
    for e in range(epochs):
        net.train()
        order = torch.randperm(len(labels))
        for s in range(steps):
            chosen, epoch = order[s * BATCH:(s + 1) * BATCH], e + s / steps
            for group in optimizer.param_groups:
                group["lr"] = rate(epoch, epochs)
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                outputs = net(augmented(padded[chosen], BATCH))
                loss = F.cross_entropy(outputs.float(), labels[chosen], label_smoothing=SMOOTHING)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if s % EMA_PERIOD == 0:
                alpha = min(1.0, EMA_ALPHA * BATCH / epochs * EMA_PERIOD) if e else 1.0
                update_average(average, net, alpha)
        print(f"epoch {e + 1}/{epochs}: loss {loss.item():.4f}",
              file=sys.stderr)
    return error(average, *fashion("t10k"), bf16)


def main(build_folder, config, epochs, seed, dtype):
    torch_modes.start(1)
    network = Regnet(build_folder, 1).written(config, stem_width=32)
    print(train(network, int(epochs), int(seed), dtype == "bf16"))


if __name__ == "__main__":
    main(*sys.argv[1:])
