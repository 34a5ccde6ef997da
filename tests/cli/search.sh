# regnet search: a folder of images, a budget and seconds of time, to weights that predict.
images=$work/photos
tools/fashion-folder.py "$images" 400 100
dir=$work/search

it "needs a limit and a time"
run search "$images" --time 5s --out "$dir"
exits 2
err "a search needs a limit"
run search "$images" --flops 1MF --out "$dir"
exits 2
err "a search needs a time"
run search "$images" --flops 400Mb --time 5s
exits 2
err "--flops takes an amount such as 400MF"

it "says where images were expected"
mkdir -p "$work/empty"
run search "$work/empty" --flops 1MF --time 5s --out "$dir"
exits 3
err "no images were found there"

it "plans, and trains nothing"
run search "$images" --flops 3MF --time 4s --plan --out "$dir"
exits 0
err "400 images of 10 classes, 40 of them held out, at 28 pixels"
check test ! -e "$dir/population"

it "finds a network within the limit, and hands it over"
run search "$images" --flops 3MF --time 4s --out "$dir" --json
exits 0
json "2400000 <= x['winner']['flops'] <= 3000000 and x['winner']['low'] <= x['winner']['error'] <= x['winner']['high']"
json "0 <= x['test_error'] <= 100 and x['winner']['trainings'] >= 1"
for file in best.safetensors best.onnx model-card.md report.html commands.sh result.json; do
    check test -s "$dir/$file"
done
check grep -q "EMA_ALPHA: 0.083" "$dir/final/1-1/config.yaml"
run predict "$dir/best.safetensors" "$images/test/bag/"*.png
exits 0

it "leaves commands that run"
check grep -qF "# regnet search '$images' --flops 3000000 --time 4s --space 'RegNetY' --seed 1 --out '$dir'" "$dir/commands.sh"
shell "bash '$dir/commands.sh'"
exits 0
check cmp -s "$dir/best.safetensors" "$dir/again/model.safetensors"

it "measures anew what was killed while it measured"
mkdir -p "$work/left/trials"
cp -r "$dir/final/1-1" "$work/left/trials/0"
run search "$images" --flops 3MF --time 4s --plan --out "$work/left"
exits 0
check test ! -e "$work/left/trials"

it "goes on where it stopped, and is not mixed with another search"
rm "$dir/result.json"
run search "$images" --flops 3MF --time 4s --out "$dir" --json
exits 0
json "x['winner']['flops'] <= 3000000"
run search "$images" --flops 4MF --time 4s --out "$dir"
exits 2
err "holds another search: flops is 3000000 there and 4000000 here"

it "refuses a directory that another process works in"
cat >"$work/beside.py" <<'PYTHON'
import fcntl, subprocess, sys
lock = open(sys.argv[1], "r+")
fcntl.lockf(lock, fcntl.LOCK_EX, 1, 1)
sys.exit(subprocess.call(sys.argv[2:]))
PYTHON
shell "python3 '$work/beside.py' '$dir/.lock' regnet search '$images' --flops 3MF --time 4s --out '$dir'"
exits 1
err "another process works on the search in this directory"

it "by successive halving"
run search "$images" --flops 3MF --time 6s --halving --out "$work/halved" --json
exits 0
err "networks, trained on"
json "x['winner']['flops'] <= 3000000"
check grep -q "epochs by successive halving" "$work/halved/model-card.md"
check grep -q "^halving_epochs: 1" "$work/halved/population/sweep.yaml"
check test -s "$work/halved/population/decisions/rung-1.json"

it "a population that takes too long ends with its share of the time"
run search "$images" --flops 3MF --time 6s --plan --out "$work/long"
exits 0
sed -i 's/"networks":[0-9]*/"networks":2000/; s/"images":[0-9]*/"images":40/; s/"epochs":[0-9]*/"epochs":1/' "$work/long/plan.json"
run search "$images" --flops 3MF --time 6s --out "$work/long" --json
exits 0
check test "$(ls "$work/long/population/runs" | wc -l)" -lt 2000
json "x['winner']['trainings'] >= 1"
check grep -q "chosen of $(ls "$work/long/population/runs" | wc -l) networks" "$work/long/model-card.md"

it "meets limits that only a measurement knows"
run search "$images" --params 40K --latency 50ms --memory 1MB --time 4s --out "$dir" --fresh
exits 0
err "the model of latency errs by"
out "latency at most 50 ms"
check test -s "$dir/latency.json"
check grep -q "^draws: \[" "$dir/space.yaml"
check python3 -c "import json, sys; x = json.load(open(sys.argv[1])); sys.exit(not x['winner']['params'] <= 40000)" "$dir/result.json"

it "says when nothing is within the limits"
run search "$images" --flops 3MF --params 10 --time 4s --out "$work/none"
exits 2
