#!/usr/bin/env bash
# The core's libraries may not even name a door to the world. Usage: symbols.sh NM LIBDIR
set -euo pipefail
nm=$1 lib=$2
core="base wire crypto noise mls identity envelope link frame node dispatcher topic introduction channel jose"
forbidden='clock_gettime|gettimeofday|time|clock|nanosleep|getrandom|getentropy|random|rand|srand|open|open64|openat|creat|fopen|fopen64|read|__read_chk|write|socket|connect|sendto|recvfrom|pthread_create|pthread_mutex_lock|getenv|RAND_bytes|RAND_priv_bytes|randombytes|randombytes_buf|randombytes_uniform|_ZNSt6chrono3_V212steady_clock3nowEv|_ZNSt6chrono3_V212system_clock3nowEv|_ZNSt6thread.*|_ZNSt13random_device.*'
checked=0 bad=0
for room in $core; do
  archive="$lib/libtaut_$room.a"
  [ -e "$archive" ] || continue
  checked=$((checked + 1))
  if found=$("$nm" -u -P "$archive" 2>/dev/null | awk '{print $1}' | grep -xE "$forbidden" | sort -u); then
    echo "$room names:" $found
    bad=1
  fi
done
[ "$checked" -ge 2 ] || { echo "no core library found in $lib"; exit 1; }
# The test itself: a symbol that is there must be found.
"$nm" -u -P "$lib/libtaut_base.a" | awk '{print $1}' | grep -qE '^(__)?explicit_bzero' || { echo "$nm shows no symbols"; exit 1; }
exit $bad
