# regnet sample: network i is a function of the seed and i alone.

spaces="AnyNetXA AnyNetXB AnyNetXC AnyNetXD AnyNetXE RegNetX"

it "sample --json prints one network a line"
run sample AnyNetXA -n 5 --seed 1 --json
exits 0
no_err
lines 5
json 'all(set(n) >= {"stages", "flops", "params", "acts"} and n["flops"] > 0 for n in xs)'

it "the same seed draws the same networks"
run sample RegNetX -n 20 --seed 7 --json
exits 0
cp "$work/out" "$work/first"
run sample RegNetX -n 20 --seed 7 --json
check cmp -s "$work/out" "$work/first"

it "network i does not depend on how many are drawn"
run sample RegNetX -n 3 --seed 7 --json
check cmp -s "$work/out" <(head -n 3 "$work/first")

it "another seed draws others"
run sample RegNetX -n 20 --seed 8 --json
exits 0
check test "$(cat "$work/out")" != "$(cat "$work/first")"

for space in $spaces; do
    it "$space draws"
    run sample "$space" -n 50 --seed 3 --json
    exits 0
    lines 50
done

it "AnyNetXE's widths and depths do not fall"
run sample AnyNetXE -n 50 --seed 3 --json
lines 50
json 'all(a["depth"] <= b["depth"] for n in xs for a, b in zip(n["stages"], n["stages"][1:]))'

it "counts are those of info"
run sample RegNetX -n 1 --seed 5 --json
exits 0
python3 - "$work/out" >"$work/net.json" 2>"$work/ignored" <<'PYTHON'
import json, sys
net = json.load(open(sys.argv[1]))
keys = {"DEPTHS": "depth", "WIDTHS": "width", "STRIDES": "stride", "BOT_MULS": "bot_mul",
        "GROUP_WS": "group_width"}
print(json.dumps({"MODEL": {"TYPE": "anynet", "NUM_CLASSES": 1000},
                  "ANYNET": {key: [stage[name] for stage in net["stages"]]
                             for key, name in keys.items()}}))
PYTHON
flops=$(grep -o '"flops": *[0-9]*' "$work/out" | grep -o '[0-9]*$')
run info --cfg "$work/net.json" --json
exits 0
json "x['flops'] == ${flops:-None}"

it "an unknown space brings the nearest"
run sample AnyNetXF -n 1
exits 2
no_out
err "AnyNetX"

it "an impossible space says which constraint rejects"
cat >"$work/none.yaml" <<'YAML'
name: none
base: AnyNetXA
constraints:
  - flops <= 1
YAML
run sample "$work/none.yaml" -n 1
exits 2
err "flops"
