"""AnyNets of X and Y blocks in PyTorch, from a list of stages: what a peer trains, no more."""

from torch import nn


def conv_bn(w_in, w_out, k, stride=1, groups=1):
    return [nn.Conv2d(w_in, w_out, k, stride, k // 2, groups=groups, bias=False),
            nn.BatchNorm2d(w_out)]


class SE(nn.Module):
    """Squeeze-and-excitation."""

    def __init__(self, width, squeeze):
        super().__init__()
        self.f = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, squeeze, 1),
                               nn.ReLU(inplace=True), nn.Conv2d(squeeze, width, 1), nn.Sigmoid())

    def forward(self, x):
        return x * self.f(x)


class Block(nn.Module):
    """1x1, 3x3 in groups, SE, 1x1; around them a sum."""

    def __init__(self, w_in, stage, stride, se_ratio):
        super().__init__()
        w_out, w_b = stage["width"], round(stage["width"] * stage["bot_mul"])
        layers = [*conv_bn(w_in, w_b, 1), nn.ReLU(inplace=True),
                  *conv_bn(w_b, w_b, 3, stride, w_b // stage["group_width"]),
                  nn.ReLU(inplace=True)]
        if se_ratio:
            layers.append(SE(w_b, round(w_in * se_ratio)))
        self.f = nn.Sequential(*layers, *conv_bn(w_b, w_out, 1))
        self.proj = None
        if w_in != w_out or stride != 1:
            self.proj = nn.Sequential(*conv_bn(w_in, w_out, 1, stride))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        skip = x if self.proj is None else self.proj(x)
        return self.relu(skip + self.f(x))


def build(network):
    """The module for a Network of ours.py; both must have the same parameters."""
    width = network.stem_width
    layers = [*conv_bn(3, width, 3, network.stem_stride), nn.ReLU(inplace=True)]
    for stage in network.stages:
        for i in range(stage["depth"]):
            layers.append(Block(width, stage, stage["stride"] if i == 0 else 1, network.se_ratio))
            width = stage["width"]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                          nn.Linear(width, network.classes))
    params = sum(p.numel() for p in model.parameters())
    assert params == network.params, f"{network.name}: {params} parameters, not {network.params}"
    return model
