#!/usr/bin/env python3
"""Training speed on one thread, ours against PyTorch's, in turn in one run.

    bench/peers/setup && meson setup build && ninja -C build
    bench/peers/venv/bin/python bench/compare_torch.py [--json] [--rounds 3] [--steps 10]

Three RegNetX at 32x32, batch 128, ten classes. A step is forward, loss, backward and the update of
SGD with Nesterov momentum and weight decay, on images that lie in memory. PyTorch runs eagerly in
both memory formats, and the better one counts. A round takes the median step of each program, one after
the other; the best round of each counts, since what else runs on a machine only makes it slower.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "peers"))
import torch_regnet  # noqa: E402

NETWORKS = [
    {"d": 8, "w0": 16, "wa": 8.0, "wm": 2.0, "g": 8},
    {"d": 13, "w0": 24, "wa": 36.4, "wm": 2.5, "g": 8},
    {"d": 12, "w0": 8, "wa": 6.0, "wm": 2.2, "g": 4},
]


class Torch:
    """One network under PyTorch, kept between rounds."""

    def __init__(self, network, batch, memory_format):
        torch.manual_seed(1)
        self.batch = batch
        self.model = torch_regnet.regnet(**network).to(memory_format=memory_format)
        self.images = torch.randn(batch, 3, 32, 32).contiguous(memory_format=memory_format)
        self.labels = torch.randint(10, (batch,))
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9,
                                         nesterov=True, weight_decay=5e-4)
        self.step()
        self.step()

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.model(self.images), self.labels).backward()
        self.optimizer.step()

    def images_per_s(self, steps):
        times = []
        for _ in range(steps):
            start = time.perf_counter()
            self.step()
            times.append(time.perf_counter() - start)
        return self.batch / statistics.median(times)


def ours_images_per_s(program, network, batch, steps):
    command = [str(program), "--batch", str(batch), "--steps", str(steps)]
    for key, value in network.items():
        command += [f"--{key}", str(value)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output)["images_per_s"]


def compare(network, options):
    formats = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}
    peers = {name: Torch(network, options.batch, memory) for name, memory in formats.items()}
    best = dict.fromkeys(["ours", *peers], 0.0)
    for _ in range(options.rounds):
        speed = {"ours": ours_images_per_s(options.program, network, options.batch, options.steps)}
        for name, peer in peers.items():
            speed[name] = peer.images_per_s(options.steps)
        best = {name: max(best[name], speed[name]) for name in best}
    torch_best = max(best[name] for name in peers)
    return {**network, **{name: round(value, 1) for name, value in best.items()},
            "ratio": round(best["ours"] / torch_best, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/bench/bench_train")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)

    rows = [compare(network, options) for network in NETWORKS]
    if options.json:
        print(json.dumps({"torch": torch.__version__, "unit": "images/s", "networks": rows}))
        return
    print(f"training, one thread, images/s; PyTorch {torch.__version__}")
    print(f"{'(d, w0, wa, wm, g)':<24}{'ours':>10}{'nchw':>10}{'channels_last':>15}{'ratio':>8}")
    for row in rows:
        name = "({d}, {w0}, {wa}, {wm}, {g})".format(**row)
        print(f"{name:<24}{row['ours']:>10.0f}{row['nchw']:>10.0f}{row['channels_last']:>15.0f}"
              f"{row['ratio']:>8.2f}")


if __name__ == "__main__":
    main()
