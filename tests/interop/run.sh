#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh FOLDER URL           the stock JavaScript clients against the node at URL
# run.sh FOLDER --node FILE   the same against a node that FILE (iri-node) starts for it
# FOLDER holds the npm packages, which are installed there by name the first time. Exit status 77: there is no Node.js.
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)
die() { echo "run.sh: $*" >&2; exit 1; }
[ $# -ge 2 ] || die "usage: run.sh FOLDER URL | run.sh FOLDER --node FILE"
folder=$1 url=$2
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "run.sh: node and npm are needed: apt-get install nodejs npm" >&2
    exit 77
fi

mkdir -p "$folder"
cp "$source"/*.mjs "$folder"
if ! cmp -s "$source/package.json" "$folder/installed.json"; then
    cp "$source/package.json" "$folder"
    log=$folder/npm.log
    (cd "$folder" && timeout 240 npm install --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-timeout=30000 >"$log" 2>&1) || {
        tail -5 "$log" >&2
        die "cannot install the npm packages (is there a network?); all of npm's output is in $log"
    }
    cp "$source/package.json" "$folder/installed.json"
fi

if [ "$url" = --node ]; then
    state=$(mktemp -d)
    "$3" "$state" >"$state/url" &
    node=$!
    trap 'kill $node 2>/dev/null || true; wait $node 2>/dev/null || true; rm -rf "$state"' EXIT
    for _ in $(seq 100); do
        [ ! -s "$state/url" ] || break
        sleep 0.1
    done
    url=$(cat "$state/url")
    [ -n "$url" ] || die "the node did not start"
fi

cd "$folder"
echo "== stock client, proof of work by the node"
node client-smoke.mjs "$url"
echo "== stock client, proof of work of its own"
node client-smoke.mjs "$url" --local-pow

# Each MAM library writes a channel, each reads it.
for writer in mam mam.js; do
    seed=$(tr -dc 'A-Z9' </dev/urandom | head -c 81 || true)
    root=$(node mam-publish.mjs "$url" "$seed" SIDEKEY one two three --client $writer |
        sed -n '1s/.*"root":"\([A-Z9]*\)".*/\1/p')
    for reader in mam mam.js; do
        read=$(node mam-fetch.mjs "$url" "$root" SIDEKEY --client $reader | grep -o '"text":"[a-z]*"' | tr '\n' ' ')
        [ "$read" = '"text":"one" "text":"two" "text":"three" ' ] || die "$reader read from $writer: $read"
        echo "ok   MAM written by @iota/$writer, read by @iota/$reader"
    done
done
