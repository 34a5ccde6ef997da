# One network in several processes, over TCP on the loopback device.
cat >"$work/net.yaml" <<'YAML'
MODEL: {TYPE: regnet, NUM_CLASSES: 10, DC_RATIO: 0.2, DROPOUT_RATIO: 0.2}
REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 8, DEPTH: 2, W0: 8, WA: 8.0, WM: 2.0, GROUP_W: 8, SE_ON: True}
TRAIN: {DATASET: fashion_mnist, IM_SIZE: 28, BATCH_SIZE: 32, NUM_IMAGES: 640, CHECKPOINT_STEPS: 3, MIXUP_ALPHA: 0.5}
TEST: {DATASET: fashion_mnist, SPLIT: val}
DATA_LOADER: {HOLD_OUT: 100}
OPTIM: {BASE_LR: 0.05, MAX_EPOCH: 2, LR_UNIT: step, WARMUP_EPOCHS: 0.5, EMA: True, ACCUMULATE: 2}
BN: {NUM_SAMPLES_PRECISE: 64}
LOG_PERIOD: 1
YAML
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 # in a container
export ASAN_OPTIONS=detect_leaks=0                               # OpenMPI's own
unset MALLOC_PERTURB_                                            # mpirun 4.1, told to abort, reads freed memory
mpi() {
    local n=$1
    shift
    shell "mpirun --oversubscribe --mca btl self,tcp --mca btl_tcp_if_include lo \
        --mca oob_tcp_if_include lo --mca mpi_yield_when_idle 1 -n $n '$regnet' $*"
}

# An epoch's numbers of a run, one a line: KEY of the lines of TYPE.
numbers() {
    python3 - "$work/$1/log.jsonl" "$2" "$3" <<'PYTHON'
import json, sys
for line in map(json.loads, open(sys.argv[1])):
    if line["_type"] == sys.argv[2]:
        print(line[sys.argv[3]])
PYTHON
}

# near TYPE KEY LINES TOLERANCE: of the runs alone and two. Rounding grows from step to step.
near() {
    paste <(numbers alone "$1" "$2") <(numbers two "$1" "$2") | head -n "$3" |
        awk -v tolerance="$4" -v lines="$3" '
            { far = $1 - $2; if (far < 0) far = -far; if (far > tolerance * $1) bad = 1 }
            END { exit bad || NR != lines }'
}

it "two processes train as one with the whole batch, within rounding"
run train --cfg "$work/net.yaml" --out "$work/alone"
exits 0
mpi 2 train --cfg "$work/net.yaml" --out "$work/two"
exits 0
check near train_iter loss 10 1e-6
check near train_iter top1_err 10 0
check near test_epoch loss 1 1e-4

it "one of them writes"
check test "$(wc -l <"$work/alone/log.jsonl")" = "$(wc -l <"$work/two/log.jsonl")"
check test "$(grep -c '^top-1 error' "$work/out")" = 1

it "a run of two processes that was stopped goes on in one, or in two to the same bytes"
mkdir -p "$work/again/checkpoints"
cp "$work/two/config.yaml" "$work/again"
cp "$work/two/checkpoints/000001-00000009.safetensors" "$work/again/checkpoints"
cp "$work/two/log.jsonl" "$work/again"
cp -r "$work/again" "$work/by_one"
mpi 2 train --cfg "$work/net.yaml" --out "$work/again"
exits 0
check cmp -s "$work/two/model.safetensors" "$work/again/model.safetensors"
run train --cfg "$work/net.yaml" --out "$work/by_one"
exits 0

it "a time limit stops all of them"
mpi 2 train --cfg "$work/net.yaml" --out "$work/limited" --time-limit 0.001s
exits 75
check test "$(grep -c 'stopped by the time limit' "$work/err")" = 1
check test -n "$(ls "$work/limited/checkpoints")"

it "a batch that cannot be shared out equally is refused"
mpi 3 train --cfg "$work/net.yaml" --out "$work/three"
exits 2
err "TRAIN.BATCH_SIZE: 32 images cannot be shared out equally to 3 processes"

it "bad images are left out as one process leaves them out, wherever they are in a batch"
python3 - "$work/photos" <<'PYTHON'
import os, struct, sys, zlib

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

for part in "train", "val":
    for i in range(48):
        folder = f"{sys.argv[1]}/{part}/{'ab'[i // 24]}"
        os.makedirs(folder, exist_ok=True)
        rows = b"".join(bytes([0] + [(x * y + 5 * i) % 256 for x in range(40)]) for y in range(30))
        png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 30, 8, 0, 0, 0, 0))
        png += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        with open(f"{folder}/{i:02}.png", "wb") as file:
            file.write(png[:60] if i in (2, 5, 20, 31) else png)
PYTHON
set -- --cfg "$work/net.yaml" --data "$work/photos" --skip-bad 20% TRAIN.DATASET folder TEST.DATASET folder \
    TRAIN.NUM_IMAGES 0 DATA_LOADER.HOLD_OUT 0 TRAIN.BATCH_SIZE 16 DATA_LOADER.SHUFFLE False TEST.IM_SIZE 32 \
    OPTIM.ACCUMULATE 1 OPTIM.MAX_EPOCH 1 DATA_LOADER.NUM_WORKERS 2
rm -r "$work/alone" "$work/two"
run train --out "$work/alone" "$@"
exits 0
mpi 2 train --out "$work/two" "$*"
exits 0
check near train_iter loss 3 1e-4
check near train_iter top1_err 3 0
check near test_epoch loss 1 1e-4
