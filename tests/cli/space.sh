# regnet space: what is known of a space; and spaces as a person writes who read docs/spaces.md only.

it "without a name, all names, overlays behind them"
run space
exits 0
no_err
out "AnyNetXE "
out "@mini"
run space --json
json '{"AnyNetXA", "RegNetX", "ResNeXtB"} <= {s["name"] for s in x["spaces"]}'
json '{"mini", "400MF"} <= {s["name"] for s in x["overlays"]} and all(s["description"] for s in x["spaces"])'

it "a page about a space"
run space AnyNetXE -n 20 --draws 1000
exits 0
no_err
out "817,446,539,520"
out "549,755,813,888 as the paper counts"
out "d[i+1] >= d[i]"
out "Of 20 networks"

while read -r name dimension size paper; do
    it "$name's size is Table 1's"
    run space "$name" --json -n 5 --draws 1000
    exits 0
    json "x['dimension'] == $dimension and x['size'] == $size and x['size_paper'] == $paper"
done <<'SIZES'
AnyNetXA 16 1846757322198614016 1846757322198614016
AnyNetXB 13 68398419340689408 68398419340689408
AnyNetXC 10 316659348799488 316659348799488
AnyNetXD 10 13821510942720 13194139533312
AnyNetXE 10 817446539520 549755813888
RegNetX 6 130860061920 301989888
SIZES

it "--json has what the page has"
run space RegNetXC@mini --json -n 50 --draws 20000 --seed 3
exits 0
json 'set(x) == {"name", "description", "family", "network", "parameters", "dimension", "size", "size_paper", "seed", "draws", "constraints", "accepted", "networks", "attempts", "flops", "params", "acts"}'
json 'x["networks"] == 50 and x["draws"] == 20000 and x["seed"] == 3 and x["attempts"] >= 1'
json '[p["name"] for p in x["parameters"]] == ["d", "w0", "wa", "wm", "b", "g"]'
json '3e6 <= x["flops"]["min"] <= x["flops"]["median"] <= x["flops"]["max"] <= 3.5e6'

it "a constraint that is drawn rejects what it would without"
json '[c["rejects"] for c in x["constraints"] if c["text"] == "d <= 40"] == [0]'
json 'all(0 <= c["rejects"] <= 1 and c["how"] in ("drawn", "tested") for c in x["constraints"])'
run space AnyNetXD --json -n 1 --draws 20000
json '[c["how"] for c in x["constraints"]] == ["tested", "drawn", "drawn", "drawn"]'
json '[c["rejects"] is None for c in x["constraints"]] == [False, True, True, False]'
json '0.94 < x["constraints"][3]["rejects"] < 0.96'

# yaml NAME: a file of this name, from standard input.
yaml() {
    cat >"$work/$1.yaml"
}

# refuses NAME TEXT: a space that cannot be drawn from says why.
refuses() {
    run sample "$work/$1.yaml" -n 1
    exits 2
    no_out
    err "$2"
}

it "five stages of inverted bottlenecks, ordered, with bounded steps"
yaml mobile <<'YAML'
name: Mobile
family: anynet
network: {stem_w: 16, block_type: res_bottleneck_linear_block, se_r: 0.25, activation_fun: silu,
          strides: [2, 2, 2, 1, 2], im_size: 192}
parameters:
  d: {range: [1, 6]}
  w: {range: [16, 320], distribution: log_uniform, quantum: 8}
  b: {values: [1/6, 1/4, 1/2]}
  g: 1
window: {flops: [250e6, 350e6]}
constraints:
  - w[i+1] >= w[i]
  - max(w[i+1] - w[i]) <= 96
  - sum(depths) <= 20
  - params <= 6e6
YAML
run sample "$work/mobile.yaml" -n 20 --json
exits 0
json 'all(sum(s["depth"] for s in n["stages"]) <= 20 and n["params"] <= 6e6 for n in xs)'
json 'all({round(s["bot_mul"]) for s in n["stages"]} <= {2, 4, 6} for n in xs)'
json 'all(0 <= n["parameters"]["w%d" % (i + 1)] - n["parameters"]["w%d" % i] <= 96 for n in xs for i in range(1, 5))'

it "widths above a line over blocks"
yaml slope <<'YAML'
name: Slope
base: AnyNetXC
constraints:
  - widths[j] >= 24 * (j + 1)
  - all(d[i] <= 2 * d[i-1])
YAML
run sample "$work/slope.yaml" -n 10 --json
exits 0
json 'all(w >= 24 * (j + 1) for n in xs for j, w in enumerate(s["width"] for s in n["stages"] for _ in range(s["depth"])))'

it "configuration keys are drawn, and are named in constraints"
yaml rates <<'YAML'
name: Rates
base: RegNetX@mini
parameters:
  OPTIM.BASE_LR: {range: [0.01, 1], distribution: log_uniform, quantum: 0.0001}
  OPTIM.WEIGHT_DECAY: {range: [1.0e-5, 1.0e-3], distribution: log_uniform, quantum: 1.0e-6}
  TRAIN.MIXED_PRECISION: {values: [true, false]}
constraints:
  - OPTIM.BASE_LR * OPTIM.WEIGHT_DECAY <= 1e-4
YAML
run sample "$work/rates.yaml" -n 20 --json
exits 0
json 'all(n["config"]["OPTIM.BASE_LR"] * n["config"]["OPTIM.WEIGHT_DECAY"] <= 1e-4 for n in xs)'
json '{n["config"]["TRAIN.MIXED_PRECISION"] for n in xs} == {True, False}'

it "single stages, and a space adapted to an overlay"
yaml single <<'YAML'
name: Single
base: AnyNetXA
network:
  strides[0]: 4
parameters:
  d[2]: {range: [4, 24]}
  w[-1]: 512
overlays:
  mini:
    parameters:
      w[-1]: 64
YAML
run sample "$work/single.yaml" -n 10 --json
exits 0
json 'all(n["stages"][0]["stride"] == 4 and n["parameters"]["w4"] == 512 and n["parameters"]["d3"] >= 4 for n in xs)'
run sample "$work/single.yaml@mini" -n 10 --json
exits 0
json 'all(n["resolution"] == 28 and n["parameters"]["w4"] == 64 for n in xs)'

it "resolutions, depths about their middle, one condition or another"
yaml res <<'YAML'
name: Resolutions
base: RegNetXC
parameters:
  r: {values: [128, 160, 192, 224]}
  d: {range: [10, 20], distribution: normal}
constraints:
  - resolution >= 160 or flops <= 380e6
  - resolution * sum(depths) <= 4000
YAML
run sample "$work/res.yaml" -n 20 --json
exits 0
json 'all(n["resolution"] >= 160 or n["flops"] <= 380e6 for n in xs)'
json 'all(n["resolution"] * sum(s["depth"] for s in n["stages"]) <= 4000 for n in xs)'

it "a key with a letter missing"
yaml typo <<'YAML'
name: Typo
base: AnyNetXE
parameter:
  d: {range: [1, 8]}
YAML
refuses typo 'typo.yaml:3:1: there is no key "parameter"; did you mean "parameters"?'

it "a name with letters exchanged is marked"
yaml widht <<'YAML'
name: Widht
base: AnyNetXE
constraints:
  - all(widht <= 512)
YAML
refuses widht 'widht.yaml:4:9: there is no "widht"; did you mean "widths"?'
err "        ^"

it "a truth where a number is expected"
yaml truth <<'YAML'
name: Truth
base: AnyNetXE
constraints:
  - sum(d >= 4) >= 2
YAML
refuses truth 'truth.yaml:4:9: sum takes numbers'

it "a contradiction is found before drawing"
yaml contradiction <<'YAML'
name: Contradiction
base: AnyNetXD
constraints:
  - w[0] >= 512
  - w[-1] <= 256
YAML
refuses contradiction 'contradiction.yaml:5:5: space Contradiction is impossible'

it "a nearly impossible space says what rejects, and is described all the same"
yaml nearly <<'YAML'
name: Nearly
base: RegNetX
constraints:
  - d == 5
  - params <= 1.0e4
YAML
run space "$work/nearly.yaml" --json --draws 20000
exits 2
err "% lack a valid line of 4 stages"
err "% lack params <= 1.0e4"
json 'x["flops"] is None and x["networks"] == 0'
json '[c["how"] for c in x["constraints"]] == ["tested", "tested", "drawn", "tested"]'

it "AnyNet's letters are not RegNet's"
yaml letters <<'YAML'
name: Letters
base: RegNetX
constraints:
  - w[i+1] >= w[i]
YAML
refuses letters "a RegNet draws no w"

it "a sweep file of pycls is a space"
yaml sweep <<'YAML'
NAME: sweeps/small
SETUP:
  NUM_CONFIGS: 7
  RNG_SEED: 2
  BASE_CFG: {MODEL: {TYPE: regnet, NUM_CLASSES: 10}, TRAIN: {IM_SIZE: 32}}
  SAMPLERS:
    REGNET: {TYPE: regnet_sampler, DEPTH: [6, 16], GROUP_W: [1, 32]}
    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.25, 5.0]}
  CONSTRAINTS: {CX: {PARAMS: [0, 2.0e+6]}, REGNET: {NUM_STAGES: [2, 3]}}
LAUNCH: {PARALLEL_JOBS: 8}
YAML
run sample "$work/sweep.yaml" --json
exits 0
lines 7
json 'all(len(n["stages"]) in (2, 3) and n["params"] <= 2e6 and 0.25 <= n["config"]["OPTIM.BASE_LR"] <= 5 for n in xs)'
run space "$work/sweep.yaml" --json -n 10 --draws 1000
exits 0
json 'x["name"] == "sweeps-small" and x["family"] == "regnet"'
