#!/usr/bin/env bash
# run.sh IMPLEMENTATION PEER FOLDER STEPS [SEED]: the live test against it, fetched once into FOLDER.
# $TAUT_INTEROP_STEPS and $TAUT_INTEROP_SEED go before what is given. 77: skipped, and the reason.
set -euo pipefail
peer=$2 folder=$3
here=$(cd "$(dirname "$0")" && pwd)
theirs=$here/$1
skip() { echo "skipped: $*"; exit 77; }

command -v npm >/dev/null || skip "npm is missing"
node=$(command -v node || true)
[ -n "$node" ] && [ "$("$node" -p 'process.versions.node.split(".")[0]')" -ge 20 ] || node="$folder/node_modules/.bin/node"

mkdir -p "$folder"
cp "$here"/*.mjs "$theirs"/*.mjs "$theirs/package.json" "$folder"/
wanted="$folder/node_modules/.fetched"
if ! cmp -s "$theirs/package.json" "$wanted"; then
  (cd "$folder" && timeout 300 npm install --no-audit --no-fund --no-save >fetch.log 2>&1) ||
    skip "npm cannot fetch $1 here (see $folder/fetch.log)"
  [ -x "$node" ] || (cd "$folder" && timeout 300 npm install --no-audit --no-fund --no-save node@20 >>fetch.log 2>&1) ||
    skip "Node 20 is missing, and npm cannot fetch it"
  cp "$theirs/package.json" "$wanted"
fi
cd "$folder"
exec "$node" driver.mjs "$peer" "${TAUT_INTEROP_STEPS:-$4}" "${TAUT_INTEROP_SEED:-${5:-1}}"
