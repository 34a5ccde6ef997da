"""The most memory that PyTorch holds while it trains; each mode in a process of its own."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import torch_modes


def resident(key):
    """VmRSS, or VmHWM: the most since it was reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    raise KeyError(key)


def measure(request):
    """The peak resident size of warm steps: of the process, and beyond what it held before there
    was a network. What torch.compile needs to compile is in neither."""
    torch_modes.start(request["threads"])
    before = resident("VmRSS")
    contender = torch_modes.Torch(SimpleNamespace(**request["network"]),
                                  SimpleNamespace(**request["work"]), request["mode"])
    Path("/proc/self/clear_refs").write_text("5")
    for _ in range(3):
        contender.step()
    peak = resident("VmHWM")
    return {"process": peak, "beyond": peak - before}


def by_mode(network, work, threads, compiled):
    """{mode: {"process", "beyond"}}, bytes, of the modes that work here."""
    found = {}
    for mode in torch_modes.usable(compiled):
        request = {"mode": mode, "threads": threads, "work": dataclasses.asdict(work),
                   "network": dataclasses.asdict(network)}
        run = subprocess.run([sys.executable, __file__, json.dumps(request)], check=False,
                             capture_output=True, text=True)
        if run.returncode == 0:
            found[f"PyTorch {mode}"] = json.loads(run.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
