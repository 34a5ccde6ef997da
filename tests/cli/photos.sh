# Folders of real photographs, of whose files one in ten is damaged (tools/photo-folder.py): what is found,
# what stops a training, what is left out. REGNET_PHOTOS says how many files (tools/photo-runs.sh).
if ! command -v jpegtran djpeg >/dev/null || [[ ! -d /usr/share/palapeli/collection ]]; then
    echo "1..0 # SKIP there are no photographs; apt-get install palapeli-data libjpeg-turbo-progs"
    exit 77
fi
files=${REGNET_PHOTOS:-130}
photos=$work/photos
small="MODEL.TYPE regnet REGNET.STEM_TYPE simple_stem_in REGNET.STEM_W 8 REGNET.DEPTH 3 REGNET.W0 8 REGNET.WM 2.0
    REGNET.WA 8.0 REGNET.GROUP_W 8 TRAIN.IM_SIZE 48 TEST.IM_SIZE 54 TRAIN.BATCH_SIZE 10 OPTIM.MAX_EPOCH 4
    OPTIM.BASE_LR 0.05 BN.NUM_SAMPLES_PRECISE 64"
python3 tools/photo-folder.py "$photos" "$files"
n_bad=$(wc -l <"$photos/damaged.txt")

# told FILE PREFIX: the files that lines of it begin with, in bytewise order.
told() {
    sed -n "s,^$2\($photos/[^:]*\): .*,\1,p" "$1" | LC_ALL=C sort
}

it "data check lists the damaged files and no other"
run data check "$photos"
exits 3
check cmp "$photos/damaged.txt" <(told "$work/out" "")
out "$files images, $n_bad bad (folder)"

it "the first damaged file of the epoch stops a training, whatever the number of threads"
for threads in 0 3; do
    run train --data "$photos" --out "$work/stopped" $small DATA_LOADER.NUM_WORKERS $threads
    exits 3
    check grep -q "$(told "$work/err" "regnet train: ")" "$photos/damaged.txt"
    told "$work/err" "regnet train: " >"$work/named-$threads"
done
check cmp "$work/named-0" "$work/named-3"

it "it goes on without them where that is asked for, and names each once"
run train --data "$photos" --out "$work/run" $small --skip-bad 15%
exits 0
check cmp "$photos/damaged.txt" <(told "$work/err" "skipped: ")

it "and learns from the others"
cp "$work/run/result.json" "$work/out"
json "x['top1_err'] < 70"

it "but not where more are damaged than may be"
run train --data "$photos" --out "$work/few" $small --skip-bad 5%
exits 3
err "of $((files - files / 50 * 10)), and 5 % may be"

it "without the damaged files nothing is bad"
xargs rm <"$photos/damaged.txt"
run data check "$photos"
exits 0
out "$((files - n_bad)) images, 0 bad (folder)"
