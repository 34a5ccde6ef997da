# What the command says to arguments that it does not understand: status 2, one line, the nearest name.
verbs="models info fit sample train test time predict export study edf"

it "without a verb lists the verbs and fails"
run
exits 2
no_out
for verb in $verbs; do err "  $verb"; done

it "--help lists the verbs"
run --help
exits 0
no_err
for verb in $verbs; do out "  $verb"; done

it "an unknown verb brings the nearest"
run infoo
exits 2
no_out
err 'did you mean "info"'

it "a verb unlike any brings the list"
run zzzzzzzzzzzz
exits 2
err 'regnet --help'

for verb in $verbs; do
    it "$verb refuses an unknown option"
    run "$verb" --no-such-option
    exits 2
    no_out
    err "--no-such-option"
done

it "an unknown option brings the nearest"
run info RegNetX-400MF --jsno
exits 2
err 'did you mean --json'

it "an option without its value is refused"
run sample AnyNetXA -n
exits 2

it "a number that is none is refused"
run sample AnyNetXA -n twelve
exits 2
err '"twelve"'

for verb in info fit sample train test time predict export study edf; do
    it "$verb without an operand says what it wants"
    run "$verb"
    exits 2
    no_out
done

it "output that cannot be written is an error of data"
shell "regnet --help >/dev/full"
exits 3
err "could not write the output"

it "train without a name for its directory is refused"
run train --out '' MODEL.TYPE regnet
exits 2
err "--out takes a directory"

it "options too long for their keys are refused, not cut"
long=$(printf 'a%.0s' {1..600})
run train --cfg regnet_x_200mf --out "$long"
exits 2
err "OUT_DIR: a text of 600 bytes"
run train --cfg regnet_x_200mf --out "$work/run" --init "$long"
exits 2
err "TRAIN.WEIGHTS: a text of 600 bytes"
run train --cfg regnet_x_200mf --out "$work/run" --data "$long"
exits 2
err "DATA_LOADER.DIR: a text of 600 bytes"
