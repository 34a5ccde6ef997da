# regnet config: the merged configuration, where it comes from, and the keys.

# has PATTERN: a line of standard output.
has() {
    grep -qE -e "$1" "$work/out" || problem "no line like \"$1\" on standard output"
}

it "says where each value comes from"
cat >"$work/net.yaml" <<'YAML'
MODEL:
  TYPE: regnet
OPTIM: {BASE_LR: 0.4, MAX_EPOCH: 9}
YAML
run config --cfg "$work/net.yaml" OPTIM.MAX_EPOCH 7
exits 0
no_err
has "TYPE: \"regnet\" .*# $work/net.yaml:2"
has "BASE_LR: 0.4 .*# $work/net.yaml:3"
has 'MAX_EPOCH: 7 .*# command line'
has 'MOMENTUM: 0.9 .*# default'

it "prints what --cfg reads again"
shell "regnet config --cfg $work/net.yaml OPTIM.MAX_EPOCH 7 >$work/whole.yaml"
exits 0
run config --cfg "$work/whole.yaml"
exits 0
has 'MAX_EPOCH: 7 .*# .*whole.yaml:'

it "prints JSON, which --cfg reads as well"
run config --cfg "$work/net.yaml" OPTIM.MAX_EPOCH 7 --json
exits 0
json "x['OPTIM']['MAX_EPOCH'] == 7 and x['OPTIM']['BASE_LR'] == 0.4 and x['OPTIM']['NESTEROV'] is True and x['RNG_SEED'] == 1"
cp "$work/out" "$work/whole.json"
run config --cfg "$work/whole.json" --json
exits 0
check cmp "$work/out" "$work/whole.json"

it "a network by name is a source, and so is a recipe, which counts more than a file"
run config --cfg RegNetX-400MF
exits 0
has 'WA: 24.48 .*# RegNetX-400MF'
run config --cfg "$work/net.yaml" --recipe modern
exits 0
has 'BASE_LR: 0.1 .*# recipe modern:'
run config --recipe old
exits 2
err 'there is no recipe "old"; paper and modern are known'

it "tells of keys without effect, in one line"
run config NUM_GPUS 8 VIT.NUM_HEADS 4
exits 0
err 'regnet config: command line: without effect here: VIT.NUM_HEADS, NUM_GPUS'

it "documents every key"
run config --help-keys
exits 0
out 'OPTIM.BASE_LR: learning rate at its highest'
out 'number, default 0.1, from 0'
has 'OPTIM.LR_UNIT: .* \(not a key of pycls\)'
has 'FSDP.ENABLED: .* \(without effect here\)'
