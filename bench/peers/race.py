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
    dtype: str = "float32"

    def __str__(self):
        return f"batch {self.batch}, {self.dtype}"


def say(message):
    print(f"compare: {message}", file=sys.stderr)


def best_peer(times):
    """The fastest mode that is not ours."""
    return min((mode for mode in times if mode != Ours.mode), key=times.get)


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
        contenders = list(self.contenders(network, work, compiled))
        begin = time.monotonic()
        best = {}
        for _ in range(1 if self.quick else ROUNDS):
            for contender in contenders:
                seconds = contender.seconds(ROUND)
                best[contender.mode] = min(seconds, best.get(contender.mode, seconds))
            if time.monotonic() - begin > LONG:
                break
        return best

    def images_per_s(self, networks, work):
        """Of all networks together: ours, the best peer's, and the name of its mode."""
        compiled = not self.quick
        total = {}
        for i, network in enumerate(networks):
            if i == TRIAL and compiled and "compile" not in best_peer(total):
                say("torch.compile was not the best so far and is not tried on the others")
                compiled = False
            times = self.seconds(network, work, compiled)
            total = {mode: total[mode] + times[mode] for mode in total if mode in times} or times
        images = work.batch * len(networks)
        mode = best_peer(total)
        return images / total[Ours.mode], images / total[mode], mode
