#!/usr/bin/env python3
"""Makes tests/golden/peer.safetensors with the safetensors package, for tests/unit/test_safetensors.c.

Run at the root of the repository with python3 that has torch and safetensors installed.
"""
import torch
from safetensors.torch import save_file

values = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf"), float("-inf")]
save_file(
    {
        "head.fc.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4,
        "half": torch.tensor(values, dtype=torch.float16),
        "bfloat": torch.tensor(values, dtype=torch.bfloat16),
        "double": torch.tensor([1 / 3, 1e300], dtype=torch.float64),
        "bn.num_batches_tracked": torch.tensor(391, dtype=torch.int64),
        "flags": torch.tensor([True, False, True]),
        "empty": torch.zeros(0, 4),
    },
    "tests/golden/peer.safetensors",
    metadata={"arch": "RegNetX-400MF", "note": "é"},
)
