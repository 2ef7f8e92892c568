#!/usr/bin/env bash
# A service under a steady load for so long: does its memory stay flat, does it stay well, and is everything accounted for
# at the end? `./dev soak` runs it. Usage: soak.sh FAIRLEAD SECONDS
set -euo pipefail
export LC_ALL=C.UTF-8

fairlead=$(readlink -f "$1")
seconds=$2
people=2000
folder=$(mktemp -d)
service=''
finish() {
  [[ -z $service ]] || kill "$service" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# Everybody becomes a member and stops being one again and again, enters each time, gets a message and waits a little.
mkdir p
cat >p/main.lead <<'LEAD'
use std.channels
project soak { currency USD  under brand }
record contact {
  key email: Email
  plan: free | pro = free
  consent: { email: Consent }
}
event visited
segment pros = contact.plan is pro
content hello { email { subject "Hello" body "Hello, {contact.email}." } }
policy brand { asked: forbid send when channel.consent is not given because "ePrivacy" }
workflow again_and_again for contact {
  enter when pros
  leave on unsubscribed
  again after 1 second
  steps {
    send hello
    wait up to 2 seconds
      for visited { }
      otherwise { }
  }
}
LEAD
for plan in pro free; do
  echo "email,plan,consent.email" >"$plan.csv"
  for ((i = 0; i < people; i++)); do echo "p$i@people.example,$plan,given"; done >>"$plan.csv"
done

# The page cache grows with the store until it is full. This one soon is, so that whatever grows later is something else.
FAIRLEAD_PAGE_CACHE_MIB=4 "$fairlead" run p --log warning >run.log 2>&1 &
service=$!
started=$SECONDS next=0 rounds=0
memory=()
while ((SECONDS - started < seconds)); do
  for plan in pro free; do
    [[ -f p/fairlead.db ]] && "$fairlead" import "$plan.csv" --project p >/dev/null
    sleep 1.5
  done
  rounds=$((rounds + 1))
  kill -0 "$service" 2>/dev/null || { cat run.log; echo "the service has ended by itself"; exit 1; }
  if ((SECONDS - started >= next)); then
    memory+=("$(awk '/^VmRSS/ { print $2 }' "/proc/$service/status")")
    next=$((SECONDS - started + 10))
  fi
done
"$fairlead" health --project p
kill -TERM "$service"
wait "$service" || { cat run.log; echo "it did not end well"; exit 1; }
service=''
"$fairlead" audit verify p/fairlead.db
lines=$(wc -l <p/messages.jsonl)
keys=$(sed 's/^{"key":"\([0-9a-f]*\)".*/\1/' p/messages.jsonl | sort -u | wc -l)

# What grows at the beginning are caches: the second quarter is held against the last.
quarter() { printf '%s\n' "${memory[@]:$((${#memory[@]} * $1 / 4)):$((${#memory[@]} / 4))}" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
((${#memory[@]} >= 8)) || { echo "too short to say anything: at least 90 seconds"; exit 1; }
early=$(quarter 1) late=$(quarter 3)
echo "$rounds rounds of $people people in $((SECONDS - started)) s, $lines messages, each under a key of its own: $((lines == keys))"
echo "resident, KiB: $early in the second quarter, $late in the last"
((lines == keys && lines > 0)) || { echo "a key went out twice, or nothing did"; exit 1; }
((late <= early + early / 20 + 2048)) || { echo "memory grows"; exit 1; }
echo "memory is flat"
