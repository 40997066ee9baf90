#!/usr/bin/env bash
# The main job, narrated: a dispatcher and two nodes, each its own process and its own state.
# Usage: demo.sh BIN
set -euo pipefail
taut="$(cd "$1" && pwd)/taut"

stage=$(mktemp -d)
dispatcher=
tidy_up() {
  [ -z "$dispatcher" ] || kill "$dispatcher" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$stage"
}
trap tidy_up EXIT

if [ -t 1 ]; then bold=$(tput bold 2>/dev/null || true) plain=$(tput sgr0 2>/dev/null || true); else bold='' plain=''; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
# Shows a command as a person would type it, then runs it as that node.
as() {
  local who=$1
  shift
  printf '  TAUT_HOME=%s taut' "$who" >&2
  local word
  for word in "$@"; do
    [ ${#word} -le 60 ] || word="${word:0:40}…"
    printf ' %q' "$word" | sed 's/\\…/…/' >&2
  done
  printf '\n' >&2
  TAUT_HOME="$stage/$who" "$taut" "$@"
}
quiet_as() { as "$@" >/dev/null; }

say "1. A dispatcher: the node that keeps messages while somebody is away."
quiet_as post init --name post
printf '  TAUT_HOME=post taut dispatcher run --listen 127.0.0.1:0 &\n'
TAUT_HOME="$stage/post" "$taut" dispatcher run --listen 127.0.0.1:0 >"$stage/post.out" 2>"$stage/post.log" &
dispatcher=$!
for _ in $(seq 100); do
  [ -s "$stage/post.out" ] && break
  kill -0 "$dispatcher" 2>/dev/null || { cat "$stage/post.log" >&2; exit 1; }
  sleep 0.1
done
post_link=$(head -n 1 "$stage/post.out")
printf '  %.60s…\n' "$post_link"

say "2. Bob makes his identity and tells the dispatcher that he can be reached there."
quiet_as bob init --name bob
quiet_as bob dispatcher use "$post_link"
bob_link=$(TAUT_HOME="$stage/bob" "$taut" id --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["link"])')
printf "  Bob's card, which he gives to Alice, on paper or as a QR code: %.40s…\n" "$bob_link"
say "   Bob goes away now: nothing of his is running."

say "3. Alice has never met Bob's machine. His card is all she needs."
quiet_as alice init --name alice
quiet_as alice dispatcher use "$post_link"
quiet_as alice contact add bob "$bob_link"
as alice send bob "hello Bob, the string is taut"
as alice send bob "and it holds while you are away"

say "4. What the dispatcher has on disk: sealed envelopes. Looking for the words in its files:"
if grep -rqa "string is taut" "$stage/post"; then
  echo "  found: that must not be" >&2
  exit 1
fi
echo "  nothing."

say "5. Bob comes back and asks for what waits."
as bob recv --json | tee "$stage/bob.out"
[ "$(grep -c '"event":"message"' "$stage/bob.out")" -eq 2 ] || { echo "expected two messages" >&2; exit 1; }
printf "\n  Alice's node ID, as Bob's program proved it from her signature:\n  "
TAUT_HOME="$stage/alice" "$taut" id --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["node"])'

say "That was it: two nodes, a dispatcher that could read nothing, one hop at a time encrypted,"
say "and each message sealed from end to end. Next: README.md, the five-minute tour."
