"""Races: the same steps of the same networks by us and by each mode of the peers, in turn."""

import dataclasses
import sys
import time

import runtimes
import torch_modes
from ours import Ours

ROUNDS = 3
ROUND = 1.5  # seconds of each contender in a round
LONG = 180  # seconds: no further round after them
TRIAL = 3  # networks of a population that torch.compile, which takes a minute each, is tried on


@dataclasses.dataclass
class Work:
    """One kind of step."""

    train: bool
    batch: int
    dtype: str = "float32"  # or "bf16"; "best": both are tried by either side

    def __str__(self):
        return f"batch {self.batch}, {self.dtype}"

    def of_one_type(self):
        """The same work in each type that its own stands for."""
        for dtype in ("float32", "bf16") if self.dtype == "best" else (self.dtype,):
            yield dataclasses.replace(self, dtype=dtype)


def say(message):
    print(f"compare: {message}", file=sys.stderr)


def is_ours(mode):
    return mode.startswith(Ours.mode)


def fastest(times, ours):
    """The fastest mode of ours, or of the peers."""
    return min((mode for mode in times if is_ours(mode) == ours), key=times.get)


class Race:
    """Runs races; quick ones have one round and no torch.compile."""

    def __init__(self, regnet, quick):
        self.regnet, self.quick = regnet, quick

    def contenders(self, network, work, compiled):
        """Ours, and each mode of the peers that works here, warm."""
        yield Ours(self.regnet, network, work)
        for mode in torch_modes.usable(compiled):
            try:
                yield torch_modes.Torch(network, work, mode)
            except RuntimeError as error:
                say(f"PyTorch {mode} is left out: {str(error).splitlines()[0]}")
        if not work.train:
            yield from runtimes.runtimes(network, work.batch, self.regnet.threads)

    def seconds(self, network, work, compiled):
        """Seconds of a step by mode: the best round's."""
        contenders = [(f"{contender.mode}, {one.dtype}", contender) for one in work.of_one_type()
                      for contender in self.contenders(network, one, compiled)]
        begin = time.monotonic()
        best = {}
        for _ in range(1 if self.quick else ROUNDS):
            for mode, contender in contenders:
                seconds = contender.seconds(ROUND)
                best[mode] = min(seconds, best.get(mode, seconds))
            if time.monotonic() - begin > LONG:
                break
        return best

    def images_per_s(self, networks, work):
        """Of all networks together: ours, the best peer's, and the name of its mode."""
        compiled = not self.quick
        total = {}
        for i, network in enumerate(networks):
            if i == TRIAL and compiled and "compile" not in fastest(total, ours=False):
                say("torch.compile was not the best so far and is not tried on the others")
                compiled = False
            times = self.seconds(network, work, compiled)
            total = {mode: total[mode] + times[mode] for mode in total if mode in times} or times
        images = work.batch * len(networks)
        mode = fastest(total, ours=False)
        return images / total[fastest(total, ours=True)], images / total[mode], mode
