#!/usr/bin/env bash
# Makes people.csv: 20,000 people who do not exist. The same seed gives the same file, whatever awk is at hand: the
# generator is written out here (Park and Miller's minimal standard), since awks differ in their own.
set -euo pipefail
cd "$(dirname "$0")"
count="${1:-20000}"
seed="${2:-7}"
awk -v count="$count" -v seed="$seed" '
function chance() { state = (state * 16807) % 2147483647; return state / 2147483647 }
function pick(list, n,   i) { i = int(chance() * n) + 1; return list[i] }
BEGIN {
  state = seed * 48271 % 2147483647 + 1
  names = split("Ada Ben Carla Dmitri Eva Femi Grace Hugo Ines Jonas Kofi Lena Mateo Nadia Omar Priya Quentin Rosa Sven Tara Uma Viktor Wanda Xavier Yuki Zoe", name, " ")
  countries = split("US US US US DE DE GB GB FR NO SE IN BR", country, " ")
  zone["US", 1] = "America/New_York"; zone["US", 2] = "America/Chicago"; zone["US", 3] = "America/Los_Angeles"
  zone["DE", 1] = "Europe/Berlin"; zone["GB", 1] = "Europe/London"; zone["FR", 1] = "Europe/Paris"; zone["NO", 1] = "Europe/Oslo"
  zone["SE", 1] = "Europe/Stockholm"; zone["IN", 1] = "Asia/Kolkata"; zone["BR", 1] = "America/Sao_Paulo"
  print "email,first_name,country,timezone,plan,mrr,consent.email"
  for (i = 1; i <= count; ++i) {
    who = pick(name, names); where = pick(country, countries)
    clock = where == "US" ? zone["US", int(chance() * 3) + 1] : zone[where, 1]
    if (chance() < 0.08) clock = ""                       # nobody knows whose clock it is
    draw = chance(); plan = draw < 0.62 ? "free" : draw < 0.93 ? "pro" : "enterprise"
    mrr = plan == "free" ? 0 : plan == "pro" ? 20 + int(chance() * 180) : 400 + int(chance() * 2600)
    first = chance() < 0.12 ? "" : who
    draw = chance(); consent = draw < 0.94 ? "given" : draw < 0.97 ? "withdrawn" : "unknown"
    printf "%s.%d@people.example,%s,%s,%s,%s,%d,%s\n", tolower(who), i, first, where, clock, plan, mrr, consent
  }
}' > people.csv
