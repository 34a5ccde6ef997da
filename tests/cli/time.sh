# regnet time: what it says of a network, not how fast it is.
cfg=configs/networks/fashion-tiny.yaml

it "time --json has a time, a speed and the memory of inference and of training"
run time --cfg $cfg --batch 4 --steps 3 --json
exits 0
no_err
json 'set(x) == {"network", "batch", "threads", "flops", "params", "acts", "infer_ms", "train_ms",
                 "images_per_s", "planned_bytes", "peak_bytes"}'
json '(x["network"], x["batch"], x["threads"]) == ("configs/networks/fashion-tiny.yaml", 4, 1)'
json 'all(0 < x[key]["median"] <= x[key]["p95"] for key in ("infer_ms", "train_ms"))'
json 'all(abs(x["images_per_s"][key] * x[key + "_ms"]["median"] / 4e3 - 1) < 1e-9
          for key in ("infer", "train"))'
json '0 < x["planned_bytes"]["infer"] < x["planned_bytes"]["train"]'
json 'all(x["planned_bytes"][key] < x["peak_bytes"][key] for key in ("infer", "train"))'

it "the peak is this process's, however much its parent holds"
shell "python3 -c 'import subprocess; held = b\"x\" * (1 << 29)
subprocess.run([\"regnet\", *\"time --cfg $cfg --batch 1 --steps 1 --json\".split()])'"
exits 0
json 'x["peak_bytes"]["train"] < 1 << 29'

it "counts are those of info"
run info --cfg $cfg --json
flops=$(grep -o '"flops": *[0-9]*' "$work/out" | grep -o '[0-9]*$')
run time --cfg $cfg --batch 1 --steps 1 --json
json "x['flops'] == ${flops:-None}"

it "the plan grows with the batch, and momenta count"
run time --cfg $cfg --batch 8 --steps 1 --json
cp "$work/out" "$work/eight"
planned() { grep -o '"planned_bytes":{[^}]*' "$1" | grep -o '"train":[0-9]*' | grep -o '[0-9]*'; }
run time --cfg $cfg --batch 4 --steps 1 --json
check test "$(planned "$work/out")" -lt "$(planned "$work/eight")"
cp "$work/out" "$work/sgd"
run time --cfg $cfg --batch 4 --steps 1 --json OPTIM.OPTIMIZER adam OPTIM.NESTEROV False
check test "$(planned "$work/sgd")" -lt "$(planned "$work/out")"

it "TRAIN.BATCH_SIZE is the batch unless --batch says another; else 32"
run time --cfg $cfg --steps 1 --json TRAIN.BATCH_SIZE 3
json 'x["batch"] == 3'
run time RegNetX-200MF --steps 1 --json TRAIN.IM_SIZE 32
json 'x["batch"] == 32 and x["network"] == "RegNetX-200MF"'

it "KEY VALUE pairs change a named network"
run time RegNetX-200MF --batch 1 --threads 2 --steps 1 --json TRAIN.IM_SIZE 32 REGNET.DEPTH 7
exits 0
json 'x["threads"] == 2 and x["flops"] < 199040872 / 49'

it "--only times one pass; the other's places are null"
run time --cfg $cfg --batch 2 --steps 1 --only train --layers --json
exits 0
json 'x["infer_ms"] is None and x["train_ms"]["median"] > 0'
json 'all(x[key]["infer"] is None and x[key]["train"] for key in
          ("images_per_s", "planned_bytes", "peak_bytes", "layers"))'
run time --cfg $cfg --batch 2 --steps 1 --only infer
exits 0
out "inference"
check test -z "$(grep training "$work/out")"
run time --cfg $cfg --only both
exits 2
no_out
err '"both"'

it "--layers --json names each layer with its kind, time and bound"
run time RegNetY-200MF --batch 2 --steps 1 --layers --json TRAIN.IM_SIZE 32
exits 0
json 'x["peak_flops"] > 0 and set(x["layers"]) == {"infer", "train"}'
json 'all({"1x1", "3x3 groups", "stem", "SE", "sum", "other", "rest"} ==
          {kind["name"] for kind in way["kinds"]} for way in x["layers"].values())'
json 'all(set(layer) == {"name", "kind", "forward", "backward"} for way in x["layers"].values()
          for layer in way["layers"])'
json '["3x3 groups"] == [layer["kind"] for layer in x["layers"]["train"]["layers"]
                         if layer["name"] == "s1.b1.f.b"]'
json 'all(layer[side]["ms"] > 0 and layer[side]["bound_ms"] > 0 for side in ("forward", "backward")
          for layer in x["layers"]["train"]["layers"] if layer["kind"] == "1x1")'
json 'all(layer["backward"] == {"ms": 0, "bound_ms": 0} for layer in x["layers"]["infer"]["layers"])'

it "the kinds add up to the layers"
json 'all(abs(sum(row[side][key] for row in way["kinds"] if row["name"] != "rest")
              - sum(row[side][key] for row in way["layers"])) < 1e-6
          for way in x["layers"].values() for side in ("forward", "backward")
          for key in ("ms", "bound_ms"))'

it "--layers prints tables for people"
run time --cfg $cfg --batch 2 --steps 1 --layers
exits 0
no_err
out "inference"
out "training"
out "of bound"
out "3x3 groups"

it "an engine that does not say how long its layers took still has its total"
run time --cfg $cfg --batch 1 --steps 1 --engine ref --layers --json
exits 0
json 'x["layers"]["train"]["layers"] == []'
json '["rest"] == [kind["name"] for kind in x["layers"]["train"]["kinds"]]'

it "an unknown network, engine or number is refused"
run time RegNetX-401MF
exits 2
no_out
err "RegNetX-400MF"
run time --cfg $cfg --engine gpu
exits 2
no_out
err '"gpu"'
run time --cfg $cfg --batch 0
exits 2
err "--batch"
