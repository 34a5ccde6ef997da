# regnet data; and a folder of images from train to predict, whole and damaged.
images=$work/images
small="MODEL.TYPE regnet REGNET.STEM_TYPE res_stem_cifar REGNET.STEM_W 8 REGNET.DEPTH 2 REGNET.W0 8 REGNET.WM 2.0
    REGNET.WA 8.0 REGNET.GROUP_W 8 TRAIN.IM_SIZE 16 TEST.IM_SIZE 18 TRAIN.BATCH_SIZE 8 OPTIM.MAX_EPOCH 2
    BN.USE_PRECISE_STATS False"

# Twelve files a class in a training part, and a part for the test.
lay_images() {
    local i
    rm -rf "$images"
    mkdir -p "$images"/{train,test}/{grey,red}
    for i in 1 2 3 4 5 6; do
        cp tests/golden/images/grey.jpg "$images/train/grey/$i.jpg"
        cp tests/golden/images/bits.png "$images/train/grey/$i.png"
        cp tests/golden/images/cmyk.jpg "$images/train/red/$i.jpg"
        cp tests/golden/images/progressive.jpg "$images/train/red/p$i.jpeg"
    done
    cp tests/golden/images/grey-alpha.png "$images/test/grey"
    cp tests/golden/images/rgb.png tests/golden/images/turned-3.jpg "$images/test/red"
}

it "a folder without damage is said to be so"
lay_images
run data check "$images"
exits 0
out "27 images, 0 bad (folder)"

it "train finds out what lies in a folder, and holds images out of the training part to choose by"
run train --data "$images" --out "$work/run" $small
exits 0
check grep -q "NUM_CLASSES: 2" "$work/run/config.yaml"
check grep -q "DATASET:.*folder" "$work/run/config.yaml"

it "the class names travel with the weights"
run predict "$work/run/model.safetensors" "$images/test/red/rgb.png"
exits 0
check grep -qE 'red|grey' "$work/out"

it "test measures the test part"
run test "$work/run/model.safetensors" --data "$images" --json
exits 0
json "x['top1_err'] in [0, 100] or abs(x['top1_err'] * 3 % 100) < 1"

it "but not with other classes"
mv "$images/train/red" "$images/train/blue"
mv "$images/test/red" "$images/test/blue"
run test "$work/run/model.safetensors" --data "$images"
exits 3
err 'class 0 is "grey"'
lay_images

it "an interrupted run goes on where its images were moved to, but not with other images"
run train --data "$images" --out "$work/moved" --time-limit 0.001s $small
exits 75
mv "$images" "$work/elsewhere"
cp "$work/elsewhere/train/grey/1.jpg" "$work/elsewhere/train/grey/7.jpg"
run train --data "$work/elsewhere" --out "$work/moved" $small
exits 2
err "the data have changed"
rm "$work/elsewhere/train/grey/7.jpg"
mv "$work/elsewhere/train/grey/1.jpg" "$work/elsewhere/train/grey/0.jpg"
run train --data "$work/elsewhere" --out "$work/moved" $small
exits 2
mv "$work/elsewhere/train/grey/0.jpg" "$work/elsewhere/train/grey/1.jpg"
run train --data "$work/elsewhere" --out "$work/moved" $small
exits 0
lay_images

it "the number of loader threads changes no result"
run train --data "$images" --out "$work/alone" $small DATA_LOADER.NUM_WORKERS 0 TRAIN.AUGMENT RandAugment_N2_M0.5 TRAIN.MIXUP_ALPHA 0.2
exits 0
run train --data "$images" --out "$work/five" $small DATA_LOADER.NUM_WORKERS 5 TRAIN.AUGMENT RandAugment_N2_M0.5 TRAIN.MIXUP_ALPHA 0.2
exits 0
check cmp -s "$work/alone/model.safetensors" "$work/five/model.safetensors"

it "mean and deviation are computed"
run data stats "$images" TRAIN.IM_SIZE 16 TEST.IM_SIZE 18
exits 0
out 'DATA_LOADER.MEAN "[0.'

it "a bad image stops a training by its name"
head -c 300 tests/golden/images/rgb.jpg >"$images/train/red/cut.jpg"
run train --data "$images" --out "$work/bad" $small
exits 3
err "$images/train/red/cut.jpg"

it "it is found beforehand"
run data check "$images"
exits 3
out "$images/train/red/cut.jpg: "
out "28 images, 1 bad (folder)"
run data check "$images" --json
exits 3
json "x['images'] == 28 and len(x['bad']) == 1 and 'cut.jpg' in x['bad'][0]"

it "or left out where that is asked for, and told of"
run train --data "$images" --out "$work/bad" $small --skip-bad 5%
exits 0
err "skipped: $images/train/red/cut.jpg: "

it "a batch of which no image can be used is a step that changes nothing"
one="$small TRAIN.BATCH_SIZE 1 OPTIM.MAX_EPOCH 1 TEST.SPLIT test LOG_PERIOD 1"
run train --data "$images" --out "$work/ones" $one --skip-bad 5%
exits 0
err "skipped: $images/train/red/cut.jpg: "
check test "$(grep -c train_iter "$work/ones/log.jsonl")" = 25

it "but not beyond the share that may be bad"
run train --data "$images" --out "$work/worse" $small --skip-bad 0.001
exits 3
err "cut.jpg"

it "a share is a share"
run train --data "$images" --out "$work/worse" $small --skip-bad 120%
exits 2
err "--skip-bad takes a share"

it "sizes that do not belong together are refused"
run train --data "$images" --out "$work/sizes" $small TEST.IM_SIZE 256
exits 2
err "TEST.IM_SIZE is 256 and TRAIN.IM_SIZE 16"

it "a study trains on a folder, whose classes it counts, wherever it is named"
rm "$images/train/red/cut.jpg"
cat >"$work/study.yaml" <<YAML
name: birds
spaces: [RegNetX@mini]
networks: 1
config:
  TRAIN: {BATCH_SIZE: 8}
  TEST: {IM_SIZE: 32}
  BN: {USE_PRECISE_STATS: False}
  OPTIM: {MAX_EPOCH: 1}
YAML
run study "$work/study.yaml" --data "$images" --out "$work/birds" --jobs 1 --json
exits 0
json "'best' in x"
check grep -q "NUM_CLASSES: 2" "$work/birds/final/config.yaml"
sed "s,^config:,&\n  DATA_LOADER: {DIR: $images}," "$work/study.yaml" >"$work/named.yaml"
run study "$work/named.yaml" --out "$work/birds" --jobs 1
exits 0

it "so do sweeps and comparisons"
run sweep setup "$work/sweep" RegNetX@mini -n 1 --data "$images" TRAIN.BATCH_SIZE 8 TEST.IM_SIZE 32 OPTIM.MAX_EPOCH 1
exits 0
run sweep run "$work/sweep" --jobs 1
exits 0
out "1 networks: 1 done"
cat >"$work/families.yaml" <<YAML
name: families
seeds: 1
config:
  TRAIN: {IM_SIZE: 16, BATCH_SIZE: 8}
  TEST: {IM_SIZE: 16}
  OPTIM: {MAX_EPOCH: 1}
groups: [{name: small, families: [RegNetX], flops: 2e6}]
YAML
run compare "$work/families.yaml" --data "$images" --out "$work/families" --train --jobs 1 --json
exits 0
json "x['networks'][0]['trained'] == 1"
check grep -rq "NUM_CLASSES: 2" "$work/families" --include=config.yaml

it "a sweep that was drawn without them trains nothing with other classes"
run sweep setup "$work/blind" RegNetX@mini -n 1 TRAIN.DATASET folder TRAIN.BATCH_SIZE 8 TEST.IM_SIZE 32
exits 0
run sweep run "$work/blind" --data "$images"
exits 2
err "drawn for 10 classes, and $images has 2"

it "a list is found too"
(cd "$images" && for file in train/*/[1-6]*; do echo "$file $(dirname "$file")"; done) >"$images/train.txt"
run data check "$images"
exits 0
out "18 images, 0 bad (list)"

it "shards give what their members hold"
mkdir -p "$work/shards"
(cd "$images/train/red" && for i in 1 2 3; do echo "$i" >"$i.cls"; done &&
    tar -cf "$work/shards/train-0.tar" 1.jpg 1.cls 2.jpg 2.cls 3.jpg 3.cls)
run data check "$work/shards"
exits 0
out "3 images, 0 bad (tar)"

it "what is no data set is said to be none"
mkdir "$work/nothing"
run train --data "$work/nothing" --out "$work/none" $small
exits 3
err "no data set that is known"
