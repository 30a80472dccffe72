#!/usr/bin/env bash
# DuckDB (the newest on npm, in a cache outside of the tree) and seedpipe side by side: the four tables of fintech-loans,
# alike in columns and kinds of values, into CSV files with two threads each, in turn, three times; by wall time in all,
# and by processor time a core. Nothing to keep: the machine is the same for both.
set -euo pipefail
sp=${SEEDPIPE_BIN:?}
runs=${RUNS:-3} size=${SIZE:-400}
source=$PWD
cache=${XDG_CACHE_HOME:-$HOME/.cache}/seedpipe/duckdb
if ! command -v npm >/dev/null; then
    echo "DuckDB was not compared: there is no npm to install it with"
    exit 0
fi
mkdir -p "$cache"
if ! npm install --silent --no-fund --no-audit --prefix "$cache" @duckdb/node-api@latest >/dev/null; then
    echo "DuckDB was not compared: npm could not install it"
    exit 0
fi
cp "$source/tests/bench/duckdb.mjs" "$cache/bench.mjs" # beside its node_modules
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
# shellcheck disable=SC2016 # the variable is jq's
report='"\(.rows_added / .load_seconds / 10000 | round / 100) \(.rows_added / $cpu / 10000 | round / 100)"'
TIMEFORMAT='%U %S'
for ((i = 0; i < runs; i++)); do
    rm -rf ours theirs
    { time "$sp" run "$source/recipes/fintech-loans.lua" --to csv:ours --jobs 2 --size "${size}x" --yes --output json >report.json; } 2>time.txt
    read -r user sys <time.txt
    read -r all core < <(jq -r --argjson cpu "$(awk -v u="$user" -v s="$sys" 'BEGIN {print u + s}')" "$report" report.json)
    printf '%-16s %6s M rows/s in all with 2 threads, %s a core\n' "$("$sp" --version | head -n 1)" "$all" "$core"
    mkdir theirs
    node "$cache/bench.mjs" theirs "$size" 2
    if [[ $i -eq 0 ]]; then
        wc -lc ours/*.csv theirs/*.csv
    fi
done
