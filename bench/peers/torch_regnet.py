"""RegNetX in PyTorch: the peer that bench/compare_torch.py times, and nothing more."""

import math

from torch import nn


def stages(d, w0, wa, wm, g):
    """(width, depth, group width) of each stage: equations (2) to (4) of the paper, bottleneck 1."""
    widths = []
    for j in range(d):
        s = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        widths.append(8 * round(w0 * wm**s / 8))
    result = []
    for width in sorted(set(widths)):
        group = min(g, width)
        result.append((max(group, round(width / group) * group), widths.count(width), group))
    return result


def conv_bn(w_in, w_out, k, stride=1, groups=1):
    return [nn.Conv2d(w_in, w_out, k, stride, k // 2, groups=groups, bias=False),
            nn.BatchNorm2d(w_out)]


class Block(nn.Module):
    """The X block: 1x1, 3x3 with groups, 1x1, around them a sum."""

    def __init__(self, w_in, w_out, stride, group):
        super().__init__()
        self.proj = None
        if w_in != w_out or stride != 1:
            self.proj = nn.Sequential(*conv_bn(w_in, w_out, 1, stride))
        self.f = nn.Sequential(
            *conv_bn(w_in, w_out, 1), nn.ReLU(inplace=True),
            *conv_bn(w_out, w_out, 3, stride, w_out // group), nn.ReLU(inplace=True),
            *conv_bn(w_out, w_out, 1))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        skip = x if self.proj is None else self.proj(x)
        return self.relu(skip + self.f(x))


def regnet(d, w0, wa, wm, g, stem=16, classes=10):
    """A 3x3 stem of stride 1, stages of stride 2, average pooling and a linear layer."""
    layers = [*conv_bn(3, stem, 3), nn.ReLU(inplace=True)]
    w_in = stem
    for width, depth, group in stages(d, w0, wa, wm, g):
        for block in range(depth):
            layers.append(Block(w_in, width, 2 if block == 0 else 1, group))
            w_in = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(w_in, classes))
