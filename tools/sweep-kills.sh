#!/usr/bin/env bash
# sweep-kills.sh [SEED]: the test of killed workers at full size: 16 workers on one directory, 1,000 networks,
# 50 kills at random. ./check has a small one. Needs build/ (./check makes it).
set -euo pipefail
cd "$(dirname "$0")/.."
SWEEP_WORKERS=16 SWEEP_NETWORKS=1000 SWEEP_KILLS=50 SWEEP_SEED=${1:-1} build/tests/unit/test_workers test_random_kills
