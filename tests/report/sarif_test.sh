#!/usr/bin/env bash
# The SARIF reports against the schema of SARIF 2.1.0: those of the golden files, and one of every file of the corpus of
# mistakes. The schema is not ours and not kept here; it is in the npm package @microsoft/jest-sarif:
#   npm pack @microsoft/jest-sarif --pack-destination build/sarif && tar xzf build/sarif/*.tgz -C build/sarif
# Without it, or without python3-jsonschema, this ends with status 77: not run.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

fairlead=${1:-build/release/fairlead}
schema=${FAIRLEAD_SARIF_SCHEMA:-$(find build/sarif -name 'sarif-2.1.0*.json' -print -quit 2>/dev/null || true)}
python=''
for one in /usr/bin/python3 python3; do
  if "$one" -c 'import jsonschema' 2>/dev/null; then python=$one && break; fi
done
if [[ -z $schema || -z $python ]]; then
  echo "no schema (see $0) or no python3-jsonschema here"
  exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for case in tests/corpus/bad/* tests/corpus/bad/missing_file.lead examples/*; do
  "$fairlead" check "$case" --format "sarif:$folder/$(basename "$case").sarif" || (($? == 1 || $? == 3))
done
# Against a baseline: what is gone, what is new, and what was there.
trouble=examples/trouble/texts_at_night
mkdir "$folder/p"
checked() { "$fairlead" check "$folder/p/main.lead" "$@" >/dev/null 2>&1 || (($? == 1)); }
for from in trouble mended; do
  cp "$trouble/$from.lead" "$folder/p/main.lead"
  checked --write-baseline "$folder/$from.baseline"
done
checked --baseline "$folder/trouble.baseline" --format "sarif:$folder/gone.sarif"
cp "$trouble/trouble.lead" "$folder/p/main.lead"
checked --baseline "$folder/mended.baseline" --format "sarif:$folder/new.sarif"
checked --baseline "$folder/trouble.baseline" --format "sarif:$folder/known.sarif"
for state in gone:absent new:new known:unchanged; do
  grep -q "\"baselineState\": *\"${state#*:}\"" "$folder/${state%:*}.sarif" ||
    { echo "nothing is ${state#*:} in ${state%:*}.sarif" && exit 1; }
done
"$python" - "$schema" "$folder"/*.sarif tests/golden/formats/*.sarif <<'END'
import json, sys
import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
# A log that is not SARIF must be refused, or nothing was shown.
assert list(validator.iter_errors({"version": "2.1.0", "runs": [{"results": []}]})), "the schema refuses nothing"
bad = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    for error in validator.iter_errors(log):
        bad += 1
        print(f"{path}: {'/'.join(map(str, error.path))}: {error.message[:300]}")
print(f"{len(sys.argv) - 2} reports, {bad} violations")
sys.exit(1 if bad else 0)
END
