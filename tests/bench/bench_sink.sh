#!/usr/bin/env bash
# fintech-loans into each sink with one worker: millions of rows a second and core, by processor time, the best of $RUNS
# (other work on the machine only ever takes time away). Figures: NAME, NUMBER, UNIT.
set -euo pipefail
sp=${SEEDPIPE_BIN:?}
runs=${RUNS:-5} size=${SIZE:-1000}
recipe=$PWD/recipes/fintech-loans.lua
cmake --build build/release --target bench_gen >/dev/null
build/release/tests/bench_gen machine
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
for to in null csv:out jsonl:out sql:out.sql; do
    for ((i = 0; i < runs; i++)); do
        rm -rf out out.sql
        options=()
        if [[ $to == sql:* ]]; then options=(--dialect postgres); fi
        TIMEFORMAT='%U %S'
        { time "$sp" run "$recipe" --to "$to" "${options[@]}" --jobs 1 --size "${size}x" --yes --quiet; } 2>time.txt
        read -r user sys <time.txt
        awk -v u="$user" -v s="$sys" -v n="$size" 'BEGIN {printf "%.2f\n", 5000 * n / (u + s) / 1e6}'
    done | sort -rn | head -n 1 | awk -v name="${to%%:*}" '{print name "\t" $1 "\tM rows/s"}'
done
