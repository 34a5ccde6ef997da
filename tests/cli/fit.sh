# regnet fit: the line nearest to given widths, to a named network, to a configuration.

it "figure 8's first network has the paper's fit"
run fit --widths 64,128,272,704 --depths 2,4,5,5 --json
exits 0
no_err
json 'set(x) == {"w0", "wa", "wm", "error"}'
json '(x["w0"], x["wa"], x["wm"]) == (80, 30, 1.9) and abs(x["error"] - 0.0736710) < 1e-7'

it "a RegNet's parameters generate it"
run fit RegNetX-400MF --json
exits 0
json '(x["w0"], x["wm"]) == (24, 2.534) and x["error"] <= 0.004631'
w0=$(grep -o '"w0":[0-9]*' "$work/out" | cut -d: -f2)
wa=$(grep -o '"wa":[0-9.]*' "$work/out" | cut -d: -f2)
wm=$(grep -o '"wm":[0-9.]*' "$work/out" | cut -d: -f2)
run info RegNetX-400MF --json REGNET.W0 "${w0:-0}" REGNET.WA "${wa:-0}" REGNET.WM "${wm:-0}"
json '[(s["width"], s["depth"]) for s in x["stages"]] == [(32, 1), (64, 2), (160, 7), (384, 12)]'

it "a table for people names the group width"
run fit RegNetX-400MF
exits 0
out "w0     24"
out "group width 16"
run fit ResNet-50
exits 0
check test -z "$(grep -F 'group width' "$work/out")"

it "a configuration, with changes"
cat >"$work/net.yaml" <<'YAML'
MODEL: {TYPE: anynet, NUM_CLASSES: 10}
ANYNET: {DEPTHS: [2, 4, 5, 5], WIDTHS: [64, 128, 272, 704], STRIDES: [2, 2, 2, 2], BOT_MULS: [0.5, 0.5, 0.5, 0.5],
         GROUP_WS: [4, 4, 4, 4]}
YAML
run fit --cfg "$work/net.yaml" --json
exits 0
json '(x["w0"], x["wa"], x["wm"]) == (80, 30, 1.9)'
run fit --cfg "$work/net.yaml" --json ANYNET.DEPTHS '[1, 1, 3, 5]' ANYNET.WIDTHS '[32, 144, 256, 448]'
exits 0
json '(x["w0"], x["wm"]) == (48, 2.2)'

it "lists that do not fit are refused"
run fit --widths 32,64 --depths 1
exits 2
no_out
err "2 widths and 1 depths"
run fit --widths 32,64
exits 2
err "--depths"
run fit --widths 32,x --depths 1,1
exits 2
err '"32,x"'
run fit --widths 32,-8 --depths 1,1
exits 2
run fit RegNetX-400MF --widths 32,64 --depths 1,1
exits 2
err "twice"

it "so many stages in so few blocks have no line"
run fit --widths 8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8 --depths 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
exits 3
no_out
err "16 levels"
