# regnet train, test and predict: one small network from images to a name, and what goes wrong with them.
cat >"$work/net.yaml" <<'YAML'
MODEL: {TYPE: regnet, NUM_CLASSES: 10}
REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 8, DEPTH: 2, W0: 8, WA: 8.0, WM: 2.0, GROUP_W: 8}
TRAIN: {DATASET: fashion_mnist, IM_SIZE: 28, BATCH_SIZE: 32, NUM_IMAGES: 320, AUGMENT: none}
TEST: {DATASET: fashion_mnist, SPLIT: val, BATCH_SIZE: 100}
DATA_LOADER: {HOLD_OUT: 200}
OPTIM: {BASE_LR: 0.05, MAX_EPOCH: 2, LR_UNIT: step, WARMUP_EPOCHS: 0.5}
BN: {USE_PRECISE_STATS: False}
LOG_PERIOD: 1
YAML

it "train writes a run"
run train --cfg "$work/net.yaml" OUT_DIR "$work/run"
exits 0
for file in config.yaml log.jsonl result.json model.safetensors; do check test -s "$work/run/$file"; done

it "each iteration is in log.jsonl"
ran="cat log.jsonl"
cp "$work/run/log.jsonl" "$work/out"
json '[x["iter"] for x in xs if x["_type"] == "train_iter"] == 2 * list(range(1, 11))'
json 'sum(x["_type"] == "test_epoch" for x in xs) == 2'

it "result.json says what came out"
ran="cat result.json"
cp "$work/run/result.json" "$work/out"
json 'x["outcome"] == "done" and x["epochs"] == 2 and 0 < x["top1_err"] < 90'

it "a run that is over is not done again"
cp "$work/run/result.json" "$work/before"
run train --cfg "$work/net.yaml" OUT_DIR "$work/run"
exits 0
check cmp -s "$work/before" "$work/run/result.json"

it "another configuration in the same directory is refused"
run train --cfg "$work/net.yaml" OUT_DIR "$work/run" OPTIM.BASE_LR 0.1
exits 2
err "OPTIM.BASE_LR"
err "--fresh"

it "the same seed gives the same losses"
run train --cfg "$work/net.yaml" OUT_DIR "$work/again"
losses() { grep -o '"_type":.*"loss": *[^,]*' "$1"; }
check cmp -s <(losses "$work/run/log.jsonl") <(losses "$work/again/log.jsonl")

it "test measures the trained network again"
run test --cfg "$work/net.yaml" TEST.WEIGHTS "$work/run/model.safetensors" --json
exits 0
error=$(grep -o '"top1_err": *[^,]*' "$work/run/result.json" | grep -o '[0-9.]*$')
json "abs(x['top1_err'] - ${error:-None}) < 1e-9"

it "train starts from given weights"
run train --cfg "$work/net.yaml" OUT_DIR "$work/more" TRAIN.WEIGHTS "$work/run/model.safetensors"
exits 0

it "predict names a class"
run predict "$work/run/model.safetensors" "$root/examples/ankle-boot.png"
exits 0
check grep -qE 'T-shirt/top|Trouser|Pullover|Dress|Coat|Sandal|Shirt|Sneaker|Bag|Ankle boot' "$work/out"

it "predict refuses what is no image"
run predict "$work/run/model.safetensors" "$work/net.yaml"
exits 3
no_out
err "net.yaml"

it "predict refuses weights that are cut"
head -c 1000 "$work/run/model.safetensors" >"$work/cut.safetensors"
run predict "$work/cut.safetensors" "$root/examples/ankle-boot.png"
exits 3
err "cut.safetensors"

it "data that are not there are an error of data, with the way to get them"
run train --cfg "$work/net.yaml" OUT_DIR "$work/none" --data "$work/nowhere"
exits 3
err "dataset-fashion-mnist"

it "a data file that is cut is named"
mkdir -p "$work/data"
cp /usr/share/datasets/fashion-mnist/*.gz "$work/data"
head -c 100000 /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz \
    >"$work/data/train-images-idx3-ubyte.gz"
run train --cfg "$work/net.yaml" OUT_DIR "$work/cut" --data "$work/data"
exits 3
err "train-images-idx3-ubyte"

it "a directory that cannot be made is named"
run train --cfg "$work/net.yaml" OUT_DIR /dev/null/run
exits 3
err "/dev/null/run"

it "a full disk is an error of data"
mkdir -p "$work/full"
ln -s /dev/full "$work/full/log.jsonl"
run train --cfg "$work/net.yaml" OUT_DIR "$work/full"
exits 3
err "full/log.jsonl"
err "No space left"

it "an impossible network is refused before it trains"
run train --cfg "$work/net.yaml" OUT_DIR "$work/bad" REGNET.WM 0.5
exits 2
err "WM"

it "a size that does not fit the images is refused"
run train --cfg "$work/net.yaml" OUT_DIR "$work/bad" TRAIN.IM_SIZE 32
exits 2
err "TRAIN.IM_SIZE"

it "signals that come together are one: training stops with a checkpoint, and goes on"
"$regnet" train --cfg "$work/net.yaml" OUT_DIR "$work/stopped" OPTIM.MAX_EPOCH 1000 2>"$work/err" &
pid=$!
for ((i = 0; i < 1000; i++)); do
    grep -q train_iter "$work/stopped/log.jsonl" 2>"$work/ignored" && break
    sleep 0.05
done
ran="kill -INT twice"
kill -INT $pid && kill -INT $pid
code=0
wait $pid || code=$?
exits 75
err "the same call goes on from here"
check compgen -G "$work/stopped/checkpoints/*.safetensors"

it "convert writes a checkpoint that predicts the same"
run convert "$work/run/model.safetensors" "$work/model.pth"
exits 0
no_out
no_err
run predict "$work/run/model.safetensors" "$root/examples/ankle-boot.png" --logits --json
cp "$work/out" "$work/before"
run predict "$work/model.pth" "$root/examples/ankle-boot.png" --logits --json
exits 0
json 'len(x["logits"]) == 1 and len(x["logits"][0]) == 10'
check cmp -s "$work/before" "$work/out"

it "weights under names of others need a configuration, and find their names"
run convert "$work/run/model.safetensors" "$work/timm.pth" --names timm
exits 0
run predict "$work/timm.pth" "$root/examples/ankle-boot.png"
exits 3
err "--cfg FILE or --cfg NAME"
run predict "$work/timm.pth" "$root/examples/ankle-boot.png" --cfg "$work/net.yaml" --logits --json
exits 0
check cmp -s "$work/before" "$work/out"

it "predict walks a folder"
mkdir -p "$work/photos/boots"
cp "$root/examples/ankle-boot.png" "$work/photos/boots"
cp "$root/examples/ankle-boot.png" "$work/photos/b.PNG"
echo no image >"$work/photos/notes.txt"
run predict "$work/model.pth" "$work/photos" --json
exits 0
json '[x["image"].rsplit("/", 1)[1] for x in xs] == ["b.PNG", "ankle-boot.png"]'
mkdir -p "$work/empty"
run predict "$work/model.pth" "$work/empty"
exits 3
err "no .png, .jpg or .jpeg in this folder"

it "predict takes normalized images as an array"
python3 - "$work/images.npy" <<'PYTHON'
import struct, sys
header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 32, 32), }"
header += b" " * (-(len(header) + 11) % 64) + b"\n"
with open(sys.argv[1], "wb") as out:
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(4 * 2 * 3 * 32 * 32))
PYTHON
run predict "$work/model.pth" "$work/images.npy" --logits --json
exits 0
json 'len(x["logits"]) == 2 and x["logits"][0] == x["logits"][1]'
head -c 200 "$work/images.npy" >"$work/cut.npy"
run predict "$work/model.pth" "$work/cut.npy"
exits 3
err "cut.npy: its shape does not fit"

it "weights of another network are refused with tensors, shapes and names"
run predict "$work/model.pth" "$work/images.npy" --cfg RegNetX-200MF
exits 3
err "tensors missing"
err "in the file"

it "an extension or a library that is not known is refused"
run convert "$work/model.pth" "$work/model.h5"
exits 2
err ".safetensors, .pth"
run convert "$work/model.pth" "$work/model.pt" --names tim
exits 2
err 'did you mean timm?'

it "trains by a recipe, and says what has no effect"
tiny=(train --cfg "$work/net.yaml" OPTIM.MAX_EPOCH 1)
run "${tiny[@]}" --recipe modern --out "$work/modern" NUM_GPUS 8
exits 0
err 'regnet train: command line: without effect here: NUM_GPUS'
shell "grep -c test_ema_epoch $work/modern/log.jsonl"
out 1
shell "grep 'LABEL_SMOOTHING: 0.1' $work/modern/config.yaml"
exits 0

it "begins with given weights, some of them frozen"
run "${tiny[@]}" --init "$work/modern/model.safetensors" --new-head --out "$work/tuned" TRAIN.FREEZE 'stem s1'
exits 0
run "${tiny[@]}" --init "$work/modern/model.safetensors" --out "$work/bad" TRAIN.FREEZE 'stem s9'
exits 2
err 'TRAIN.FREEZE: the network has no parameter whose name begins with "s9"'
