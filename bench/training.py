#!/usr/bin/env python3
"""A whole training beside PyTorch's by the same recipe: test error and time, seed by seed.

    bench/peers/setup && meson setup build && ninja -C build
    bench/training.py --epochs 20 --out runs/fashion-20mf

Both train configs/networks/fashion-20mf.yaml on all of Fashion-MNIST by the recipe `modern`, which
bench/peers/torch_train.py is PyTorch's form of: one thread each, the two of a seed at the same
time, PyTorch eager and channels-last. Seconds are the processor's. OUT/training.jsonl has a line
for each training, the same command goes on after the last, and the table goes to standard output.
"""

import argparse
import json
import os
import statistics
import subprocess
import threading
from pathlib import Path

BENCH = Path(__file__).resolve().parent
CONFIG = BENCH.parent / "configs/networks/fashion-20mf.yaml"
SIDES = {"regnet": "regnet", "torch": "PyTorch"}


def commands(args, seed):
    """By side: the training of one seed, whose output has the error as JSON."""
    run = Path(args.out) / f"regnet-{seed}"
    return {
        "regnet": [f"{args.build}/src/cli/regnet", "train", "--cfg", CONFIG, "--recipe", "modern",
                   "--out", run, "--fresh", "--json", "OPTIM.MAX_EPOCH", args.epochs, "RNG_SEED", seed,
                   "NUM_THREADS", 1, "TRAIN.MIXED_PRECISION", args.dtype == "bf16"],
        "torch": [BENCH / "peers/venv/bin/python", BENCH / "peers/torch_train.py", args.build,
                  CONFIG, args.epochs, seed, args.dtype],
    }


def measure(side, seed, command, results, file):
    """One training, as a line of the results and of their file."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                          text=True) as process:
        answer = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"training: {side}, seed {seed}: exit status {process.returncode}")
    answer = json.loads(answer)
    error = answer["top1_err"] if side == "regnet" else answer
    results.append({"side": side, "seed": seed, "error": error,
                    "seconds": usage.ru_utime + usage.ru_stime})
    file.write(json.dumps(results[-1]) + "\n")
    file.flush()


def table(results):
    print("| | " + " | ".join(f"{name}: error | minutes" for name in SIDES.values()) + " |")
    print("|---" * (1 + 2 * len(SIDES)) + "|")
    rows = {}
    for r in results:
        rows.setdefault(r["seed"], {})[r["side"]] = (r["error"], r["seconds"] / 60)
    rows = {f"seed {seed}": row for seed, row in sorted(rows.items())}
    rows["mean"] = {side: tuple(statistics.mean(row[side][i] for row in rows.values())
                                for i in range(2)) for side in SIDES}
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(f"{row[side][0]:.2f} % | {row[side][1]:.1f}"
                                          for side in SIDES) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dtype", choices=["float32", "bf16"], default="bf16")
    parser.add_argument("--build", default="build")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    Path(args.out).mkdir(parents=True, exist_ok=True)
    with open(Path(args.out) / "training.jsonl", "a+", encoding="utf-8") as file:
        file.seek(0)
        results = [json.loads(line) for line in file]
        done = {(r["side"], r["seed"]) for r in results}
        for seed in range(1, args.seeds + 1):
            threads = [threading.Thread(target=measure, args=(side, seed, command, results, file))
                       for side, command in commands(args, seed).items()
                       if (side, seed) not in done]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    table(results)


if __name__ == "__main__":
    main()
