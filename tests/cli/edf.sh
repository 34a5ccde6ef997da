# regnet edf: populations of every source, compared, filtered and at equal cost.
python3 - "$work" <<'PYTHON'
import json, sys
def job(i, error):
    return {"cfg": {"OPTIM": {"BASE_LR": 0.1 * (1 + i % 4), "WEIGHT_DECAY": 5e-5}},
            "complexity": {"flops": 360e6 + 1e6 * i, "params": 5e6 + 1e5 * (i % 7), "acts": 3e6},
            "test_epoch": {"min_top1_err": [90.0, error]}, "test_ema_epoch": {"min_top1_err": [error + 1, error]}}
a = [job(i, 45 + (i * 7 % 20) / 2) for i in range(40)]
json.dump(a + [{"err": "crashed"}], open(sys.argv[1] + "/a.json", "w"))
json.dump([job(i, 40 + (i * 7 % 20) / 2) for i in range(40)], open(sys.argv[1] + "/b.json", "w"), indent=1)
json.dump([{"min_test_top1": 6 + i / 10, "flops": 1e8 + i * 1e6, "params": 8e5, "net": {"d": i}} for i in range(20)],
          open(sys.argv[1] + "/nds.json", "w"))
json.dump([50, 51.5, 49], open(sys.argv[1] + "/list.json", "w"))
PYTHON

it "edf --json of pycls' sweeps: n, min, mean, the difference and its interval"
run edf "$work/a.json" "$work/b.json" --json
exits 0
no_err
json '[p["n"] for p in x] == [40, 40] and x[0]["min"] == 45 and abs(x[0]["mean"] - 49.75) < 1e-9'
json 'abs(x[1]["difference"]["mean"] + 5) < 1e-9'
json 'x[1]["difference"]["low"] < -5 < x[1]["difference"]["high"] < 0'
json 'abs(x[1]["difference"]["ks"] - 0.5) < 1e-9 and 0 < x[1]["difference"]["ks_p"] < 1e-3'
json '[p["name"] for p in x] == ["a.json", "b.json"] and [p["unfinished"] for p in x] == [1, 0]'
json '"better" in x[1]["difference"]["text"] and "difference" not in x[0]'
json 'abs(x[0]["band"] - 0.214735) < 1e-6'

it "a sweep.json is named by its folder"
mkdir "$work/cifar"
cp "$work/a.json" "$work/cifar/sweep.json"
run edf "$work/cifar/sweep.json" --json
exits 0
json 'x[0]["name"] == "cifar"'

it "a table, the distributions and a sentence for people"
run edf "$work/a.json" "$work/list.json" "$work/nds.json"
exits 0
out "error (%)"
out "a.json: 1 more, not finished, left out"
out "nds.json has a mean error of"
out "too few networks for a verdict"

it "--where keeps networks by cost and by parameter"
run edf "$work/a.json" "$work/b.json" --json --where flops=370e6:380e6
exits 0
json '[p["n"] for p in x] == [11, 11]'
run edf "$work/a.json" --json --where flops=390e6:,OPTIM.BASE_LR=:0.25
exits 0
json 'x[0]["n"] == 4'
run edf "$work/nds.json" --json --where net.d=3:4
json 'x[0]["n"] == 2'

it "--normalize compares at equal cost"
run edf "$work/a.json" "$work/b.json" --json --normalize flops --bins 4
exits 0
json 'x[0]["normalized"] == {"by": "flops", "low": 360e6, "high": 399e6, "bins": 4}'
json 'x[0]["n"] == 38 and 37 < x[0]["effective"] <= 38'
json 'x[1]["difference"]["low"] < -5 < x[1]["difference"]["high"] < 0'
run edf "$work/a.json" --normalize flops
exits 0
out "at equal flops, from 3.6e+08 to 3.99e+08 in 10 bins"

it "what is not there is named"
run edf "$work/a.json" --where flop=1:2
exits 2
no_out
err "a.json: the records have no flop; did you mean flops?"
run edf "$work/list.json" --normalize flops
exits 2
err "list.json"
run edf "$work/a.json" --where flops=1:2
exits 3
err "flops lies from 1 to 2 in none of 40 networks"
for where in flops flops= flops=1 flops=1:x =1:2; do
    run edf "$work/a.json" --where "$where"
    exits 2
done

it "a file that is none is refused with its place"
printf '[{"error": 1},\n {"error": }]' >"$work/bad.json"
run edf "$work/bad.json"
exits 3
no_out
err "bad.json:2:12: not JSON"
run edf "$work/nowhere.json"
exits 3
err "nowhere.json"

it "a pipe will do"
shell "echo '[20, 30]' | regnet edf /dev/stdin --json"
exits 0
json 'x[0]["n"] == 2'
