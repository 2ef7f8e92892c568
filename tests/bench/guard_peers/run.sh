#!/usr/bin/env bash
# Two peers of a guard, on the people of a file that bench_guard has written: a line each, with the name, the version,
# whom it lets through and the nanoseconds of a decision. Where npm or a package is not to be had, standard error says so.
#   tests/bench/guard_peers/run.sh PEOPLE.json
set -euo pipefail
shopt -s inherit_errexit

people=$(realpath "$1")
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
work=$PWD/build/bench/guard_peers

for program in node npm; do
  if ! command -v "$program" >/dev/null; then
    printf 'not run: cel-js and cedar-wasm beside the guard: no %s here\n' "$program" >&2
    exit 1
  fi
done
mkdir -p "$work"
cp "$here"/*.mjs "$here/package.json" "$work"
cd "$work"
if ! npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1; then
  printf 'not run: npm cannot install cel-js and cedar-wasm (%s)\n' "$work/npm.log" >&2
  exit 1
fi

# run NAME PACKAGE
run() {
  local version figures
  version=$(node -p "JSON.parse(fs.readFileSync('package.json')).dependencies[process.argv[1]]" "$2")
  if figures=$(timeout 120 node "$1.mjs" "$people" 2>"$1.log"); then
    printf '%s %s %s\n' "$1" "$version" "$figures"
  else
    printf 'not run: %s fails (%s)\n' "$1" "$work/$1.log" >&2
  fi
}
run cel-js cel-js
run cedar-wasm @cedar-policy/cedar-wasm
