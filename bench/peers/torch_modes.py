"""PyTorch as a contender, in each mode that could be its best one."""

import statistics
import time

import torch
from torch_net import build

VERSION = f"PyTorch {torch.__version__}"
# Mode: memory format, and whether torch.compile makes code of it.
MODES = {
    "eager": (torch.contiguous_format, False),
    "eager, channels-last": (torch.channels_last, False),
    "compile, channels-last": (torch.channels_last, True),
}
SLOW = 10  # seconds: of a step that is not repeated


def usable(compiled):
    """The modes, with or without those that compile."""
    return [mode for mode, (_, compiles) in MODES.items() if compiled or not compiles]


def start(threads):
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)


def median_step(step, budget):
    """The median of the steps that fit `budget` seconds, two at least unless they are slow."""
    times = []
    while not times or sum(times) < budget or (len(times) == 1 and times[0] < SLOW):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


class Torch:
    """A network in one mode, warm."""

    def __init__(self, network, work, mode):
        memory_format, compiled = MODES[mode]
        self.mode = f"PyTorch {mode}"
        self.bf16 = work.dtype == "bf16"
        torch.manual_seed(1)
        model = build(network).to(memory_format=memory_format).train(work.train)
        self.images = torch.rand(work.batch, 3, network.size, network.size).to(
            memory_format=memory_format)
        self.labels = torch.randint(network.classes, (work.batch,))
        if work.train:
            # A rate of 0, as regnet time has it: the same work, and every step the same.
            self.optimizer = torch.optim.SGD(model.parameters(), lr=0.0, momentum=0.9,
                                             nesterov=True, weight_decay=5e-4, fused=True)
            self.loss = torch.nn.CrossEntropyLoss()
        if compiled:
            torch._dynamo.reset()  # it gives up after a few networks of the same class
            model = torch.compile(model, options=None if work.train else {"freezing": True})
        self.model = model
        self.step = self._train if work.train else self._infer
        self.step()

    def _train(self):
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            loss = self.loss(self.model(self.images), self.labels)
        loss.backward()
        self.optimizer.step()

    def _infer(self):
        with torch.no_grad():
            self.model(self.images)

    def seconds(self, budget):
        return median_step(self.step, budget)
