#!/usr/bin/env python3
"""Event files beside TensorBoard (pip install tensorboard), which neither the build nor the tests need.

    tools/check_tensorboard.py RUN...    TensorBoard reads a run's event files; its curves are the log's
    tools/check_tensorboard.py --golden  prints the record of tests/unit/test_events.c, by TensorBoard's writer
"""

import io
import json
import math
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def print_golden():
    value = [Summary.Value(tag="loss", simple_value=2.5), Summary.Value(tag="lr", simple_value=0.125)]
    event = Event(wall_time=1234.5, step=300, summary=Summary(value=value))
    out = io.BytesIO()
    RecordWriter(out).write(event.SerializeToString())
    print(out.getvalue().hex())


def of_log(run):
    """Tag -> list of (step, value), as the log says."""
    curves = {}
    records = [json.loads(line) for line in open(run / "log.jsonl")]
    steps = max(r.get("iter_max", 0) for r in records)
    for record in records:
        step = (record["epoch"] - ("iter" in record)) * steps + record.get("iter", 0) if "epoch" in record else 0
        for key in ("loss", "top1_err", "top5_err", "lr"):
            if record.get(key) is not None:
                curves.setdefault(f"{record['_type']}/{key}", []).append((step, record[key]))
    return curves


def check(run):
    accumulator = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0})
    accumulator.Reload()
    expected = of_log(run)
    found = {tag: [(e.step, e.value) for e in accumulator.Scalars(tag)]
             for tag in accumulator.Tags()["scalars"]}
    same = found.keys() == expected.keys() and all(
        len(found[tag]) == len(expected[tag]) and all(
            s == t and math.isclose(a, b, rel_tol=1e-6)
            for (s, a), (t, b) in zip(found[tag], expected[tag])) for tag in expected)
    points = sum(map(len, found.values()))
    print(f"{run}: {len(found)} curves, {points} points, {'as in the log' if same else 'NOT as in the log'}")
    return same


if __name__ == "__main__":
    if sys.argv[1:] == ["--golden"]:
        print_golden()
    else:
        sys.exit(not all([check(Path(run)) for run in sys.argv[1:]]))
