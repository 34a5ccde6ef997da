"""Our side of a comparison: the command, and the networks that both sides run."""

import dataclasses
import json
import math
import subprocess
import tempfile
from pathlib import Path

# (d, w0, wa, wm, g) of three RegNetX for 32x32 images.
SMALL = [(8, 16, 8.0, 2.0, 8), (13, 24, 36.4, 2.5, 8), (12, 8, 6.0, 2.2, 4)]


@dataclasses.dataclass
class Network:
    """What a peer needs to build the same network; `arguments` are what regnet needs."""

    name: str
    arguments: list
    stages: list  # of {"depth", "width", "bot_mul", "group_width", "stride"}
    params: int
    flops: int  # multiply-adds of an image
    size: int
    classes: int
    stem_width: int
    stem_stride: int
    se_ratio: float


class Regnet:
    """The command of a build folder, with a number of threads."""

    def __init__(self, build, threads):
        self.program = Path(build) / "src/cli/regnet"
        self.bench = Path(build) / "bench"
        self.threads = threads
        self.configs = tempfile.TemporaryDirectory()

    def ask(self, *arguments):
        """The lines of JSON that a verb prints."""
        command = [self.program, *arguments, "--json"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def time(self, network, work, *options):
        """regnet time of one pass."""
        command = ["time", *network.arguments, "--only", "train" if work.train else "infer",
                   "--batch", str(work.batch), "--threads", str(self.threads), *options]
        if work.dtype == "bf16":
            command += ["TRAIN.MIXED_PRECISION", "True"]
        return self.ask(*command)[0]

    def _network(self, name, arguments, **rest):
        info = self.ask("info", *arguments)[0]
        return Network(name, arguments, info["stages"], info["params"], info["flops"],
                       info["resolution"], **rest)

    def written(self, path, stem_width):
        """The X network of a configuration file, of ten classes and with a stem for small images."""
        return self._network(Path(path).stem, ["--cfg", str(path)], classes=10,
                             stem_width=stem_width, stem_stride=1, se_ratio=0)

    def _configured(self, name, config):
        path = Path(self.configs.name) / f"{name}.json"
        path.write_text(json.dumps(config))
        return self.written(path, stem_width=16)

    def named(self, name):
        """A network of the paper."""
        return self._network(name, [name], classes=1000, stem_width=32, stem_stride=2,
                             se_ratio=0.25 if name.startswith("RegNetY") else 0)

    def small(self, d, w0, wa, wm, g):
        """A RegNetX for 32x32 images, ten classes, stem 16."""
        regnet = {"STEM_TYPE": "res_stem_cifar", "STEM_W": 16, "DEPTH": d, "W0": w0, "WA": wa,
                  "WM": wm, "GROUP_W": g}
        return self._configured(f"({d}, {w0}, {wa}, {wm}, {g})", {
            "MODEL": {"TYPE": "regnet", "NUM_CLASSES": 10}, "REGNET": regnet,
            "TRAIN": {"IM_SIZE": 32}})

    def population(self, space, n):
        """The first n networks of a space at small scale, for 28x28 images."""
        keys = {"DEPTHS": "depth", "WIDTHS": "width", "STRIDES": "stride", "BOT_MULS": "bot_mul",
                "GROUP_WS": "group_width"}
        networks = []
        for sample in self.ask("sample", f"{space}@mini", "-n", str(n), "--seed", "1"):
            anynet = {key: [stage[name] for stage in sample["stages"]]
                      for key, name in keys.items()}
            anynet |= {"STEM_TYPE": "res_stem_cifar", "STEM_W": 16,
                       "BLOCK_TYPE": "res_bottleneck_block"}
            network = self._configured(f"{space} {sample['index']}", {
                "MODEL": {"TYPE": "anynet", "NUM_CLASSES": 10}, "ANYNET": anynet,
                "TRAIN": {"IM_SIZE": 28}})
            assert network.flops == sample["flops"], "not the network that was drawn"
            networks.append(network)
        return networks

    def draws_per_s(self, space):
        """Attempts to draw a network, in a second; most are rejected, some before counting."""
        command = [self.bench / "bench_sample", space]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return float(output.split()[1])


class Ours:
    """regnet time as a contender: a process of its own for each round."""

    mode = "regnet"

    def __init__(self, regnet, network, work):
        self.regnet, self.network, self.work = regnet, network, work
        self.last = math.inf  # seconds of a step

    def seconds(self, budget):
        """The median step of about `budget` seconds."""
        steps = max(2, min(1000, round(budget / self.last)))
        times = self.regnet.time(self.network, self.work, "--steps", str(steps))
        self.last = times["train_ms" if self.work.train else "infer_ms"]["median"] / 1e3
        return self.last
