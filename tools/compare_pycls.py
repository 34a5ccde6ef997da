#!/usr/bin/env python3
"""Checkpoints of networks that pycls can describe, here and in PyTorch: random architectures of each
type, block, stem and head, with random weights and statistics. Needs torch and PyYAML.

Usage: compare_pycls.py REGNET [COUNT [SEED]]     e.g. compare_pycls.py build/src/cli/regnet 60

The modules below are written from pycls' documented structure and names; a checkpoint carries its
configuration as pycls' does, and of its two models the one with the smaller error counts. Each file is
read by `regnet predict`, and a bare state dict of the same with --cfg; logits are compared with PyTorch's in
double precision, relative to the largest, and its own in single precision stand beside.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch
import yaml
from torch import nn

ACTS = {"relu": nn.ReLU, "silu": nn.SiLU, "gelu": nn.GELU}
IMAGES, SIDE = 2, 64


def conv(w_in, w_out, k, stride=1, groups=1, bias=False):
    return nn.Conv2d(w_in, w_out, k, stride, (k - 1) // 2, groups=groups, bias=bias)


class SE(nn.Module):
    def __init__(self, w, w_se, act):
        super().__init__()
        self.f_ex = nn.Sequential(conv(w, w_se, 1, bias=True), act(), conv(w_se, w, 1, bias=True),
                                  nn.Sigmoid())

    def forward(self, x):
        return x * self.f_ex(x.mean((2, 3), keepdim=True))


class Steps(nn.Module):
    """Modules in order, each under its name."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            if module is not None:
                setattr(self, name, module)

    def forward(self, x):
        for module in self.children():
            x = module(x)
        return x


class Block(nn.Module):
    def __init__(self, kind, w_in, w, stride, bot_mul, group_w, se_r, act, eps, stride_1x1):
        super().__init__()
        bn = lambda c: nn.BatchNorm2d(c, eps)
        self.kind, self.same = kind, w_in == w and stride == 1
        if kind == "vanilla_block" or kind == "res_basic_block":
            steps = {"a": conv(w_in, w, 3, stride), "a_bn": bn(w), "a_af": act(),
                     "b": conv(w, w, 3), "b_bn": bn(w)}
        else:
            w_b = round(w * bot_mul)
            w_se = round(w_in * se_r)
            steps = {"a": conv(w_in, w_b, 1, stride if stride_1x1 else 1), "a_bn": bn(w_b),
                     "a_af": act(),
                     "b": conv(w_b, w_b, 3, 1 if stride_1x1 else stride, w_b // group_w),
                     "b_bn": bn(w_b), "b_af": act(), "se": SE(w_b, w_se, act) if w_se else None,
                     "c": conv(w_b, w, 1), "c_bn": bn(w)}
        if kind == "vanilla_block":
            for name, module in steps.items():
                setattr(self, name, module)
            self.b_af = act()
            return
        if not self.same and kind != "res_bottleneck_linear_block":
            self.proj, self.bn = conv(w_in, w, 1, stride), bn(w)
        self.f, self.af = Steps(**steps), act()

    def forward(self, x):
        if self.kind == "vanilla_block":
            for module in self.children():
                x = module(x)
            return x
        if self.kind == "res_bottleneck_linear_block":
            return x + self.f(x) if self.same else self.f(x)
        return self.af((x if self.same else self.bn(self.proj(x))) + self.f(x))


class MBConv(nn.Module):
    def __init__(self, w_in, w, stride, exp, k, se_r, act, eps):
        super().__init__()
        bn = lambda c: nn.BatchNorm2d(c, eps)
        w_exp, w_se = int(w_in * exp), int(w_in * se_r)
        self.same = w_in == w and stride == 1
        steps = {"exp": conv(w_in, w_exp, 1), "exp_bn": bn(w_exp), "exp_af": act()}
        self.steps = [] if w_exp == w_in else list(steps)
        steps |= {"dwise": conv(w_exp, w_exp, k, stride, w_exp), "dwise_bn": bn(w_exp),
                  "dwise_af": act(), "se": SE(w_exp, w_se, act), "lin_proj": conv(w_exp, w, 1),
                  "lin_proj_bn": bn(w)}
        self.steps += list(steps)[3:]
        for name in self.steps:
            setattr(self, name, steps[name])

    def forward(self, x):
        fx = x
        for name in self.steps:
            fx = getattr(self, name)(fx)
        return x + fx if self.same else fx


def stem_of(kind, w, act, eps):
    k, stride = {"res_stem_cifar": (3, 1), "res_stem_in": (7, 2), "simple_stem_in": (3, 2)}[kind]
    pool = nn.MaxPool2d(3, 2, 1) if kind == "res_stem_in" else None
    return Steps(conv=conv(3, w, k, stride), bn=nn.BatchNorm2d(w, eps), af=act(), pool=pool)


class Head(nn.Module):
    def __init__(self, w, head_w, classes, act, eps, bn):
        super().__init__()
        self.steps = []
        if head_w:
            self.conv = conv(w, head_w, 1)
            setattr(self, bn, nn.BatchNorm2d(head_w, eps))
            self.act, self.steps = act(), ["conv", bn, "act"]
        self.fc = nn.Linear(head_w or w, classes)

    def forward(self, x):
        for name in self.steps:
            x = getattr(self, name)(x)
        return self.fc(x.mean((2, 3)))


def stages_of(depths, widths, stem_w, make):
    stages, w_in = {}, stem_w
    for i, (d, w) in enumerate(zip(depths, widths)):
        blocks = {}
        for j in range(d):
            blocks[f"b{j + 1}"] = make(i, j == 0, w_in, w)
            w_in = w
        stages[f"s{i + 1}"] = Steps(**blocks)
    return stages


def anynet(cfg):
    a, act, eps = cfg["ANYNET"], ACTS[cfg["MODEL"]["ACTIVATION_FUN"]], cfg["BN"]["EPS"]
    n = len(a["DEPTHS"])
    muls, groups = a["BOT_MULS"] or [None] * n, a["GROUP_WS"] or [None] * n
    make = lambda i, first, w_in, w: Block(
        a["BLOCK_TYPE"], w_in, w, a["STRIDES"][i] if first else 1, muls[i], groups[i],
        a["SE_R"] if a["SE_ON"] else 0, act, eps, a.get("STRIDE_1X1", False))
    return Steps(stem=stem_of(a["STEM_TYPE"], a["STEM_W"], act, eps),
                 **stages_of(a["DEPTHS"], a["WIDTHS"], a["STEM_W"], make),
                 head=Head(a["WIDTHS"][-1], a["HEAD_W"], cfg["MODEL"]["NUM_CLASSES"], act, eps, "bn"))


def adjusted(widths, muls, groups):
    """Widths and group widths that fit each other: bottlenecks become multiples of the group width."""
    out = []
    for w, b, g in zip(widths, muls, groups):
        v = int(max(1, w * b))
        g = int(min(g, v))
        m = numpy.lcm(g, int(b)) if b > 1 else g
        v = max(m, int(m * numpy.round(v / m)))
        out.append((int(v / b), g))
    return zip(*out)


def regnet(cfg):
    r = cfg["REGNET"]
    u = numpy.arange(r["DEPTH"]) * r["WA"] + r["W0"]
    s = numpy.round(numpy.log(u / r["W0"]) / numpy.log(r["WM"]))
    per_block = numpy.round(r["W0"] * numpy.power(r["WM"], s) / 8) * 8
    widths, depths = numpy.unique(per_block, return_counts=True)
    n = len(widths)
    widths, groups = adjusted(widths, [r["BOT_MUL"]] * n, [r["GROUP_W"]] * n)
    same = {k: r[k] for k in ("STEM_TYPE", "STEM_W", "BLOCK_TYPE", "SE_ON", "SE_R", "HEAD_W")}
    return anynet(cfg | {"ANYNET": same | {
        "DEPTHS": depths.tolist(), "WIDTHS": widths, "GROUP_WS": groups,
        "STRIDES": [r["STRIDE"]] * n, "BOT_MULS": [r["BOT_MUL"]] * n}})


def resnet(cfg):
    r, depth = cfg["RESNET"], cfg["MODEL"]["DEPTH"]
    depths = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3]}[depth]
    inner = r["NUM_GROUPS"] * r["WIDTH_PER_GROUP"]
    widths = [256, 512, 1024, 2048]
    return anynet(cfg | {"ANYNET": {
        "STEM_TYPE": "res_stem_in", "STEM_W": 64, "BLOCK_TYPE": "res_bottleneck_block",
        "DEPTHS": depths, "WIDTHS": widths, "STRIDES": [1, 2, 2, 2], "HEAD_W": 0, "SE_ON": False,
        "SE_R": 0, "BOT_MULS": [inner * 2 ** i / w for i, w in enumerate(widths)],
        "GROUP_WS": [r["WIDTH_PER_GROUP"] * 2 ** i for i in range(4)],
        "STRIDE_1X1": r["STRIDE_1X1"]}})


def effnet(cfg):
    e, act, eps = cfg["EN"], ACTS[cfg["MODEL"]["ACTIVATION_FUN"]], cfg["BN"]["EPS"]
    make = lambda i, first, w_in, w: MBConv(w_in, w, e["STRIDES"][i] if first else 1,
                                            e["EXP_RATIOS"][i], e["KERNELS"][i], e["SE_R"], act, eps)
    return Steps(stem=stem_of("simple_stem_in", e["STEM_W"], act, eps),
                 **stages_of(e["DEPTHS"], e["WIDTHS"], e["STEM_W"], make),
                 head=Head(e["WIDTHS"][-1], e["HEAD_W"], cfg["MODEL"]["NUM_CLASSES"], act, eps,
                           "conv_bn"))


def draw_anynet(r):
    n, block = r.randint(1, 5), r.choice(["vanilla_block", "res_basic_block",
                                          "res_bottleneck_block", "res_bottleneck_linear_block"])
    bottleneck = "bottleneck" in block
    groups = [r.choice([1, 4, 8]) for _ in range(n)]
    return {"STEM_TYPE": r.choice(["res_stem_cifar", "res_stem_in", "simple_stem_in"]),
            "STEM_W": r.choice([8, 16, 24]), "BLOCK_TYPE": block,
            "DEPTHS": [r.randint(1, 3) for _ in range(n)],
            "WIDTHS": [8 * r.randint(1, 8) for _ in range(n)],
            "STRIDES": [r.choice([1, 2]) for _ in range(n)],
            "BOT_MULS": [r.choice([0.5, 1.0, 2.0, 4.0]) if g < 8 else 1.0 for g in groups]
            if bottleneck else [],
            "GROUP_WS": groups if bottleneck else [], "HEAD_W": r.choice([0, 0, 40]),
            "SE_ON": r.random() < 0.5, "SE_R": r.choice([0.25, 0.1, 1 / 16])}


def draw_regnet(r):
    return {"STEM_TYPE": r.choice(["simple_stem_in", "res_stem_cifar"]), "STEM_W": r.choice([8, 32]),
            "BLOCK_TYPE": r.choice(["res_bottleneck_block", "res_bottleneck_linear_block"]),
            "STRIDE": 2, "SE_ON": r.random() < 0.5, "SE_R": 0.25, "DEPTH": r.randint(5, 18),
            "W0": 8 * r.randint(1, 8), "WA": round(r.uniform(5, 40), 2),
            "WM": round(r.uniform(1.8, 3), 2), "GROUP_W": r.choice([1, 4, 8, 16, 24]),
            "BOT_MUL": r.choice([1.0, 1.0, 0.5, 0.25, 4.0]), "HEAD_W": r.choice([0, 0, 64])}


def draw_effnet(r):
    n = r.randint(2, 6)
    return {"STEM_W": r.choice([8, 16, 32]), "DEPTHS": [r.randint(1, 3) for _ in range(n)],
            "WIDTHS": [8 * r.randint(1, 8) for _ in range(n)],
            "EXP_RATIOS": [r.choice([1.0, 3.0, 6.0]) for _ in range(n)], "SE_R": r.choice([0.25, 0.5]),
            "STRIDES": [r.choice([1, 2]) for _ in range(n)],
            "KERNELS": [r.choice([3, 5]) for _ in range(n)], "HEAD_W": r.choice([40, 128])}


def draw_resnet(r):
    groups, width = r.choice([(1, 64), (32, 4), (2, 16)])
    return {"TRANS_FUN": "bottleneck_transform", "NUM_GROUPS": groups, "WIDTH_PER_GROUP": width,
            "STRIDE_1X1": r.random() < 0.5}


TYPES = {"anynet": ("ANYNET", draw_anynet, anynet), "regnet": ("REGNET", draw_regnet, regnet),
         "effnet": ("EN", draw_effnet, effnet), "resnet": ("RESNET", draw_resnet, resnet)}


def random_state(model):
    for key, value in model.state_dict().items():
        if key.endswith("running_mean") or key.endswith("bias"):
            value.normal_(0, 0.2)
        elif key.endswith("running_var") or (value.ndim == 1 and key.endswith("weight")):
            value.uniform_(0.5, 1.5)
        elif value.ndim > 1:
            nn.init.kaiming_normal_(value, nonlinearity="relu")
    return {k: v.clone() for k, v in model.state_dict().items()}


def predict(regnet_command, *arguments):
    done = subprocess.run([regnet_command, "predict", *map(str, arguments), "--logits", "--json"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{arguments}: {done.stderr}")
    return numpy.array(json.loads(done.stdout)["logits"])


def compare(command, kind, r, folder):
    section, draw, build = TYPES[kind]
    cfg = {"MODEL": {"TYPE": kind, "NUM_CLASSES": r.choice([10, 37, 1000]), "DEPTH": r.choice([50, 101]),
                     "ACTIVATION_FUN": r.choice(["relu", "silu"])},
           "BN": {"EPS": r.choice([1e-5, 1e-3])}, "TRAIN": {"DATASET": "imagenet", "IM_SIZE": SIDE},
           "TEST": {"DATASET": "imagenet"}, section: draw(r)}
    model, images = build(cfg).eval(), torch.randn(IMAGES, 3, SIDE, SIDE)
    states = [random_state(model) for _ in range(2)]
    errors = [r.uniform(20, 30), r.uniform(20, 30)]
    model.load_state_dict(states[errors[1] < errors[0]])
    with torch.no_grad():
        expected = model.double()(images.double()).numpy()
        single = model.float()(images).numpy()
    text = yaml.dump(cfg)
    numpy.save(folder / "images.npy", images.numpy())
    torch.save({"epoch": 99, "test_err": errors[0], "ema_err": errors[1], "model_state": states[0],
                "ema_state": states[1], "optimizer_state": {"state": {}, "param_groups": []},
                "cfg": text}, folder / "model.pyth")
    torch.save(model.state_dict(), folder / "bare.pyth")
    (folder / "network.yaml").write_text(text)
    images_file = folder / "images.npy"
    found = [predict(command, folder / "model.pyth", images_file),
             predict(command, folder / "bare.pyth", images_file, "--cfg", folder / "network.yaml")]
    ours, own = (max(abs(f - expected).max() for f in fs) / abs(expected).max()
                 for fs in (found, [single]))
    return float(ours), float(own), text


def main():
    command, count, seed = sys.argv[1:] + ["40", "0"][len(sys.argv) - 2:]
    r, worst, theirs = random.Random(int(seed)), dict.fromkeys(TYPES, 0.0), dict.fromkeys(TYPES, 0.0)
    torch.manual_seed(int(seed))
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(int(count)):
            kind = list(TYPES)[i % 4]
            error, own, text = compare(command, kind, r, Path(folder))
            worst[kind], theirs[kind] = max(worst[kind], error), max(theirs[kind], own)
            if error > 1e-4:
                print(f"{error:.1e}, PyTorch's own {own:.1e}\n{text}", file=sys.stderr)
    print("| type | networks | largest difference of a logit | PyTorch's own |\n|---|---|---|---|")
    for i, kind in enumerate(TYPES):
        print(f"| {kind} | {len(range(i, int(count), 4))} | {worst[kind]:.1e} | {theirs[kind]:.1e} |")
    return int(max(worst.values()) > 1e-4)


if __name__ == "__main__":
    sys.exit(main())
