# A run's directory: signals, time limits, limits of memory and disk, and verbs that take a run.
cat >"$work/net.yaml" <<'YAML'
MODEL: {TYPE: regnet, NUM_CLASSES: 10}
REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 8, DEPTH: 2, W0: 8, WA: 8.0, WM: 2.0, GROUP_W: 8}
TRAIN: {DATASET: fashion_mnist, IM_SIZE: 28, BATCH_SIZE: 32, NUM_IMAGES: 320}
TEST: {DATASET: fashion_mnist, SPLIT: val, BATCH_SIZE: 100}
DATA_LOADER: {HOLD_OUT: 100}
OPTIM: {BASE_LR: 0.05, MAX_EPOCH: 2, LR_UNIT: step}
BN: {USE_PRECISE_STATS: False}
LOG_PERIOD: 1
YAML
run train --cfg "$work/net.yaml" --out "$work/run" --tensorboard

it "train foretells memory, disk and time, and tells each epoch"
exits 0
err "GB of memory"
err "GB of disk"
err "epoch 2/2  step 10/10  loss"
err "images/s"

it "the numbers of the log are there for TensorBoard"
check test "$(cat "$work/run/tensorboard/"events.out.tfevents.* | grep -ac train_iter/loss)" -gt 0

it "test, time and predict take the run's directory"
run test "$work/run" --json
exits 0
cp "$work/out" "$work/before"
run test "$work/run/model.safetensors" --json
check cmp -s "$work/out" "$work/before"
run time "$work/run" --steps 1 --only infer
exits 0
run predict "$work/run" "$root/examples/ankle-boot.png"
exits 0

it "test names what it takes when a directory is no run that is over"
mkdir -p "$work/empty"
run test "$work/empty"
exits 2
err "the directory of a run that is over"

for signal in TERM INT HUP USR1; do
    it "SIG$signal stops with a checkpoint and status 75"
    # A shell's background job ignores SIGINT; the program must not inherit that.
    setsid "$regnet" train --cfg "$work/net.yaml" --out "$work/$signal" OPTIM.MAX_EPOCH 10000 \
        2>"$work/err" &
    pid=$!
    for ((i = 0; i < 1000; i++)); do
        grep -q train_iter "$work/$signal/log.jsonl" 2>"$work/ignored" && break
        sleep 0.05
    done
    ran="kill -$signal"
    kill -$signal $pid
    code=0
    wait $pid || code=$?
    exits 75
    err "the same call goes on from here"
    check test -n "$(ls "$work/$signal/checkpoints")"
done

it "a time limit stops likewise"
run train --cfg "$work/net.yaml" --out "$work/limited" --time-limit 0.001s
exits 75
err "stopped by the time limit"
run train --cfg "$work/net.yaml" --out "$work/limited"
exits 0
check cmp -s "$work/run/model.safetensors" "$work/limited/model.safetensors"

# What a reader of pycls' makes of a run's stdout.log, held against log.jsonl: the tag is sought in each line,
# records of a type have the same fields, and "3/100" is an epoch.
pycls_reads() {
    python3 - "$work/$1" <<'PYTHON'
import json, re, sys
tag, run, read = "json_stats: ", sys.argv[1], {}
for line in open(run + "/stdout.log"):
    if tag in line:
        record = json.loads(line[line.find(tag) + len(tag):])
        read.setdefault(record.pop("_type"), []).append(record)
assert read["cfg"][0]["OPTIM"]["MAX_EPOCH"] == 2
for records in read.values():
    assert all(sorted(r) == sorted(records[0]) for r in records)
assert set(read["train_iter"][0]) == set("epoch iter time_avg time_diff eta top1_err top5_err loss lr mem".split())
assert set("epoch time_avg time_epoch eta top1_err top5_err loss lr mem".split()) == set(read["train_epoch"][0])
assert set("epoch time_avg time_epoch top1_err top5_err min_top1_err min_top5_err mem".split()) <= set(read["test_epoch"][0])
assert read["test_ema_epoch"] == read["test_epoch"]
for ours in map(json.loads, open(run + "/log.jsonl")):
    theirs = read[ours.pop("_type")].pop(0)
    for key in "epoch", "iter":
        if key in ours:
            assert [ours.pop(key), ours.pop(key + "_max")] == [int(n) for n in theirs.pop(key).split("/")]
    if "eta" in ours:
        d, h, m, s = map(int, re.fullmatch(r"(\d\d),(\d\d):(\d\d):(\d\d)", theirs.pop("eta")).groups())
        assert int(ours.pop("eta")) == ((d * 24 + h) * 60 + m) * 60 + s
    assert ours == theirs
PYTHON
}

it "with LOG_DEST file readers of pycls' logs read a run, an interrupted one too"
run train --cfg "$work/net.yaml" --out "$work/pycls" --time-limit 0.001s LOG_DEST file
exits 75
run train --cfg "$work/net.yaml" --out "$work/pycls" LOG_DEST file
exits 0
check pycls_reads pycls

it "and one that was over before that was asked for"
check test ! -e "$work/limited/stdout.log"
run train --cfg "$work/net.yaml" --out "$work/limited" LOG_DEST file
exits 0
check pycls_reads limited

it "a time limit is written in hours, minutes and seconds"
for limit in 2 2d 30m1h "" h -1h; do
    run train --cfg "$work/net.yaml" --out "$work/limited" --time-limit "$limit"
    exits 2
    err "2h, 90m or 1h30m"
done

# A program with sanitizers does not start within such a limit.
if (ulimit -v 3000000 && "$regnet" --help) >"$work/ignored" 2>&1; then
    it "more memory than there is is an error before work begins"
    shell "ulimit -v 3000000; regnet train --cfg $work/net.yaml --out $work/large TRAIN.BATCH_SIZE 50000 \
        TRAIN.NUM_IMAGES 0 DATA_LOADER.HOLD_OUT 0 TEST.SPLIT test REGNET.DEPTH 12"
    exits 1
    err "GB are free"
    check test ! -e "$work/large"
fi
