#!/usr/bin/env bash
# slurm.sh REGNET [long]: a sweep of 100 networks under a real Slurm on loopback, which this script sets up and
# takes down: arrays of at most 11 tasks, an sbatch that fails three times in ten, cancelled tasks, a
# controller that is restarted; with "long", a time limit that is hit (minutes). Prints TAP. Needs root,
# slurm-wlm, munge and dataset-fashion-mnist; skipped with a reason where one is missing.
set -uo pipefail
regnet=$(realpath "$1")
networks=100

skip() {
    echo "1..0 # SKIP $*"
    exit 0
}
[[ $(id -u) == 0 ]] || skip "only root can start Slurm's daemons"
for program in munged slurmctld slurmd sbatch scontrol squeue; do
    command -v $program >/dev/null || skip "there is no $program; apt-get install slurm-wlm munge"
done

work=$(mktemp -d)
chmod 755 "$work"

# Whatever was started with our configuration: the daemons, and the tasks that outlive them.
ours() {
    grep -lszFx "SLURM_CONF=$work/slurm.conf" /proc/[0-9]*/environ | cut -d / -f 3
}
take_down() {
    local i pids
    unset SLURM_CONF
    for ((i = 0; i < 50; i++)); do
        mapfile -t pids < <(ours)
        [[ ${#pids[@]} == 0 ]] && break
        kill -$((i < 40 ? 15 : 9)) "${pids[@]}" 2>/dev/null
        sleep 0.1
    done
    rm -rf "$work"
}
trap take_down EXIT
trap 'exit 1' INT TERM HUP

port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'
}

# Slurm's daemons find their configuration by SLURM_CONF, and each other by a munge of our own.
set_up() {
    export SLURM_CONF=$work/slurm.conf
    head -c 1024 /dev/urandom >"$work/munge.key"
    chmod 400 "$work/munge.key"
    mkdir -p "$work/state" "$work/spool"
    munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
        --log-file="$work/munged.log" --seed-file="$work/munge.seed" || return 1
    cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
SlurmUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MaxArraySize=11
SchedulerParameters=sched_interval=1,batch_sched_delay=1,sched_min_interval=100000
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=16
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    echo CgroupPlugin=cgroup/v1 >"$work/cgroup.conf" # not used, and not looked for
    slurmctld && slurmd
}

waits_for() { # waits_for SECONDS COMMAND...: until the command succeeds
    local i
    for ((i = 0; i < $1; i++)); do
        "${@:2}" >/dev/null 2>&1 && return 0
        sleep 1
    done
    return 1
}
is_up() { sinfo -h -o %T | grep -q -e idle -e mix -e alloc; }
is_empty() { [[ $(squeue -h -r | wc -l) == 0 ]]; }
outcome() { "$regnet" sweep status "$sweep" --json | python3 -c "import json, sys; print(json.load(sys.stdin)['outcomes']['$1'])"; }

attempt_of() { python3 -c "import json; print(json.load(open('$sweep/runs/$1/attempt.json'))['attempt'])"; }

# An sbatch that fails three times in ten.
unreliable_sbatch() {
    mkdir -p "$work/bin"
    cat >"$work/bin/sbatch" <<SBATCH
#!/bin/bash
n=\$(cat "$work/calls" 2>/dev/null || echo 0)
echo \$((n + 1)) >"$work/calls"
case \$((n % 10)) in 0 | 4 | 5) echo "sbatch: error: Batch job submission failed: busy" >&2; exit 1 ;; esac
exec $(command -v sbatch) "\$@"
SBATCH
    chmod +x "$work/bin/sbatch"
    PATH=$work/bin:$PATH
}

set_up && waits_for 30 is_up || {
    tail -n 3 "$work"/*.log >&2
    echo "not ok - Slurm's daemons start"
    exit 1
}
unreliable_sbatch
sweep=$work/sweep
failures=0
test_is() { # test_is NAME GOT WANTED
    if [[ $2 == "$3" ]]; then echo "ok - $1"; else
        echo "not ok - $1: $2, not $3"
        failures=$((failures + 1))
    fi
}

"$regnet" sweep setup "$sweep" RegNetX@mini -n $networks --lease 5 TRAIN.DATASET fashion_mnist TRAIN.NUM_IMAGES 64 \
    TRAIN.BATCH_SIZE 32 TRAIN.IM_SIZE 28 TEST.DATASET fashion_mnist TEST.SPLIT val TEST.IM_SIZE 28 \
    DATA_LOADER.HOLD_OUT 32 OPTIM.MAX_EPOCH 1 TRAIN.AUGMENT none BN.USE_PRECISE_STATS False || failures=1
"$regnet" sweep launch "$sweep" --slurm --time 10 --parallel 20 >"$work/launched" || failures=1
test_is "arrays of at most 11 tasks, though sbatch fails three times in ten" "$(grep -c Submitted "$work/launched")" 10
sleep 3
scancel "$(squeue -h -r -t R -o %i | head -n 1)" # a running task, whose network waits again
kill "$(cat "$work/slurmctld.pid")"
sleep 2
slurmctld
waits_for 30 is_up
scontrol requeue "$(squeue -h -r -t R -o %i | head -n 1)" 2>/dev/null
waits_for 400 is_empty
"$regnet" sweep launch "$sweep" --slurm --time 10 >"$work/launched" || failures=1
waits_for 100 is_empty
test_is "100 of 100 results" "$(outcome done)" $networks
test_is "none twice, none left" "$(ls "$sweep/runs" | wc -l) $(ls "$sweep/attempts" | wc -l)" "$networks 0"
planned=3

# The worker's minute is over before the network is: it is requeued, and goes on from its checkpoint.
if [[ ${2:-} == long ]]; then
    planned=4
    sweep=$work/long
    "$regnet" sweep setup "$sweep" RegNetX@mini -n 1 TRAIN.DATASET fashion_mnist TRAIN.NUM_IMAGES 1024 TRAIN.BATCH_SIZE 32 \
        TRAIN.IM_SIZE 28 TEST.DATASET fashion_mnist TEST.SPLIT val TEST.IM_SIZE 28 DATA_LOADER.HOLD_OUT 32 \
        OPTIM.MAX_EPOCH 40 TRAIN.AUGMENT none BN.USE_PRECISE_STATS False || failures=1
    "$regnet" sweep launch "$sweep" --slurm --time 2 >/dev/null
    waits_for 900 is_empty
    test_is "a time limit is hit, and the network goes on" "$(outcome done) $(($(attempt_of 000000) > 1))" "1 1"
fi
echo "1..$planned"
exit $((failures > 0))
