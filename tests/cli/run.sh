#!/usr/bin/env bash
# run.sh REGNET SCRIPT: runs one script of cases against the command and prints TAP. A script is bash
# with the words below; it runs at the root of the source tree, with a folder "$work" of its own.
#
#     it "names the nearest verb"
#     run infoo
#     exits 2
#     err 'did you mean "info"'
set -uo pipefail
regnet=$(realpath "$1")
script=$2
[[ -x $regnet ]] || {
    echo "Bail out! there is no program $1"
    exit 1
}
export root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$(dirname "$regnet"):$PATH
case_name='' cases=0 failures=0 problems=''

# it NAME: begins a case, and ends the one before.
it() {
    report
    case_name=$1
}

# run ARGUMENT...: the command; its standard output and error are kept for the words below.
run() {
    ran="regnet $*"
    code=0
    "$regnet" "$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
}

# shell COMMAND: the same for a shell command, with regnet in the PATH, in the current folder.
shell() {
    ran=$1
    code=0
    bash -o pipefail -c "$1" >"$work/out" 2>"$work/err" </dev/null || code=$?
}

exits() {
    [[ $code == "$1" ]] || problem "exit status $code, not $1"
}

# out TEXT, err TEXT: the output or the messages contain it.
out() {
    grep -qF -e "$1" "$work/out" || problem "no \"$1\" on standard output"
}

err() {
    grep -qF -e "$1" "$work/err" || problem "no \"$1\" on standard error"
}

# lines N: of standard output.
lines() {
    [[ $(wc -l <"$work/out") == "$1" ]] || problem "$(wc -l <"$work/out") lines of output, not $1"
}

no_out() {
    [[ ! -s $work/out ]] || problem "something on standard output"
}

no_err() {
    [[ ! -s $work/err ]] || problem "something on standard error"
}

# json EXPRESSION: true in Python, where `x` is standard output as JSON (`xs`: each line of it).
json() {
    python3 - "$1" "$work/out" <<'PYTHON' 2>"$work/json" || problem "not so: $1 $(tail -n 1 "$work/json")"
import json, sys
text = open(sys.argv[2]).read()
xs = [json.loads(line) for line in text.splitlines()]
x = xs[0] if len(xs) == 1 else None
sys.exit(not eval(sys.argv[1]))
PYTHON
}

# check COMMAND...: a test of the shell's.
check() {
    "$@" || problem "not so: $*"
}

problem() {
    problems+=$(printf '%s\n' "$ran" "    $1" && sed 's/^/    | /' "$work/err" | head -n 8)$'\n'
}

report() {
    [[ -n $case_name ]] || return 0
    cases=$((cases + 1))
    if [[ -z $problems ]]; then
        echo "ok $cases - $case_name"
    else
        failures=$((failures + 1))
        echo "not ok $cases - $case_name"
        printf '%s' "$problems" | sed 's/^/# /'
    fi
    problems=''
}

# shellcheck source=/dev/null
. "$script"
report
echo "1..$cases"
[[ $failures == 0 && $cases -gt 0 ]]
