#!/usr/bin/env python3
"""Runs networks of torchvision and timm, with random weights and statistics, here and in PyTorch, and
prints a Markdown table. Needs torch, torchvision, timm and safetensors.

Usage: compare_files.py BUILD [PATTERN [SIDE]]    e.g. compare_files.py build 'regnet*'

For each network: its checkpoint is read by `regnet predict` (logits against PyTorch's, relative to
the largest), converted to our names and back, as .pth and as safetensors, and what comes back is
loaded by the library and must give PyTorch's own logits again, bit for bit.

The gradients of a training step are compared tensor by tensor with PyTorch's in double precision, each
relative to its largest value, or, if it is zero but for rounding, to the largest of all; how far
PyTorch itself is from them in single precision stands beside. Every activation is SiLU in this step:
a ReLU whose input is nearly 0 goes one way here and another way there, which changes whole tensors.
"""

import copy
import fnmatch
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import safetensors.torch
import timm
import torch
import torchvision

TORCHVISION = [f"regnet_{l}_{s}" for l in "xy"
               for s in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")]
TORCHVISION += [
    "regnet_y_128gf", "resnet18", "resnet50", "resnext50_32x4d", "mobilenet_v2",
    "shufflenet_v2_x0_5", "shufflenet_v2_x1_5", "efficientnet_b0", "efficientnet_b3",
    "efficientnet_b5"]
TIMM = [
    "regnetx_004", "regnety_004", "regnety_032", "regnetz_005", "regnetz_040", "resnet34",
    "resnet101", "resnext50_32x4d", "seresnet50", "seresnext50_32x4d", "legacy_seresnet50",
    "legacy_seresnext50_32x4d", "legacy_senet154", "efficientnet_b0", "efficientnet_b2",
    "efficientnet_b5", "mobilenetv1_100", "mobilenetv2_100", "mobilenetv2_140", "nasnetalarge",
    "pnasnet5large"]
CASES = [("torchvision", name) for name in TORCHVISION] + [("timm", name) for name in TIMM]
STEP_IMAGES, STEP_SIDE = 4, 64
LARGE = 3e8  # parameters: no step, which needs six copies of them here
ZERO = 1e-6  # of the largest gradient: what is smaller is rounding


def make(library, name):
    model = (torchvision.models.get_model(name) if library == "torchvision"
             else timm.create_model(name))
    for key, value in model.named_buffers():
        if key.endswith("running_mean"):
            value.normal_(0, 0.2)
        elif key.endswith("running_var"):
            value.uniform_(0.5, 1.5)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout | torchvision.ops.StochasticDepth):
            module.p = 0.0
    model.drop_rate = 0.0
    return model.eval()


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout


def relative(found, expected):
    return float(abs(found - expected).max() / abs(expected).max())


def smooth(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.ReLU | torch.nn.ReLU6):
            setattr(module, name, torch.nn.SiLU())
        smooth(child)
    return module


def gradients(model, images):
    model = smooth(copy.deepcopy(model)).to(images.dtype).train()
    torch.nn.functional.cross_entropy(model(images), torch.arange(len(images))).backward()
    return {name: p.grad.double() for name, p in model.named_parameters()}


def step(build, library, model, folder):
    """The largest difference of a gradient from PyTorch's, ours and its own in single precision."""
    images = torch.randn(STEP_IMAGES, 3, STEP_SIDE, STEP_SIDE)
    numpy.save(folder / "step.npy", images.numpy())
    run(build / "tests/engine/gradients", folder / "ours.safetensors", folder / "step.npy",
        folder / "gradients.safetensors", library)
    ours = safetensors.torch.load_file(folder / "gradients.safetensors")
    expected, single = gradients(model, images.double()), gradients(model, images)
    assert ours.keys() == expected.keys()
    largest = max(e.abs().max() for e in expected.values())

    def difference(found):
        return max(float((found[k] - e).abs().max() /
                         (e.abs().max() if e.abs().max() > ZERO * largest else largest))
                   for k, e in expected.items())

    return difference(ours), difference(single)


@torch.no_grad()
def there_and_back(build, library, name, folder, images, expected):
    """Whether the library gives its own logits with what convert wrote for it, bit for bit."""
    same = True
    for back in ("back.pth", "back.safetensors"):
        run(build / "src/cli/regnet", "convert", folder / "ours.safetensors", folder / back,
            "--names", library)
        state = (torch.load(folder / back, weights_only=True) if back.endswith(".pth")
                 else safetensors.torch.load_file(folder / back))
        other = make(library, name)
        counters = {k: v for k, v in other.state_dict().items()
                    if k.endswith("num_batches_tracked")}
        other.load_state_dict({**counters, **state})
        same = same and bool((other(images).numpy() == expected).all())
    run(build / "src/cli/regnet", "convert", folder / "ours.safetensors", folder / "ours.pth")
    keys = torch.load(folder / "ours.pth", weights_only=True).keys()
    return same and {"model_state", "cfg"} <= set(keys)


def compare(build, library, name, side, folder):
    model, images = make(library, name), torch.randn(2, 3, side, side)
    with torch.no_grad():
        expected = model(images).numpy()
    numpy.save(folder / "images.npy", images.numpy())
    torch.save(model.state_dict(), folder / "theirs.pth")
    config = ["--cfg", name]
    text = run(build / "src/cli/regnet", "predict", folder / "theirs.pth", folder / "images.npy",
               *config, "--logits", "--json")
    error = relative(numpy.array(json.loads(text)["logits"]), expected)
    run(build / "src/cli/regnet", "convert", folder / "theirs.pth", folder / "ours.safetensors",
        *config)
    same = there_and_back(build, library, name, folder, images, expected)
    if sum(p.numel() for p in model.parameters()) > LARGE:
        return error, same, 0.0, 0.0
    return error, same, *step(build, library, model, folder)


def main():
    build, pattern, side = sys.argv[1:] + ["*", "224"][len(sys.argv) - 2:]
    torch.manual_seed(0)
    torch.set_num_threads(1)
    failed = False
    print("| library | network | logits | there and back | gradients | PyTorch's own |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for library, name in CASES:
            if not fnmatch.fnmatch(name, pattern):
                continue
            error, same, grad, own = compare(Path(build), library, name, int(side), Path(folder))
            failed = failed or error > 1e-4 or not same or grad > 1e-3
            print(f"| {library} | {name} | {error:.1e} | {'the same bits' if same else 'DIFFERS'} "
                  f"| {grad:.1e} | {own:.1e} |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
