# The help of each verb begins with two examples, and both run. An example that trains for long is
# interrupted after a moment and must then say that it can go on: status 75.
mkdir -p "$work/here"
for thing in configs spaces; do ln -s "$root/$thing" "$work/here/$thing"; done

for verb in models info sample train test predict study edf; do
    it "$verb --help begins with two examples"
    run "$verb" --help
    exits 0
    no_err
    mapfile -t examples < <(sed -n "s/^    \(regnet $verb.*\)/\1/p" "$work/out" | head -n 2)
    check test "${#examples[@]}" = 2
    check grep -q "^    regnet $verb" <(sed -n 1,2p "$work/out")

    for example in "${examples[@]}"; do
        it "it runs: $example"
        shell "cd '$work/here' && timeout --preserve-status --signal=INT 20 ${example%%  *}"
        [[ $code == 75 ]] || exits 0
    done
done
