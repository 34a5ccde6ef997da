#!/usr/bin/env bash
# photo-runs.sh [FILES [BUILD]]: a tree of so many real photographs (2,000), of which one in ten is damaged,
# against the command of a build (build/): what is found, what stops a training, what is left out. ./check
# does the same with 130.
set -euo pipefail
cd "$(dirname "$0")/.."
REGNET_PHOTOS=${1:-2000} bash tests/cli/run.sh "${2:-build}/src/cli/regnet" tests/cli/photos.sh
