#!/usr/bin/env python3
"""Makes tests/golden/peer.pth, a checkpoint as PyTorch writes it. Needs torch.

Usage: golden-torch-file.py OUT
"""

import sys
from collections import OrderedDict

import torch

state = OrderedDict()
conv = torch.arange(24.0).reshape(2, 3, 2, 2).to(memory_format=torch.channels_last)
state["module.conv.weight"] = torch.nn.Parameter(conv)
state["module.transposed"] = torch.arange(6.0).reshape(2, 3).t()
state["module.slice"] = torch.arange(10.0)[4:7]
state["module.half"] = torch.tensor([1, -2.5], dtype=torch.float16)
state["module.bfloat"] = torch.tensor([1.5], dtype=torch.bfloat16)
state["module.empty"] = torch.zeros(3, 0)
state["module.bn.num_batches_tracked"] = torch.tensor(391)
state._metadata = OrderedDict([("", {"version": 1})])
torch.save({"epoch": 7, "test_err": 25.5, "model_state": state,
            "optimizer_state": {"param_groups": [{"lr": 0.1, "params": [0]}]},
            "cfg": "MODEL: {TYPE: regnet}\n"}, sys.argv[1])
