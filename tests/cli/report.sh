# regnet report: a page that parses and needs nothing, figures in every form, text, what is refused.
python3 - "$work" <<'PYTHON'
import json, sys
def job(i, error):
    return {"cfg": {"MODEL": {"TYPE": "anynet"}, "OPTIM": {"BASE_LR": 0.1 * (1 + i % 4)},
                    "ANYNET": {"DEPTHS": [1, 1 + i % 3], "WIDTHS": [16, 16 * (1 + i % 5)], "STRIDES": [1, 2],
                               "BOT_MULS": [1.0, 1.0], "GROUP_WS": [8, 8]}},
            "complexity": {"flops": 360e6 + 1e6 * i, "params": 5e6 + 1e5 * (i % 7), "acts": 3e6},
            "train_epoch": {"top1_err": [95.0, error], "time_epoch": [10, 11]},
            "test_epoch": {"top1_err": [90.0, error], "min_top1_err": [90.0, error]}}
for name, least in ("a", 45), ("b", 40):
    jobs = [job(i, least + (i * 7 % 20) / 2) for i in range(40)]
    json.dump(jobs + [{"err": "crashed"}], open(f"{sys.argv[1]}/{name}.json", "w"))
json.dump([{"min_test_top1": 6 + i / 10, "flops": 1e8 + i * 1e6, "params": 8e5, "net": {"d": i}} for i in range(20)],
          open(sys.argv[1] + "/nds.json", "w"))
json.dump([], open(sys.argv[1] + "/none.json", "w"))
PYTHON

# page FILE: every element is closed, every figure is XML, and nothing is fetched.
page() {
    check python3 - "$1" <<'PYTHON'
import re, sys, xml.etree.ElementTree as xml
from html.parser import HTMLParser
text = open(sys.argv[1]).read()
class Balance(HTMLParser):
    stack, ids, links = [], set(), set()
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert "src" not in attributes, tag
        self.ids.add(attributes.get("id"))
        if tag == "a":
            self.links.add(attributes["href"])
        if tag not in ("meta", "link", "br"):
            self.stack.append(tag)
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
parser = Balance()
parser.feed(text)
assert not parser.stack, parser.stack
assert parser.links and all(link[0] == "#" and link[1:] in parser.ids for link in parser.links), parser.links
figures = re.findall(r"<svg.*?</svg>", text, re.S)
assert figures
for figure in figures:
    xml.fromstring(figure)
PYTHON
}

it "a page of pycls' sweeps"
run report "$work/a.json" "$work/b.json" --out "$work/ab.html" --title "A & B"
exits 0
no_out
err "ab.html"
page "$work/ab.html"
check grep -qF "<h1>A &amp; B</h1>" "$work/ab.html"
for heading in "Distributions of errors" "What was run" "Error against costs and parameters" Trends \
    "Errors by epoch" "The best and the worst networks" "All networks"; do
    check grep -qF ">$heading</h2>" "$work/ab.html"
done
check grep -qF "<title>b.json 1, error 40.00 %</title>" "$work/ab.html"

it "a page of nds' records, which say nothing of networks or epochs"
run report "$work/nds.json" --out "$work/nds.html"
exits 0
page "$work/nds.html"
check grep -qF "<title>nds.json 3, error 6.20 %</title>" "$work/nds.html"
check test "$(grep -cF "Errors by epoch" "$work/nds.html")" = 0

it "filtered and split distributions"
run report "$work/a.json" "$work/b.json" --out "$work/ab.html" --where flops=:370e6 --split ANYNET.WIDTHS[2]
exits 0
page "$work/ab.html"
check grep -qF "a.json  11 | 45.0" "$work/ab.html"
check grep -qF "b.json, ANYNET.WIDTHS[2] = 80  8 |" "$work/ab.html"

it "the table's command trains the network again"
command=$(grep -oP '(?<=<code>)regnet train [^<]*' "$work/ab.html" | head -n 1 | sed "s/&#39;/'/g")
shell "cd '$work' && $command TRAIN.DATASET nowhere"
exits 2
err "nowhere"

it "figures as files in every form"
run report "$work/a.json" --figures "$work/figures"
exits 0
for form in svg pdf png csv; do check test -s "$work/figures/edf.$form"; done
check test "$(head -c 4 "$work/figures/edf.pdf")" = "%PDF"
check grep -qE '^"best [0-9.]+, 95 % in .*",3[0-9]+,,,$' "$work/figures/error-a.json-flops.csv"
check grep -q '^points,360,45,,"a.json 1, error 45.00 %"$' "$work/figures/error-a.json-flops.csv"
check test ! -e report.html
run report "$work/a.json" --figures "$work/some" --as csv
exits 0
check test "$(find "$work/some" -type f ! -name '*.csv' | wc -l)" = 0
check test "$(wc -l <"$work/some/edf.csv")" = 43

it "text for a terminal"
run report "$work/a.json" "$work/b.json" --text
exits 0
no_err
out "b.json has a mean error of"
out "cumulative probability"
out "error-b.json-ANYNET.WIDTHS-2-"

it "what is not there is named"
run report
exits 2
err "at least one population"
run report "$work/none.json" --out "$work/none.html"
exits 3
err "none.json: none of 0 networks is finished"
check test ! -e "$work/none.html"
run report "$work/a.json" --as svg,gif
exits 2
err 'not "gif"'
run report "$work/a.json" --where flop=1:2
exits 2
err "did you mean flops?"
run report "$work/a.json" --split OPTIM.BASE
exits 2
err "did you mean OPTIM.BASE_LR?"
