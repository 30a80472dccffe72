#!/usr/bin/env bash
# Millions of cells a second and core of every generator, with the columns that it reads. Figures: NAME, NUMBER, UNIT.
set -euo pipefail
cmake --build build/release --target bench_gen >/dev/null
build/release/tests/bench_gen
