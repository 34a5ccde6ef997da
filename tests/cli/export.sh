# regnet export: a run as ONNX and as C, what goes wrong with them; and the example that predicts.
example=$(dirname "$regnet")/../../examples/predict
cat >"$work/net.yaml" <<'YAML'
MODEL: {TYPE: regnet, NUM_CLASSES: 10}
REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 8, DEPTH: 2, W0: 8, WA: 8.0, WM: 2.0, GROUP_W: 8}
TRAIN: {DATASET: fashion_mnist, IM_SIZE: 28, BATCH_SIZE: 32, NUM_IMAGES: 320, AUGMENT: none}
TEST: {DATASET: fashion_mnist, SPLIT: val, BATCH_SIZE: 100}
DATA_LOADER: {HOLD_OUT: 200}
OPTIM: {BASE_LR: 0.05, MAX_EPOCH: 1, LR_UNIT: step, WARMUP_EPOCHS: 0.5}
BN: {USE_PRECISE_STATS: False}
YAML
run train --cfg "$work/net.yaml" OUT_DIR "$work/run"

it "a run is written as ONNX, with what the weights file says of it"
run export "$work/run" "$work/net.onnx"
exits 0
no_out
no_err
for word in regnet.config regnet.classes regnet.preprocessing 'Ankle boot' Gemm logits; do
    check grep -qaF "$word" "$work/net.onnx"
done

it "its weights file gives the same bytes"
run export "$work/run/model.safetensors" "$work/again.onnx"
exits 0
check cmp -s "$work/net.onnx" "$work/again.onnx"

it "a run is written as C that compiles without a warning and names the classes"
run export "$work/run" "$work/net.c"
exits 0
shell "cc -std=c99 -Wall -Wextra -Werror -DNET_MAIN '$work/net.c' -o '$work/net' -lm &&
    head -c 9408 /dev/zero | '$work/net'"
exits 0
lines 10
out "  Ankle boot"

it "--c writes C under any name"
run export --c "$work/run" "$work/net.txt"
exits 0
check cmp -s "$work/net.c" "$work/net.txt"

it "convert writes both by the extension, from any format"
run convert "$work/run/model.safetensors" "$work/weights.pth"
for name in net.onnx net.c; do
    mkdir -p "$work/converted"
    run convert "$work/weights.pth" "$work/converted/$name"
    exits 0
    no_out
    no_err
    check cmp -s "$work/$name" "$work/converted/$name"
done
run convert "$work/weights.pth" "$work/none.onnx" --names timm
exits 2
err "--names is for .safetensors"
check test ! -e "$work/none.onnx"

it "another ending is a usage error"
run export "$work/run" "$work/net.tflite"
exits 2
err "net.tflite"
err ".onnx or .c"

it "a run that is not over has no weights"
mkdir -p "$work/empty"
run export "$work/empty" "$work/none.onnx"
exits 3
err "empty/model.safetensors"
check test ! -e "$work/none.onnx"

it "weights that are cut are refused, and nothing is written"
head -c 1000 "$work/run/model.safetensors" >"$work/cut.safetensors"
run export "$work/cut.safetensors" "$work/none.onnx"
exits 3
err "cut.safetensors"
check test ! -e "$work/none.onnx"

it "a full disk leaves nothing"
mkdir -p "$work/full"
for name in net.onnx net.c; do
    shell "trap '' XFSZ; ulimit -f 8; regnet export '$work/run' '$work/full/$name'"
    exits 3
    err "full/$name"
done
check test -z "$(ls "$work/full")"

it "the example predicts as the command does"
run predict "$work/run" "$root/examples/ankle-boot.png"
exits 0
class=$(sed 's/^[^ ]*  \(.*\)  [^ ]*$/\1/' "$work/out")
shell "'$example' '$work/run/model.safetensors' '$root/examples/ankle-boot.png'"
exits 0
out "$class"
lines 1

it "the example says what is wrong"
shell "'$example' '$work/cut.safetensors' '$root/examples/ankle-boot.png'"
exits 3
err "cut.safetensors"
shell "'$example'"
exits 2
err "usage"
