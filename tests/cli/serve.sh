# regnet sweep watch --serve: a page on loopback, read-only, for this machine alone.
sweep=$work/sweep
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

# serve [PORT]: starts it in the background; sets server (its process) and url.
serve() {
    rm -f "$work/url"
    "$regnet" sweep watch "$sweep" --serve "$@" --every 1 >"$work/url" 2>"$work/serve.err" &
    server=$!
    until [[ -s $work/url ]] || ! kill -0 "$server" 2>/dev/null; do sleep 0.05; done
    url=$(cat "$work/url")
    port=${url#http://127.0.0.1:}
    port=${port%/}
}

cat >"$work/ask.py" <<'PYTHON'
import http.client, sys

port, method, path, host = sys.argv[1:]
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
connection.putrequest(method, path, skip_host=True)
if host:
    connection.putheader("Host", host)
connection.endheaders()
answer = connection.getresponse()
print(answer.status, answer.reason)
for name, value in answer.getheaders():
    print(f"{name}: {value}")
print()
print(answer.read().decode())
PYTHON

# ask METHOD PATH [HOST]: the answer with its head, on standard output. A tunnel's far end has another port.
ask() {
    shell "python3 '$work/ask.py' $port '$1' '$2' '${3-localhost:1234}'"
}

# status N: of the last answer.
status() {
    exits 0
    check test "$(head -c 3 "$work/out")" = "$1"
}

# shellcheck disable=SC2086
"$regnet" sweep setup "$sweep" RegNetX@mini -n 3 TRAIN.DATASET fashion_mnist TRAIN.NUM_IMAGES 64 TRAIN.BATCH_SIZE 32 \
    TRAIN.IM_SIZE 28 TEST.DATASET fashion_mnist TEST.SPLIT val TEST.IM_SIZE 28 DATA_LOADER.HOLD_OUT 32 OPTIM.MAX_EPOCH 1 \
    TRAIN.AUGMENT none BN.USE_PRECISE_STATS False
"$regnet" sweep run "$sweep" --jobs 1 --networks 2 >"$work/run" 2>&1
serve

it "prints where: a free port of loopback"
shell "cat '$work/url'"
out "http://127.0.0.1:"
lines 1
check test "$port" -gt 0

it "the page has the states, the best, the distribution, and asks the browser to come back"
ask GET /
status 200
out "Content-Type: text/html"
out "Refresh: 1"
out "<td>nobody works on it</td>"
out "<th>waiting</th>"
out "Distribution of errors"
out "<svg"
out "regnet train --cfg $sweep/runs/"

it "asks nothing of a network, and lets no other site in"
out "Content-Security-Policy: default-src 'none'"
out "frame-ancestors 'none'"
out "nosniff"

it "status.json is what status --json says"
ask GET /status.json
status 200
tail -n +2 "$work/out" | sed '1,/^$/d' | grep . >"$work/served.json"
shell "regnet sweep status '$sweep' --json | cmp - '$work/served.json'"
exits 0

it "HEAD is GET without the body"
ask HEAD /
status 200
check test "$(grep -c '<svg' "$work/out")" = 0

it "another path is not there, and no file is"
ask GET /etc/passwd
status 404
ask GET /../sweep.yaml
status 404

it "is read-only"
for method in POST PUT DELETE OPTIONS; do
    ask "$method" /
    status 405
    out "Allow: GET, HEAD"
done

it "refuses another site's name for this machine, and no name"
for host in evil.example 127.0.0.1.evil.example localhost.evil.example ''; do
    ask GET / "$host"
    check test "$(head -c 2 "$work/out")" = 40
    check test "$(grep -c Distribution "$work/out")" = 0
done
ask GET / 127.0.0.1
status 200

it "a request without an end is refused, and silent clients keep nobody out"
cat >"$work/hostile.py" <<'PYTHON'
import socket, sys, urllib.request

port = int(sys.argv[1])
silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
for s in silent[:50]:
    s.sendall(b"GET / HTTP/1.1\r\nHost: loc")
endless = socket.create_connection(("127.0.0.1", port), timeout=60)
try:
    endless.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 100000)
    refused = endless.recv(100)
except ConnectionError:
    refused = b""
assert refused == b"" or refused.startswith(b"HTTP/1.1 4"), refused
print(urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).status)
PYTHON
shell "python3 '$work/hostile.py' $port"
exits 0
out 200

it "a port in use is named"
run sweep watch "$sweep" --serve "$port"
exits 3
err "port $port of 127.0.0.1 is in use"

it "SIGINT ends it"
kill -INT "$server"
code=0
wait "$server" || code=$?
check test "$code" = 0

it "takes a port, and when the sweep is over the browser need not come back"
"$regnet" sweep run "$sweep" --jobs 1 >"$work/run" 2>&1
before=$port
serve "$before"
check test "$port" = "$before"
ask GET /
status 200
out "<td>over</td>"
check test "$(grep -c '^Refresh' "$work/out")" = 0
kill -INT "$server"
wait "$server"

it "the usual mistakes"
run sweep watch "$sweep" 8080
exits 2
err "--serve a port after it"
run sweep watch "$sweep" --serve 70000
exits 2
err "from 0 to 65535"
