# The help of each verb begins with two examples, and both run, in this order of the verbs: test,
# predict, convert and export use what train leaves. A study and a search are interrupted and must then say
# that they can go on: status 75.
here=$work/here
mkdir -p "$here"
for thing in configs examples; do ln -s "$root/$thing" "$here/$thing"; done
tools/fashion-folder.py "$here/photos" 400 100

# Two populations of one network, and two of pycls' kind, for edf.
lay_populations() {
    local space
    rm -rf "$here/runs/quickstart"
    for space in AnyNetXA@mini RegNetX@mini; do
        mkdir -p "$here/runs/quickstart/$space/runs/000000"
        echo "config: {TRAIN: {DATASET: fashion_mnist}}" >"$here/runs/quickstart/$space/sweep.yaml"
        cp "$here/runs/tiny/result.json" "$here/runs/quickstart/$space/runs/000000"
    done
    mkdir -p "$here/a" "$here/b"
    echo '[{"test_epoch": {"min_top1_err": [30.5, 20.5]}}, {"test_epoch": {"min_top1_err": [25]}}]' |
        tee "$here/a/sweep.json" >"$here/b/sweep.json"
}

# A sweep of twelve networks that the space draws, and the same as a list, for refine.
lay_sweep() {
    python3 - "$here" "$regnet" <<'PYTHON'
import json, os, subprocess, sys
here, regnet = sys.argv[1:]
sweep = here + "/runs/quickstart/AnyNetXA@mini"
drawn = subprocess.run([regnet, "sample", "AnyNetXA@mini", "-n", "12", "--json"], capture_output=True, check=True)
networks = []
for i, line in enumerate(drawn.stdout.decode().splitlines()):
    network, error = json.loads(line), 20 + i * 7 % 12
    os.makedirs(f"{sweep}/runs/{i:06}", exist_ok=True)
    result = json.load(open(here + "/runs/tiny/result.json"))
    result.update({key: network[key] for key in ("flops", "params", "acts")}, top1_err=error)
    json.dump(result, open(f"{sweep}/runs/{i:06}/result.json", "w"))
    networks.append(dict(network["parameters"], error=error))
with open(sweep + "/sweep.yaml", "w") as out:
    out.write("space: AnyNetXA@mini\nseed: 0\nconfig: {TRAIN: {DATASET: fashion_mnist}}\n")
json.dump(networks, open(here + "/networks.json", "w"))
PYTHON
}

for verb in models info fit sample config train test time predict convert export sweep search study edf refine report compare; do
    [[ $verb != edf ]] || lay_populations
    [[ $verb != refine ]] || lay_sweep
    it "$verb --help begins with two examples"
    run "$verb" --help
    exits 0
    no_err
    mapfile -t examples < <(sed -n "1,2s/^ *\(regnet $verb\)/\1/p" "$work/out")
    check test "${#examples[@]}" = 2

    for example in "${examples[@]}"; do
        it "it runs: $example"
        if [[ $verb == study || $example == *"--time 10m" ]]; then
            shell "cd '$here' && timeout --preserve-status --signal=INT 10 $example"
            exits 75
        else
            shell "cd '$here' && $example"
            exits 0
        fi
    done
done
