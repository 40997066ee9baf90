#!/usr/bin/env bash
# Runs the benchmarks (all, or those whose name holds WHAT) and prints what they print.
# Usage: bench.sh BIN [WHAT]
set -euo pipefail
bin=$1 what=${2:-}
found=
for program in "$bin"/bench_*"$what"*; do
  [ -x "$program" ] || continue
  found=yes
  echo "## $(basename "$program")"
  "$program"
  echo
done
[ -n "$found" ] || { echo "no benchmark is called '$what'; there are: $(cd "$bin" && ls -d bench_* | sed 's/bench_//' | tr '\n' ' ')" >&2; exit 2; }
