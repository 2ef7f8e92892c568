#!/usr/bin/env bash
# Job queues and workflow engines on PostgreSQL, beside the engine's durable steps, in one session on one machine.
#   tests/bench/peers/run.sh BENCH_ENGINE
# PostgreSQL is started in a temporary folder with its settings as they come (fsync is on), and listens there only.
# Where npm, PostgreSQL or a package is not to be had, that is said, and nothing is held to anything.
set -euo pipefail
shopt -s inherit_errexit nullglob

bench_engine=$(realpath "$1")
root=$PWD
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
work=$root/build/bench/peers

not_run() {
  printf 'not run: graphile-worker, pg-boss and DBOS beside the engine: %s\n' "$*"
  exit 0
}

for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done
for program in node npm initdb pg_ctl createdb; do
  command -v "$program" >/dev/null || not_run "no $program here"
done

mkdir -p "$work"
cp "$here"/*.mjs "$here/package.json" "$work"
cd "$work"
npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1 || not_run "npm cannot install them ($work/npm.log)"

# PostgreSQL refuses to run as root.
as_user=()
user=$(id -un)
if ((EUID == 0)); then
  command -v setpriv >/dev/null || not_run "no setpriv here, and PostgreSQL does not run as root"
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
fi
cluster=$(mktemp -d)
# shellcheck disable=SC2317  # the trap calls it
stop() {
  cd /
  "${as_user[@]}" pg_ctl -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$cluster"
}
trap stop EXIT
chown "$user" "$cluster"
cd "$cluster"
"${as_user[@]}" env HOME="$cluster" initdb -D data -U "$user" -A trust >"$work/initdb.log" 2>&1 ||
  not_run "initdb fails ($work/initdb.log)"
"${as_user[@]}" pg_ctl -D data -w -l "$cluster/server.log" -o "-c listen_addresses= -c unix_socket_directories=$cluster" \
  start >"$work/start.log" 2>&1 || not_run "PostgreSQL does not start ($work/start.log)"
cd "$work"

# run NAME WHAT PACKAGE: a peer in a database of its own, and its line.
status=0
run() {
  local name=$1 what=$2 package=$3 version rate ratio
  version=$(node -p "JSON.parse(fs.readFileSync('package.json')).dependencies[process.argv[1]]" "$package")
  createdb -h "$cluster" -U "$user" "$name"
  if ! rate=$(DATABASE_URL="postgresql://$user@localhost/$name?host=$cluster" timeout 300 node "$name.mjs" 2>"$name.log"); then
    printf '  %-16s %-8s not run: it fails (%s)\n' "$name" "$version" "$work/$name.log"
    return 0
  fi
  ratio=$(awk -v engine="$engine" -v peer="$rate" 'BEGIN { printf "%.1f", engine / peer }')
  printf '  %-16s %-8s %9s %-40s engine by peer: %s   asked >= 1' "$name" "$version" "$rate" "$what" "$ratio"
  if ((rate > engine)); then
    printf '   NOT MET'
    status=1
  fi
  printf '\n'
}

# What else it is held to is looked at when it runs by itself.
cd "$root"
engine=$("$bench_engine" 300000 steps | sed -nE 's,.*engine: ([0-9]+) steps/s.*,\1,p' || true)
cd "$work"
if [[ -z $engine ]]; then
  printf 'the engine gave no figure\n' >&2
  exit 3
fi
printf 'jobs and steps a second, the engine beside its peers, on %s:\n' "$(postgres --version)"
printf '  %-16s %-8s %9s durable steps/s, 300,000 contacts, 1,000 a batch\n' engine '' "$engine"
run graphile-worker 'jobs/s, 24 at once, batches of 500' graphile-worker
run pg-boss 'jobs/s, 4 loops, batches of 1,000' pg-boss
run dbos 'steps/s, 200 workflows of 10 at once' @dbos-inc/dbos-sdk
exit "$status"
