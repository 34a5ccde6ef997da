# regnet sweep: set up, train, stop, go on, look, collect, launch.
sweep=$work/sweep
tiny='TRAIN.DATASET fashion_mnist TRAIN.NUM_IMAGES 64 TRAIN.BATCH_SIZE 32 TRAIN.IM_SIZE 28 TEST.DATASET fashion_mnist
    TEST.SPLIT val TEST.IM_SIZE 28 DATA_LOADER.HOLD_OUT 32 OPTIM.MAX_EPOCH 1 TRAIN.AUGMENT none
    BN.USE_PRECISE_STATS False'

it "sets a sweep up, the same everywhere"
# shellcheck disable=SC2086
run sweep setup "$sweep" RegNetX@mini -n 3 --seed 2 $tiny
exits 0
# shellcheck disable=SC2086
run sweep setup "$work/again" RegNetX@mini -n 3 --seed 2 $tiny
check cmp "$sweep/sweep.yaml" "$work/again/sweep.yaml"

it "refuses another sweep in the same directory"
# shellcheck disable=SC2086
run sweep setup "$sweep" RegNetX@mini $tiny OPTIM.BASE_LR 0.3
exits 2
err "config.OPTIM.BASE_LR is 0.1 there and 0.3 here"

it "two workers at once train each network once"
shell "regnet sweep run '$sweep' --jobs 1 & regnet sweep run '$sweep' --jobs 1; wait"
exits 0
out "3 networks: 3 done"
check test "$(ls "$sweep/runs" | wc -l)" = 3
check test -s "$sweep/runs/000002/model.safetensors"

it "says how it stands as JSON"
run sweep status "$sweep" --json
exits 0
json "x['outcomes']['done'] == 3 and x['networks'] == 3 and x['failures'] == []"

it "is watched until it is over: a plain line where there is no terminal"
run sweep watch "$sweep"
exits 0
out "3 networks: 3 done; best so far "
lines 1

it "names the best"
run sweep best "$sweep" -n 1
exits 0
out "/model.safetensors"
lines 3

it "collects, and other verbs read the directory and what it wrote"
run sweep collect "$sweep" --json "$work/sweep.json" --csv "$work/sweep.csv"
exits 0
out "3 new"
run edf "$sweep" "$work/sweep.json" --json
exits 0
check test "$(wc -l <"$work/sweep.csv")" = 4

it "is enlarged, and trains what is new"
# shellcheck disable=SC2086
run sweep setup "$sweep" RegNetX@mini -n 4 $tiny
exits 0
run sweep run "$sweep" --networks 1
exits 0
out "4 networks: 4 done"

# The same as a user whom permission bits stop; root's powers go with it.
unwritable=(setpriv --bounding-set -dac_override,-dac_read_search)
[[ $(id -u) == 0 ]] || unwritable=(env)
if "${unwritable[@]}" true 2>/dev/null; then
    it "a directory that cannot be written is looked at and collected from, and not worked on"
    find "$sweep" -type d -exec chmod a-w {} +
    for verb in status watch best; do
        shell "${unwritable[*]} regnet sweep $verb '$sweep'"
        exits 0
        no_err
    done
    shell "${unwritable[*]} regnet sweep collect '$sweep' --csv '$work/elsewhere.csv'"
    exits 0
    check test "$(wc -l <"$work/elsewhere.csv")" = 5
    for verb in run gc collect; do
        shell "${unwritable[*]} regnet sweep $verb '$sweep'"
        exits 3
        err "$sweep"
        check test "$(wc -l <"$work/err")" = 1
    done
    find "$sweep" -type d -exec chmod u+w {} +
else
    echo "# skipped: root cannot give up its powers here, so a directory is always writable"
fi

it "removes what is of no more use"
run sweep gc "$sweep" --keep none
exits 0
out "4 checkpoints"
run sweep gc "$sweep" --keep some
exits 2
err "all, last, best or none"

it "reads a pycls sweep file unchanged"
run sweep setup "$work/pycls" configs/sweeps/fashion_regnet.yaml
exits 0
check cmp configs/sweeps/fashion_regnet.yaml "$work/pycls/sweep_cfg.yaml"
check grep -qx 'networks: 24' "$work/pycls/sweep.yaml"

it "prints the script for Slurm, by the sweep file and the options"
run sweep launch "$work/pycls" --slurm --dry-run --account us --extra --exclusive
exits 0
out "#SBATCH --time=60"
out "#SBATCH --account=us"
out "#SBATCH --exclusive"
out "--jobs 1 --networks 1 --time "
out "sbatch --array=0-23%32 "
check test ! -e "$work/pycls/slurm"

# A site that takes arrays of 7 tasks, and as many tasks as the file "room" says.
mkdir "$work/slurm"
cat >"$work/slurm/scontrol" <<'SCONTROL'
#!/bin/bash
echo "MaxArraySize            = 7"
SCONTROL
cat >"$work/slurm/sbatch" <<'SBATCH'
#!/bin/bash
here=$(dirname "$0")
tasks=${1#--array=0-} && tasks=$((${tasks%\%*} + 1)) && room=$(($(<"$here/room") - tasks))
if ((room < 0)); then
    echo "sbatch: error: AssocMaxSubmitJobLimit" >&2
    echo "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's" \
        "size and/or time limits)" >&2
    exit 1
fi
echo $room >"$here/room"
echo "Submitted $1"
SBATCH
chmod +x "$work/slurm/"*
launch() { # launch ROOM
    echo "$1" >"$work/slurm/room"
    shell "PATH='$work/slurm:$PATH' regnet sweep launch '$work/pycls' --slurm"
}

it "submits as many tasks as the site takes, and says how the rest is submitted"
launch 10
exits 75
err "10 of 24 tasks submitted, as many as the site takes now; when some have ended, the same command submits the rest"
out "Submitted --array=0-6%9"
lines 2
launch 50
exits 0
no_err
lines 4
check test "$(<"$work/slurm/room")" = 26
launch 0
exits 1
err "AssocMaxSubmitJobLimit"
no_out

it "names the nearest key of a sweep file"
sed 's/MAX_RETRY/MAX_RETRIES/' configs/sweeps/fashion_regnet.yaml >"$work/bad.yaml"
run sweep setup "$work/bad" "$work/bad.yaml"
exits 2
err "LAUNCH has no key MAX_RETRIES; did you mean MAX_RETRY?"

it "says what is missing"
run sweep
exits 2
err "an action was expected"
run sweep stauts "$sweep"
exits 2
err "did you mean status?"
run sweep status "$work"
exits 3
err "no sweep.yaml here"
run sweep run "$sweep" --network 9
exits 2
err "there is no network 9, but 0 to 3"
