#!/usr/bin/env bash
# kill-runs.sh [KILLS]: one training of build/, killed at so many random moments (100), ends in the bytes
# of one that nobody disturbed. ./check does the same with 5.
set -euo pipefail
cd "$(dirname "$0")/.."
REGNET_KILLS=${1:-100} bash tests/cli/run.sh build/src/cli/regnet tests/cli/kills.sh
