#!/usr/bin/env python3
"""Runs exported networks beside ours: tools/compare_export.py [BUILD] [NAME...]

For each network, with random values and batch statistics: the ONNX file through onnx's checker and
ONNX Runtime, for one image and for three at once, against the reference engine's logits; for the
smaller ones also the C file, compiled by cc. Differences are relative to the largest logit. Prints the
table of docs/results/export.md; exits with 1 where a difference is over its bound.

Run with the python3 of bench/peers/venv (bench/peers/setup installs onnx and onnxruntime there).
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

# Name, resolution, and whether its C is compiled too: sources of over 100 MB take minutes.
NETWORKS = [
    ("RegNetX-200MF", 224, True), ("RegNetX-400MF", 224, False), ("RegNetX-3.2GF", 96, False),
    ("RegNetY-200MF", 224, True), ("RegNetY-800MF", 224, False), ("RegNetY-4.0GF", 96, False),
    ("ResNet-18", 224, False), ("ResNet-50", 128, False), ("ResNet-101", 64, False),
    ("ResNeXt-50", 128, False), ("R-56", 32, True), ("V-56", 32, True),
    ("EfficientNet-B0", 224, True), ("EfficientNet-B3", 128, False),
    ("RegNetZ-500MF", 96, False), ("SE-ResNeXt-50", 97, False), ("SENet-154", 64, False),
    ("MobileNetV1", 128, True), ("MobileNetV2", 128, True),
    ("ShuffleNetV1-1x-g3", 128, True), ("ShuffleNetV1-1x-g8", 96, False),
    ("ShuffleNetV2-1x", 128, True), ("NASNet-A-mobile", 96, True), ("PNASNet-5-mobile", 96, False),
    ("AmoebaNet-A-3-48", 96, False), ("AmoebaNet-B-3-48", 96, False), ("AmoebaNet-C-3-48", 96, False),
    ("AmoebaNet-D-3-48", 96, False), ("DARTS-V2", 96, True),
    # Small ones of tests/export/nets.c, for what no name above has.
    ("linear, gelu", 9, True), ("max pool, head", 21, True), ("cells, odd width", 28, True),
]
BOUND = {"ONNX": 1e-4, "C": 1e-5}


def difference(logits, expected):
    return float(np.abs(logits - expected).max() / np.abs(expected).max())


def run_onnx(path, images, expected):
    """The largest difference of one image and of three at once."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == 17
    assert any(entry.key == "regnet.config" for entry in model.metadata_props)
    assert not any(node.op_type == "BatchNormalization" for node in model.graph.node)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    x = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    return max(difference(session.run(["logits"], {"input": x[:n]})[0], expected[:n])
               for n in (1, len(x)))


def run_c(path, images, expected):
    program = path.with_suffix("")
    subprocess.run(["cc", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", "-DNET_MAIN", path,
                    "-o", program, "-lm"], check=True)
    out = subprocess.run([program], input=images[0].tobytes(), capture_output=True, check=True)
    return difference(np.array(out.stdout.split(), dtype=np.float32), expected[0])


def compare(build, name, size, with_c, work):
    subprocess.run([build / "tests/export/export_case", name, str(size), work], check=True)
    images = np.fromfile(work / "images.f32", np.float32).reshape(-1, size, size, 3)
    expected = np.fromfile(work / "logits.f32", np.float32).reshape(len(images), -1)
    ways = {"ONNX": (work / "net.onnx", lambda path: run_onnx(str(path), images, expected))}
    if with_c:
        ways["C"] = (work / "net.c", lambda path: run_c(path, images, expected))
    found = {}
    for way, (path, run) in ways.items():
        subprocess.run([build / "src/cli/regnet", "export", work / "model.safetensors", path],
                       check=True)
        found[way] = run(path)
    return found


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
    only = sys.argv[2:]
    failed = False
    print("| network | side | ONNX Runtime | C |\n|---|---|---|---|")
    for name, size, with_c in NETWORKS:
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as work:
            found = compare(build, name, size, with_c, Path(work))
        failed |= any(not value <= BOUND[way] for way, value in found.items())
        cells = [f"{found[way]:.1e}" if way in found else "" for way in BOUND]
        print(f"| {name} | {size} | {cells[0]} | {cells[1]} |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
