# regnet train, killed at random moments: it ends in the bytes of a run that nobody disturbed.
# REGNET_KILLS says how often (tools/kill-runs.sh); 5 by itself.
kills=${REGNET_KILLS:-5}
cat >"$work/net.yaml" <<YAML
MODEL: {TYPE: regnet, NUM_CLASSES: 10}
REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 8, DEPTH: 2, W0: 8, WA: 8.0, WM: 2.0, GROUP_W: 8}
TRAIN: {DATASET: fashion_mnist, IM_SIZE: 28, BATCH_SIZE: 16, NUM_IMAGES: 320, CHECKPOINT_STEPS: 7}
TEST: {DATASET: fashion_mnist, SPLIT: val, BATCH_SIZE: 100}
DATA_LOADER: {HOLD_OUT: 100}
OPTIM: {BASE_LR: 0.05, MAX_EPOCH: $((4 * kills + 5)), LR_UNIT: step, WARMUP_EPOCHS: 0.5}
BN: {NUM_SAMPLES_PRECISE: 64}
LOG_PERIOD: 1
YAML

logged() {
    wc -l 2>"$work/ignored" <"$work/killed/log.jsonl" || echo 0
}

# Kills a training while it starts (a time in ten), or some lines of its log after that.
kill_one() {
    local pid wait=$((RANDOM % 30)) begun
    "$regnet" train --cfg "$work/net.yaml" --out "$work/killed" 2>>"$work/ignored" >&2 &
    pid=$!
    if ((RANDOM % 10 > 0)); then
        sleep 0.2
        begun=$(logged)
        while kill -0 $pid 2>"$work/ignored" && (($(logged) < begun + wait)); do sleep 0.01; done
    fi
    sleep "0.0$((RANDOM % 100))"
    kill -KILL $pid 2>"$work/ignored" || return
    wait $pid 2>"$work/ignored" || true
    killed=$((killed + 1))
}

# The log without its times.
losses() {
    sed -E 's/"(time_diff|time_avg|time_epoch|eta|mem)":[^,}]*,?//g' "$1/log.jsonl"
}

it "$kills kills at random moments change neither weights nor log"
run train --cfg "$work/net.yaml" --out "$work/whole"
exits 0
killed=0
while ((killed < kills)) && [[ ! -e $work/killed/result.json ]]; do kill_one; done
run train --cfg "$work/net.yaml" --out "$work/killed"
exits 0
check test $killed = "$kills"
sum() { sha256sum <"$1/model.safetensors"; }
check test "$(sum "$work/whole")" = "$(sum "$work/killed")"
check cmp -s <(losses "$work/whole") <(losses "$work/killed")
check test -z "$(find "$work/killed" -name '*.tmp*')"
