#!/bin/bash
# Interrupts the portal of a folder in all the ways we could think of, and asks after each what became of it.
#
#   deploy/local/try/interruptions.sh [FOLDER] [PORT]
#
# FOLDER is a clone whose data may be thrown about (default: this one). Ends with status 1 when something was not
# as it should be.
set -u
cd "${1:-$(dirname "$0")/../../..}" || exit 2
here=$(pwd -P)
export PORT=${2:-8077}
failures=0
out=$(mktemp)

expect() { # WORDS COMMAND...
    local words=$1
    shift
    if "$@"; then echo "ok      $words"; else echo "FAILED  $words"; failures=$((failures + 1)); tail -n 5 "$out"; fi
}
answers() { python3 - "$PORT" <<'PY'
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/", timeout=20)
except urllib.error.HTTPError as answer:
    sys.exit(answer.code >= 500)
except OSError:
    sys.exit(1)
PY
}
said() { grep -q "$1" "$out"; }
begin() { # starts the portal, waits until it says that it runs
    : >"$out"
    ./run >"$out" 2>&1 &
    run=$!
    for _ in $(seq 600); do said 'portal is running' && return 0; kill -0 "$run" 2>/dev/null || return 1; sleep 0.1; done
    return 1
}
# Processes that work in this folder: the supervisor's, the servers', the portal's.
alive() {
    local dir cwd
    for dir in /proc/[0-9]*; do
        cwd=$(readlink "$dir/cwd" 2>/dev/null) || continue
        case "$(tr '\0' ' ' <"$dir/cmdline" 2>/dev/null)" in
            *gunicorn* | *celery* | *postgres* | *valkey* | *supervisor.py*)
                case "$cwd/" in "$here"/* | "$elsewhere"/*) echo "${dir#/proc/}" ;; esac ;;
        esac
    done
}
none_alive() { for _ in $(seq 50); do [ -z "$(alive)" ] && return 0; sleep 0.1; done; return 1; }
postmaster() { head -n 1 "$elsewhere/postgres/postmaster.pid"; }
ends() { wait "$run"; [ $? -eq "$1" ]; }

elsewhere=$here/var/servers
expect "starts" begin
[ ! -e var/servers/elsewhere ] || elsewhere=$(cat var/servers/elsewhere)
expect "answers" answers
( ./run >"$out.second" 2>&1 ); expect "a second start says that it runs already" grep -q 'already running' "$out.second"
expect "a management command uses the running servers" ./run manage check --database default >/dev/null 2>&1

kill -9 "$run"; wait "$run" 2>/dev/null
expect "kill -9 of the supervisor leaves no process" none_alive
expect "starts again after it" begin
expect "and says that it was interrupted" said interrupted

kill -9 "$(postmaster)" "$run"; wait "$run" 2>/dev/null
expect "kill -9 of database and supervisor leaves no process" none_alive
expect "starts again after it" begin

kill -9 "$(pgrep -o -f "config.wsgi:application --bind 127.0.0.1:$PORT")"
expect "the web server's death ends the portal with status 1" ends 1
expect "and the end of its log is shown" said 'web server was ended by signal 9'
expect "no process is left" none_alive

python3 -m http.server "$PORT" --bind 127.0.0.1 >/dev/null 2>&1 &
other=$!
sleep 1
./run >"$out" 2>&1
expect "a busy port is explained" said "PORT=$((PORT + 1)) ./run"
kill "$other"; wait "$other" 2>/dev/null

for signal in INT TERM HUP; do
    expect "starts" begin
    kill "-$signal" "$run"
    expect "SIG$signal stops it in order, status 0" ends 0
    expect "no process is left" none_alive
done

for seconds in 0.2 0.5 1 2 3; do
    timeout -s INT "$seconds" ./run >"$out" 2>&1
    expect "Ctrl-C after $seconds s leaves no process" none_alive
    expect "and no traceback" bash -c "! grep -q Traceback '$out'"
done

expect "./run stop with nothing to stop" ./run stop >/dev/null 2>&1
[ -z "$(./run manage help recompute 2>/dev/null >/dev/null)" ] && expect "a command without servers starts none" none_alive
rm -f "$out" "$out.second"
exit $((failures > 0))
