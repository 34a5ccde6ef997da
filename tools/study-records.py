#!/usr/bin/env python3
"""study-records.py STUDY OUT: a study's populations as small JSON files, one a space, for `regnet edf`.

Each file is a list of objects: a finished network's error in percent (a diverged one guesses), its
counts, and what the space drew, by `regnet sample`. Of a comparison, one file a network, with a number
for each seed. $REGNET names the command (build/src/cli/regnet).
"""
import json
import os
import subprocess
import sys
from pathlib import Path


def samples(sweep):
    fields = dict(line.split(": ", 1) for line in sweep.read_text().splitlines()
                  if line.startswith(("space: ", "networks: ", "seed: ")))
    if "space" not in fields:
        return [{"index": int(run.name)} for run in sorted(sweep.parent.glob("runs/*"))]
    command = [os.environ.get("REGNET", "build/src/cli/regnet"), "sample", json.loads(fields["space"]),
               "-n", fields["networks"], "--seed", fields["seed"], "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def record(sample, result):
    diverged = result["outcome"] == "diverged"
    counts = {key: result[key] for key in ("flops", "params", "acts")}
    if counts != {key: sample.get(key, counts[key]) for key in counts}:
        sys.exit(f"{sample['space']} {sample['index']}: the run is of another network")
    return {"error": 90 if diverged else round(result["top1_err"], 4), **counts,
            **sample.get("parameters", {})}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    study, out = map(Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    for sweep in sorted(study.glob("*/sweep.yaml")):
        records = []
        for sample in samples(sweep):
            path = sweep.parent / "runs" / f"{sample['index']:06}" / "result.json"
            if path.exists():
                records.append(record(sample, json.loads(path.read_text())))
        lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in records)
        (out / f"{sweep.parent.name}.json").write_text(f"[{lines}]\n")


main()
