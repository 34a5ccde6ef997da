#!/usr/bin/env python3
"""Makes the golden files that tests/engine holds against PyTorch.

    python3 tools/golden_torch.py tests/golden      (needs torch and safetensors)

tiny_regnetx.safetensors, tiny_regnety.safetensors: initial weights, under pycls' parameter names.
tiny_training.safetensors: images (NHWC, half precision so that the file stays small; their values
are exact), labels, and for each network the logits in evaluation mode and the losses of ten SGD
steps, one batch each. op_golden.safetensors: single operators, forward and backward, NHWC.
"""
import math
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

BATCHES, BATCH, SIDE, CLASSES = 10, 8, 10, 10
SEEDS = 200

# tests/engine/test_golden.c has the same two networks.
TINY = {
    "tiny_regnetx": dict(
        stem_w=8, stem_stride=2, widths=(16, 32), depths=(1, 2), strides=(1, 2), bot_mul=1.0,
        group_w=8, se_r=0.0),
    "tiny_regnety": dict(
        stem_w=16, stem_stride=1, widths=(16, 32), depths=(2, 1), strides=(2, 2), bot_mul=0.5,
        group_w=4, se_r=0.25),
}


margin = math.inf  # the smallest |x| that any ReLU of a network has seen


def relu(x):
    global margin
    margin = min(margin, x.detach().abs().min().item())
    return F.relu(x)


class Relu(nn.Module):
    def forward(self, x):
        return relu(x)


def conv(w_in, w_out, k, stride=1, groups=1, bias=False):
    return nn.Conv2d(w_in, w_out, k, stride, (k - 1) // 2, groups=groups, bias=bias)


class Se(nn.Module):
    def __init__(self, width, w_se):
        super().__init__()
        self.f_ex = nn.Sequential(
            conv(width, w_se, 1, bias=True), Relu(), conv(w_se, width, 1, bias=True),
            nn.Sigmoid())

    def forward(self, x):
        return x * self.f_ex(x.mean((2, 3), keepdim=True))


class Transform(nn.Module):
    def __init__(self, w_in, w_out, stride, bot_mul, group_w, se_r):
        super().__init__()
        w_b, w_se = round(w_out * bot_mul), round(w_in * se_r)
        self.a, self.a_bn = conv(w_in, w_b, 1), nn.BatchNorm2d(w_b)
        self.b = conv(w_b, w_b, 3, stride, w_b // group_w)
        self.b_bn = nn.BatchNorm2d(w_b)
        self.se = Se(w_b, w_se) if w_se else nn.Identity()
        self.c, self.c_bn = conv(w_b, w_out, 1), nn.BatchNorm2d(w_out)

    def forward(self, x):
        x = relu(self.a_bn(self.a(x)))
        x = self.se(relu(self.b_bn(self.b(x))))
        return self.c_bn(self.c(x))


class Block(nn.Module):
    def __init__(self, w_in, w_out, stride, **rest):
        super().__init__()
        self.proj = None
        if w_in != w_out or stride != 1:
            self.proj, self.bn = conv(w_in, w_out, 1, stride), nn.BatchNorm2d(w_out)
        self.f = Transform(w_in, w_out, stride, **rest)

    def forward(self, x):
        shortcut = self.bn(self.proj(x)) if self.proj else x
        return relu(shortcut + self.f(x))


class Stem(nn.Module):
    def __init__(self, width, stride):
        super().__init__()
        self.conv, self.bn = conv(3, width, 3, stride), nn.BatchNorm2d(width)

    def forward(self, x):
        return relu(self.bn(self.conv(x)))


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


class RegNet(nn.Module):
    def __init__(self, stem_w, stem_stride, widths, depths, strides, **block):
        super().__init__()
        self.stem = Stem(stem_w, stem_stride)
        w_in = stem_w
        for i, (width, depth, stride) in enumerate(zip(widths, depths, strides)):
            stage = nn.Sequential()
            for j in range(depth):
                stage.add_module(f"b{j + 1}", Block(w_in, width, stride if j == 0 else 1, **block))
                w_in = width
            self.add_module(f"s{i + 1}", stage)
        self.head = Head(w_in)

    def forward(self, x):
        for module in self.children():
            x = module(x)
        return x


def randomize(net):
    """He's initialization, with normalizations that are not at their neutral values."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] ** 2 * module.out_channels
            nn.init.normal_(module.weight, 0.0, math.sqrt(2.0 / fan_out))
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.1)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0.0, 0.1)
            nn.init.normal_(module.running_mean, 0.0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)


def train(net, images, labels):
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    losses = []
    net.train()
    for x, y in zip(images, labels):
        loss = F.cross_entropy(net(x), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(loss.item())
    return torch.tensor(losses)


def weights_of(net):
    return {k: v.clone().contiguous() for k, v in net.state_dict().items()
            if not k.endswith("num_batches_tracked")}


def random_network(name, seed):
    torch.manual_seed(seed)
    net = RegNet(**TINY[name])
    randomize(net)
    return net


def steadiest_seed(name, images, labels):
    """A pre-activation within rounding of ReLU's kink makes two right programs part for good.
    Returns the seed whose training keeps the farthest from it."""
    global margin
    margins = []
    for seed in range(SEEDS):
        margin = math.inf
        train(random_network(name, seed), images, labels)
        margins.append(margin)
    print(name, "keeps from zero by", max(margins))
    return margins.index(max(margins))


def make_network(name, images, labels, where):
    net = random_network(name, steadiest_seed(name, images, labels))
    weights = weights_of(net)
    exact = RegNet(**TINY[name]).double()
    exact.load_state_dict(weights, strict=False)
    save_file(weights, f"{where}/{name}.safetensors")
    net.eval()
    exact.eval()
    with torch.no_grad():
        logits, exact_logits = net(images[0]), exact(images[0].double())
    losses, exact_losses = train(net, images, labels), train(exact, images.double(), labels)
    print(name, "float against double: logits", (logits - exact_logits).abs().max().item(),
          "of", logits.abs().max().item(), "losses",
          ((losses - exact_losses) / exact_losses).abs().max().item())
    return {f"{name}.logits": logits, f"{name}.losses": losses}


def make_networks(where):
    images = torch.randn(BATCHES, BATCH, 3, SIDE, SIDE).half()
    labels = torch.randint(CLASSES, (BATCHES, BATCH))
    tensors = {"images": images.permute(0, 1, 3, 4, 2).contiguous(), "labels": labels.float()}
    for name in TINY:
        tensors |= make_network(name, images.float(), labels, where)
    save_file(tensors, f"{where}/tiny_training.safetensors")


def nhwc(t):
    return t.detach().permute(0, 2, 3, 1).contiguous() if t.dim() == 4 else t.detach().contiguous()


def golden(tensors, name, module, *inputs):
    """Records inputs x0, x1, ..., parameters p0, p1, ..., output y and all gradients."""
    xs = [x.requires_grad_() for x in inputs]
    params = list(module.parameters()) if isinstance(module, nn.Module) else []
    before = [b.clone() for b in module.buffers()][:2] if params else []
    y = module(*xs)
    dy = torch.randn_like(y)
    y.backward(dy)
    tensors |= {f"{name}.y": nhwc(y), f"{name}.dy": nhwc(dy)}
    for i, x in enumerate(xs):
        tensors |= {f"{name}.x{i}": nhwc(x), f"{name}.dx{i}": nhwc(x.grad)}
    for i, p in enumerate(params):
        tensors |= {f"{name}.p{i}": p.detach(), f"{name}.dp{i}": p.grad}
    if before:
        tensors |= {f"{name}.p2": before[0], f"{name}.p3": before[1],
                    f"{name}.mean": module.running_mean, f"{name}.var": module.running_var}


def make_operators(where):
    tensors = {}
    bn = nn.BatchNorm2d(6)
    nn.init.uniform_(bn.weight, 0.5, 1.5)
    nn.init.normal_(bn.bias)
    nn.init.normal_(bn.running_mean)
    golden(tensors, "conv_g4_s2", conv(16, 24, 3, 2, 4), torch.randn(2, 16, 7, 5))
    golden(tensors, "conv_5x5_bias", conv(3, 8, 5, bias=True), torch.randn(2, 3, 6, 6))
    golden(tensors, "conv_dw_s2", conv(8, 8, 3, 2, 8), torch.randn(1, 8, 8, 8))
    golden(tensors, "bn", bn, torch.randn(3, 6, 4, 5) * 2 + 1)
    golden(tensors, "relu", F.relu, torch.randn(2, 8, 3, 3))
    golden(tensors, "silu", F.silu, 3 * torch.randn(2, 8, 3, 3))
    golden(tensors, "gelu", F.gelu, 3 * torch.randn(2, 8, 3, 3))
    golden(tensors, "sigmoid", torch.sigmoid, 3 * torch.randn(2, 8, 3, 3))
    # Few distinct values: the gradient goes to the first of equal maxima.
    golden(tensors, "max_pool", lambda x: F.max_pool2d(x, 3, 2, 1),
           torch.randint(4, (2, 4, 7, 6)).float())
    golden(tensors, "gap", lambda x: x.mean((2, 3), keepdim=True), torch.randn(2, 8, 5, 3))
    golden(tensors, "scale", lambda x, g: x * g, torch.randn(2, 8, 5, 3), torch.randn(2, 8, 1, 1))
    golden(tensors, "linear", nn.Linear(12, 10), torch.randn(3, 12))
    logits = (3 * torch.randn(4, 10)).requires_grad_()
    targets = torch.softmax(torch.randn(4, 10), 1)
    loss = F.cross_entropy(logits, targets)
    loss.backward()
    tensors |= {"loss.logits": logits.detach(), "loss.targets": targets,
                "loss.value": loss.detach().reshape(1), "loss.dlogits": logits.grad}
    save_file(tensors, f"{where}/op_golden.safetensors")


if __name__ == "__main__":
    torch.manual_seed(1)
    torch.set_num_threads(1)
    make_networks(sys.argv[1])
    make_operators(sys.argv[1])
