# The help of each verb begins with two examples, and both run, in this order of the verbs: test and
# predict use what train leaves. A study is interrupted and must then say that it can go on: status 75.
here=$work/here
mkdir -p "$here"
for thing in configs examples; do ln -s "$root/$thing" "$here/$thing"; done

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

for verb in models info fit sample train test time predict study edf report; do
    [[ $verb != edf ]] || lay_populations
    it "$verb --help begins with two examples"
    run "$verb" --help
    exits 0
    no_err
    mapfile -t examples < <(sed -n "1,2s/^ *\(regnet $verb\)/\1/p" "$work/out")
    check test "${#examples[@]}" = 2

    for example in "${examples[@]}"; do
        it "it runs: $example"
        if [[ $verb == study ]]; then
            shell "cd '$here' && timeout --preserve-status --signal=INT 10 $example"
            exits 75
        else
            shell "cd '$here' && $example"
            exits 0
        fi
    done
done
