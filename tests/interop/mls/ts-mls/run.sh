#!/usr/bin/env bash
# run.sh PEER FOLDER [STEPS [SEED]]: the live test against ts-mls, fetched once into FOLDER. 77: skipped.
set -euo pipefail
peer=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $*"; exit 77; }

command -v npm >/dev/null || skip "npm is missing"
node=$(command -v node || true)
[ -n "$node" ] && [ "$("$node" -p 'process.versions.node.split(".")[0]')" -ge 20 ] || node="$folder/node_modules/.bin/node"

mkdir -p "$folder"
cp "$here"/*.mjs "$folder"/
cp "$here/package.json" "$folder"/
wanted="$folder/node_modules/.fetched"
if ! cmp -s "$here/package.json" "$wanted"; then
  (cd "$folder" && timeout 300 npm install --no-audit --no-fund --no-save >fetch.log 2>&1) ||
    skip "npm cannot fetch ts-mls here (see $folder/fetch.log)"
  [ -x "$node" ] || (cd "$folder" && timeout 300 npm install --no-audit --no-fund --no-save node@20 >>fetch.log 2>&1) ||
    skip "Node 20 is missing, and npm cannot fetch it"
  cp "$here/package.json" "$wanted"
fi
cd "$folder"
exec "$node" driver.mjs "$peer" "${@:3}"
