# regnet scale: networks made larger and smaller as pycls makes them.

it "dWr of RegNetY-4.0GF is the published network"
run scale RegNetY-4.0GF --type d1_w8_g8_r1 --factor 4 --json --out "$work/scaled.yaml"
exits 0
no_err
json '(x["before"]["flops"], x["after"]["flops"], x["after"]["params"], x["after"]["acts"],
       x["after"]["resolution"]) == (3973301344, 15608249240, 68144472, 26542408, 240)'
json '[(s["depth"], s["width"], s["group_width"]) for s in x["after"]["stages"]] == [
       (2, 224, 112), (7, 336, 112), (14, 896, 112), (2, 1904, 112)]'

it "its configuration is the network, tested at 276 pixels"
run info --cfg "$work/scaled.yaml" --json
exits 0
json '(x["flops"], x["params"], x["resolution"]) == (15608249240, 68144472, 240)'
shell "sed -n '/^TEST:/,\$p' $work/scaled.yaml"
out 'IM_SIZE: 276'

it "dWr is another spelling, and the table is for people"
run scale regnety_040 --type dWr --factor 4
exits 0
out '15.61 G'
out '128 -> 224     64 -> 112'

it "a configuration may say type and factor itself"
run scale RegNetY-4.0GF --json MODEL.SCALING_TYPE d MODEL.SCALING_FACTOR 4
exits 0
json '([s["depth"] for s in x["after"]["stages"]], x["after"]["acts"]) == ([8, 24, 48, 8], 39475168)'

it "a type that is none says what one is"
run scale RegNetX-400MF --type dxw --factor 2
exits 2
no_out
err 'the scaling type is "dxw"; letters of d, w, g and r'
run scale RegNetX-400MF --factor 2
exits 2
err 'd1_w8_g8_r1'

it "so does a factor"
run scale RegNetX-400MF --type d --factor 0
exits 2
err 'the scaling factor is 0; it must be positive'
