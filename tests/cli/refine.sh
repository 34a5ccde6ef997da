# regnet refine: proposals from a list of networks and from a sweep, and the space that they make.
python3 - "$work" "$regnet" <<'PYTHON'
import json, math, random, subprocess, sys
work, regnet = sys.argv[1:]
lines = subprocess.run([regnet, "sample", "AnyNetXA@mini", "-n", "200", "--json"], capture_output=True, text=True, check=True).stdout
chance, networks = random.Random(1), []
for line in lines.splitlines():
    p = json.loads(line)["parameters"]
    falls = sum(max(0, math.log2(p[f"w{s}"] / p[f"w{s + 1}"])) for s in (1, 2, 3))
    networks.append(dict(p, error=20 + falls + chance.gauss(0, 0.5)))
json.dump(networks, open(work + "/networks.json", "w"))
json.dump(networks[:9], open(work + "/few.json", "w"))
json.dump([dict(n, w1=n["w1"] + 256) for n in networks], open(work + "/other.json", "w"))
json.dump([n["error"] for n in networks], open(work + "/list.json", "w"))
PYTHON

it "refine --json: proposals with their evidence, and the space"
run refine "$work/networks.json" --space AnyNetXA@mini --json
exits 0
no_err
json 'x["space"] == "AnyNetXA@mini" and x["n"] == 200 and x["name"] == "AnyNetXA-refined"'
json 'abs(x["margin"] - 0.2 * x["deviation"]) < 1e-9'
json 'set(x["proposals"][0]) == {"constraint", "kind", "kept", "kept_change", "mean", "best", "shrink", "p", "verdict", "supported", "chosen"}'
json '[p for p in x["proposals"] if p["constraint"] == "w[i+1] >= w[i]"][0]["verdict"] == "helps"'
json '[p for p in x["proposals"] if p["constraint"] == "w[i+1] >= w[i]"][0]["chosen"]'
json '[p for p in x["proposals"] if p["constraint"] == "shared(g)"][0]["shrink"] == 216'
json 'all(p["mean"]["low"] <= p["mean"]["change"] <= p["mean"]["high"] for p in x["proposals"])'
json 'x["together"]["mean"]["high"] < -1 and "w[i+1] >= w[i]" in x["yaml"]'

it "the same seed gives the same, a margin is kept"
cp "$work/out" "$work/first"
run refine "$work/networks.json" --space AnyNetXA@mini --json
check cmp "$work/first" "$work/out"
run refine "$work/networks.json" --space AnyNetXA@mini --json --margin 0.01
exits 0
json 'x["margin"] == 0.01'

it "a table, and the space as YAML"
run refine "$work/networks.json" --space AnyNetXA@mini
exits 0
out "relation of stages"
out "* w[i+1] >= w[i]"
out 'base: "AnyNetXA@mini"'

it "--out writes a space that draws"
run refine "$work/networks.json" --space AnyNetXA@mini --out "$work/mine.yaml"
exits 0
err "mine.yaml: mine, "
run sample "$work/mine.yaml" -n 20 --json
exits 0
json 'all(x["parameters"][f"w{s}"] <= x["parameters"][f"w{s + 1}"] for x in xs for s in (1, 2, 3))'
run space "$work/mine.yaml" --json
exits 0
json 'x["name"] == "mine"'

it "what cannot be refined is refused with the reason"
run refine "$work/list.json" --space AnyNetXA@mini
exits 3
no_out
err "the records have no d1, a parameter of AnyNetXA@mini"
run refine "$work/few.json" --space AnyNetXA@mini
exits 3
err "9 networks say nothing of a restriction"
run refine "$work/other.json" --space AnyNetXA@mini
exits 3
err ", and AnyNetXA@mini has 8 to 256: these are networks of another space"
run refine "$work/networks.json"
exits 2
err "is no sweep's directory: say of which space it is, --space SPACE"
run refine "$work/networks.json" --space AnyNetXA@mini --out "$work/mine"
exits 2
err "a space's file is named NAME.yaml"
for margin in 0 -1 x 1x; do
    run refine "$work/networks.json" --space AnyNetXA@mini --margin "$margin"
    exits 2
done
run refine
exits 2
err "one POPULATION is needed"
