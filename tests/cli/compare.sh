# regnet compare: quoted tables, JSON, figures, a page; what is refused; a training that is stopped goes on.
tables=configs/studies/paper/compare

it "the table of the paper's table 2, every error of it marked as quoted"
run compare "$tables/table-02.yaml"
exits 0
no_err
lines 13
out 'mobile  RegNetX-600MF            600.9       6.196     3.975  25.9 +- 0.03 *'
out '* quoted, not measured here: table 2 of the paper'

it "as JSON, with exact counts"
run compare "$tables/table-04.yaml" --json
exits 0
json '(len(x["networks"]), x["networks"][0]) == (12, {"group": "B0", "name": "EfficientNet-B0",
       "member": "EfficientNet-B0", "flops": 385825092, "params": 5288548, "acts": 6748036,
       "infer_ms": None, "error": 24.9, "std": 0.03, "quoted": True, "original": 23.7,
       "trained": 0, "diverged": 0, "failed": 0})'

it "figures of what is known: no time was measured"
run compare "$tables/table-03-flops.yaml" --figures "$work/figures" --as csv
exits 0
shell "ls '$work/figures'"
lines 3
out acts.csv
shell "cat '$work/figures/flops.csv'"
out 4089.185256

it "a page"
run compare "$tables/table-03-acts.yaml" --page "$work/page.html"
exits 0
shell "cat '$work/page.html'"
out '<td>ResNeXt-50</td>'
out 'quoted, not measured here'
out '<svg'
check test "$(grep -c 'How they are trained' "$work/page.html")" = 0

it "families shrink to the group's multiply-adds"
run compare "$tables/families-mini.yaml" --out "$work/none" --json
exits 0
json 'len(x["networks"]) == 26 and all(abs(n["flops"] / 1e6 / float(n["group"].split()[0]) - 1) < 0.2
       for n in x["networks"])'
check test ! -e "$work/none"

it "what is no comparison is refused with the place"
printf 'name: a\ngroups:\n  - {name: b, networks: [ResNet-51]}\n' >"$work/bad.yaml"
run compare "$work/bad.yaml"
exits 2
err "bad.yaml:3:26: there is no network \"ResNet-51\"; did you mean"
run compare
exits 2
err "one comparison's file was expected"
run compare "$tables/table-02.yaml" --as gif
exits 2
err '--as takes svg, pdf, png and csv'

it "without ImageNet nothing is trained"
run compare "$tables/table-02.yaml" --train --out "$work/imagenet"
check test "$code" != 0
err imagenet
