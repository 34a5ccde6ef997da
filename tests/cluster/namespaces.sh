#!/usr/bin/env bash
# namespaces.sh REGNET: one sweep by two workers that share a directory and nothing else: each has network
# and process namespaces of its own, so neither sees the other's processes. The results are those of one
# machine. Prints TAP. Needs root; skipped with a reason where namespaces cannot be made.
set -uo pipefail
regnet=$(realpath "$1")
# /proc alone is mounted anew: the root of a chroot is no mount whose propagation could be changed.
apart=(unshare --net --pid --fork --kill-child --mount-proc --propagation unchanged)
reason=$("${apart[@]}" true 2>&1) || {
    echo "1..0 # SKIP namespaces cannot be made here: $reason"
    exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

set_up() {
    "$regnet" sweep setup "$work/$1" RegNetX@mini -n 6 --lease 3 TRAIN.DATASET fashion_mnist TRAIN.NUM_IMAGES 64 \
        TRAIN.BATCH_SIZE 32 TRAIN.IM_SIZE 28 TEST.DATASET fashion_mnist TEST.SPLIT val TEST.IM_SIZE 28 \
        DATA_LOADER.HOLD_OUT 32 OPTIM.MAX_EPOCH 1 TRAIN.AUGMENT none BN.USE_PRECISE_STATS False
}
# What does not depend on where and when.
results() {
    "$regnet" sweep collect "$work/$1" --csv "$work/$1.csv" >/dev/null && cut -d , -f 1,2,4-7,10-12,15- "$work/$1.csv"
}

set_up one && "$regnet" sweep run "$work/one" 2>/dev/null >/dev/null
set_up two
"${apart[@]}" "$regnet" sweep run "$work/two" --jobs 1 >/dev/null 2>&1 &
first=$!
sleep 1
"${apart[@]}" "$regnet" sweep run "$work/two" --jobs 1 >/dev/null 2>&1 &
second=$!
sleep 1
kill -9 $first # unshare, and by --kill-child all in its namespaces: only the lease can tell
wait $second
if [[ $(results one) == "$(results two)" && $(results two | wc -l) == 7 ]]; then
    echo "ok 1 - the same results as on one machine"
else
    echo "not ok 1 - other results than on one machine"
fi
echo "1..1"
