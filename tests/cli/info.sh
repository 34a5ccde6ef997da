# regnet models and regnet info: networks by name and by configuration, and their counts.

it "models lists the paper's networks"
run models
exits 0
no_err
for name in RegNetX-200MF RegNetX-32GF RegNetY-400MF ResNet-50 ResNeXt-101 EfficientNet-B0; do
    out "$name"
done

it "models takes a pattern, in any case, and answers in JSON"
run models 'REGNETZ*' --json
exits 0
no_err
out '{"name":"RegNetZ-500MF","flops":507217126,"params":7122742,"acts":5860358,"resolution":224}'
out '{"name":"RegNetZ-4GF",'
shell 'regnet models "regnet*" --json | wc -l'
out 29

it "info counts the networks that the paper compares with"
while read -r name flops params; do
    run info "$name" --json
    exits 0
    json "(x['flops'], x['params']) == ($flops, $params)"
done <<'NAMES'
MobileNetV2-1.4 582196824 6108776
ShuffleNetV1-2x-g3 524046184 5450776
shufflenet_v2_x0_5 40477448 1366792
legacy_senet154 20688415384 115088984
pnasnet-5-mobile 587193848 5064455
AmoebaNet-C-4-44 535034408 5056958
DARTS-V2 529912552 4718752
NAMES
run info AmoebaNet-F-4-44
exits 2
err 'did you mean "AmoebaNet-'

it "a cell network is described by its configuration"
run info NASNet-A-mobile --json ANYNET.DEPTHS '[1,1,1]' TRAIN.IM_SIZE 64
exits 0
json 'x["resolution"] == 64 and [s["depth"] for s in x["stages"]] == [1, 1, 1]'
run info NASNet-A-mobile ANYNET.STEM_TYPE simple_stem_in
exits 2
err 'the stem simple_stem_in does not go with the block nasnet_a_cell'

it "info --json of RegNetX-400MF is the published network"
run info RegNetX-400MF --json
exits 0
no_err
json 'x == {"name": "RegNetX-400MF", "flops": 397678568, "params": 5157512, "acts": 3143272,
            "resolution": 224,
            "stages": [{"depth": d, "width": w, "bot_mul": 1, "group_width": 16, "stride": 2}
                       for d, w in [(1, 32), (2, 64), (7, 160), (12, 384)]]}'

it "each spelling names the same network"
for name in regnet_x_400mf regnetx_004; do
    run info "$name" --json
    exits 0
    json '(x["flops"], x["params"], x["acts"]) == (397678568, 5157512, 3143272)'
done

it "info prints a table for people"
run info RegNetX-400MF
exits 0
no_err
out "397"

it "an unknown network brings the nearest"
run info RegNetX-401MF
exits 2
no_out
err "RegNetX-400MF"

it "info --cfg reads YAML"
cat >"$work/net.yaml" <<'YAML'
MODEL:
  TYPE: regnet
  NUM_CLASSES: 1000
REGNET:
  DEPTH: 22
  W0: 24
  WA: 24.48
  WM: 2.54
  GROUP_W: 16
YAML
run info --cfg "$work/net.yaml" --json
exits 0
json '(x["flops"], x["params"], x["acts"]) == (397678568, 5157512, 3143272)'

it "info --cfg reads JSON"
cat >"$work/net.json" <<'JSON'
{"MODEL": {"TYPE": "regnet", "NUM_CLASSES": 1000},
 "REGNET": {"DEPTH": 22, "W0": 24, "WA": 24.48, "WM": 2.54, "GROUP_W": 16}}
JSON
run info --cfg "$work/net.json" --json
exits 0
json '(x["flops"], x["params"], x["acts"]) == (397678568, 5157512, 3143272)'

it "KEY VALUE pairs come after the file"
run info --cfg "$work/net.yaml" MODEL.NUM_CLASSES 10 --json
exits 0
json 'x["params"] == 5157512 - 990 * 385'

it "KEY VALUE pairs change a named RegNet's parameters"
run info RegNetX-400MF REGNET.DEPTH 10 --json
exits 0
json 'x["name"] == "RegNetX-400MF" and [s["depth"] for s in x["stages"]] == [1, 2, 7]'

it "a key that changes nothing is refused"
run info RegNetX-400MF ANYNET.STEM_W 16
exits 2
err "ANYNET.STEM_W changes nothing"

it "a file without .yaml or .json, a named network and dots in names"
cp "$work/net.yaml" "$work/net.v2"
run info --cfg "$work/net.v2" --json
exits 0
json 'x["name"] == "net.v2"'
run info --cfg RegNetX-1.6GF --json
exits 0
json 'x["name"] == "RegNetX-1.6GF"'

it "an unknown key brings the line and the nearest key"
sed 's/GROUP_W/GROUP_WIDTH/' "$work/net.yaml" >"$work/bad.yaml"
run info --cfg "$work/bad.yaml"
exits 2
no_out
err "bad.yaml:9"
err "GROUP_W"

it "an unknown key on the command line is refused"
run info --cfg "$work/net.yaml" REGNET.DEPHT 20
exits 2
err "REGNET.DEPTH"

it "a key without a value is refused"
run info --cfg "$work/net.yaml" REGNET.DEPTH
exits 2

it "an impossible network says which parameter"
run info --cfg "$work/net.yaml" REGNET.W0 -8
exits 2
err "W0"

it "a missing configuration is an error of data"
run info --cfg "$work/none.yaml"
exits 3
err "none.yaml"

it "a file that is not YAML is refused with its line"
printf 'MODEL:\n  TYPE: [regnet\n' >"$work/cut.yaml"
run info --cfg "$work/cut.yaml"
exits 2
err "cut.yaml:"
