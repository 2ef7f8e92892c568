#!/usr/bin/env bash
# The hooks and templates for CI, as far as a machine without GitHub and GitLab can run them: their YAML is read, each of
# their scripts is looked at by shellcheck and run on a small repository with what the runner would set, and what comes out
# is read back. The hooks are run by pre-commit itself, where it is installed.
set -euo pipefail
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../..
root=$(readlink -f "$root")
fairlead=$(readlink -f "${1:-$root/build/release/fairlead}")

python=''
for one in /usr/bin/python3 python3; do
  if "$one" -c 'import yaml' 2>/dev/null; then python=$one && break; fi
done
if [[ -z $python ]]; then
  echo "no python3-yaml here"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t.example \
  GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t.example
bin=$work/bin
mkdir "$bin"
ln -s "$fairlead" "$bin/fairlead"
export PATH=$bin:$PATH

failed=0
# expect WHAT STATUS WANTED: says what is not as it should be.
expect() {
  if [[ $2 != "$3" ]]; then
    echo "$1: $2, and not $3"
    failed=1
  fi
}
has() {
  if ! grep -qF -e "$2" "$1"; then
    printf '%s does not say: %s\n' "$1" "$2"
    sed 's/^/    /' "$1"
    failed=1
  fi
}

# --- The scripts, out of their YAML -----------------------------------------------------------------------------------

# A script a step or job: the name in small letters, its shell, and what the file says it needs to be.
"$python" - "$root" "$work" <<'END'
import os, re, sys
import yaml

root, work = sys.argv[1:]
def read(name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return yaml.safe_load(file)
def write(name, shell, text):
    # An expression in a script would be put in before the shell reads it, whatever it holds.
    assert "${{" not in text, f"{name}: values go into scripts by the environment"
    with open(os.path.join(work, name), "w", encoding="utf-8") as file:
        file.write(f"#!/usr/bin/env {shell}\n{text}")

action = read("editors/ci/github/action.yml")
assert action["runs"]["using"] == "composite"
known = set(action["inputs"])
for step in action["runs"]["steps"]:
    text = yaml.safe_dump(step)
    for used in re.findall(r"inputs\.([a-z-]+)", text):
        assert used in known, f"there is no input {used}"
    assert ("run" in step) != ("uses" in step), step
    if "run" in step:
        assert step["shell"] == "bash"
        write("github-" + step["name"].split()[0].lower(), "bash", step["run"])
for name, one in action["inputs"].items():
    assert one["description"] and "default" in one, name
for name, one in action["outputs"].items():
    assert one["value"] == "${{ steps.check.outputs.%s }}" % name

pipeline = read("editors/ci/gitlab/fairlead.yml")
for name, job in pipeline.items():
    if name != "variables":
        write("gitlab-" + name, "sh", "\n".join(job["script"]))
reports = pipeline["fairlead-check"]["artifacts"]["reports"]
for report in reports.values():
    assert report in pipeline["fairlead-check"]["script"][0], report
with open(os.path.join(work, "gitlab.env"), "w", encoding="utf-8") as file:
    for name, value in pipeline["variables"].items():
        file.write(f"export {name}='{value}'\n")

for hook in read(".pre-commit-hooks.yaml"):
    assert {"id", "name", "entry", "language", "files"} <= set(hook), hook
    re.compile(hook["files"])
END
if command -v shellcheck >/dev/null; then
  shellcheck --shell=bash "$work"/github-* || failed=1
  shellcheck --shell=sh "$work"/gitlab-fairlead-* || failed=1
else
  echo "no shellcheck here: the scripts were run and not looked at"
fi

# --- A repository -----------------------------------------------------------------------------------------------------

trouble=$root/examples/trouble/consent_before_a_wait
git init --quiet --initial-branch=main "$work/origin"
cd "$work/origin"
mkdir tea
cp "$trouble/mended.lead" tea/tea.lead
git add .
git commit --quiet --message "Tea"
git clone --quiet "file://$work/origin" "$work/clone"
cd "$work/clone"

# --- GitHub -----------------------------------------------------------------------------------------------------------

export RUNNER_TEMP=$work/temp GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary GITHUB_ACTIONS=true CI=true
export FAIRLEAD=fairlead PROJECT=tea BASELINE='' FAIL_ON=error BASE=main

# As the runner starts them: bash --noprofile --norc -eo pipefail.
github() {
  local status=0
  rm -rf "$RUNNER_TEMP" "$GITHUB_OUTPUT" "$GITHUB_STEP_SUMMARY"
  mkdir "$RUNNER_TEMP"
  bash --noprofile --norc -eo pipefail "$work/github-$1" >"$work/log" 2>&1 || status=$?
  echo "$status"
}
# What the last step of the action makes of it.
decided() {
  local status=0
  STATUS=$(sed -n 's/^status=//p' "$GITHUB_OUTPUT") bash --noprofile --norc -eo pipefail "$work/github-decide" || status=$?
  echo "$status"
}

expect "a clean project" "$(github check)" 0
expect "a clean project, decided" "$(decided)" 0
has "$GITHUB_STEP_SUMMARY" "Nothing found."

cp "$trouble/trouble.lead" tea/tea.lead
expect "trouble, and the step goes on so that it can be sent" "$(github check)" 0
expect "trouble, decided" "$(decided)" 1
has "$work/log" "::error file=tea/tea.lead,line="
has "$work/log" "title=FL0503::"
has "$GITHUB_STEP_SUMMARY" "    error FL0503: "
has "$GITHUB_OUTPUT" "sarif=$RUNNER_TEMP/fairlead.sarif"
"$python" - "$RUNNER_TEMP/fairlead.sarif" <<'END' || failed=1
import json, sys
(run,) = json.load(open(sys.argv[1], encoding="utf-8"))["runs"]
(result,) = run["results"]
steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
assert len(steps) >= 3, steps
assert steps[-1]["location"]["physicalLocation"] == result["locations"][0]["physicalLocation"]
assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tea/tea.lead"
assert result["partialFingerprints"]["primaryLocationLineHash"]
END
expect "trouble that never fails" "$(FAIL_ON=never github check) $(FAIL_ON=never decided)" "0 0"
expect "no such setting" "$(FAIL_ON=sometimes github check)" 2
expect "no such project" "$(PROJECT=coffee github check)" 3

fairlead check tea --write-baseline known.json >/dev/null 2>&1 || failed=1
expect "trouble that is known" "$(BASELINE=known.json github check) $(decided)" "0 0"
has "$work/log" "::notice file=tea/tea.lead"
expect "no such baseline" "$(BASELINE=none.json github check)" 3

# --- GitLab -----------------------------------------------------------------------------------------------------------

# GitLab starts scripts of an image without bash with sh, and stops at the first command that fails.
gitlab() {
  local status=0
  rm -f gl-code-quality-fairlead.json fairlead-junit.xml
  (
    # shellcheck source=/dev/null
    . "$work/gitlab.env"
    export CI_PROJECT_DIR=$PWD CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main "${@:2}"
    sh -e "$work/gitlab-$1"
  ) >"$work/log" 2>&1 || status=$?
  echo "$status"
}

expect "GitLab: trouble" "$(gitlab fairlead-check FAIRLEAD_PROJECT=tea)" 1
has "$work/log" "error FL0503: "
"$python" - <<'END' || failed=1
import json
from xml.etree import ElementTree
(issue,) = json.load(open("gl-code-quality-fairlead.json", encoding="utf-8"))
assert issue["location"]["path"] == "tea/tea.lead" and issue["severity"] == "major", issue
assert issue["fingerprint"] and issue["location"]["lines"]["begin"] > 1, issue
suites = ElementTree.parse("fairlead-junit.xml").getroot()
assert suites.get("failures") == "1" and len(suites.findall(".//failure")) == 1
END
expect "GitLab: never" "$(gitlab fairlead-check FAIRLEAD_PROJECT=tea FAIRLEAD_FAIL_ON=never)" 0
expect "GitLab: known" "$(gitlab fairlead-check FAIRLEAD_PROJECT=tea FAIRLEAD_BASELINE=known.json)" 0
expect "GitLab: no such project" "$(gitlab fairlead-check FAIRLEAD_PROJECT=coffee FAIRLEAD_FAIL_ON=never)" 3
expect "GitLab: no such setting" "$(gitlab fairlead-check FAIRLEAD_PROJECT=tea FAIRLEAD_FAIL_ON=no)" 2

# --- No looser than the base ------------------------------------------------------------------------------------------

if fairlead --help | grep -E '^ +diff( |$)' >/dev/null; then
  git checkout --quiet tea
  expect "GitHub: the same rules" "$(github compare)" 0
  expect "GitLab: the same rules" "$(gitlab fairlead-no-looser FAIRLEAD_PROJECT=tea)" 0
  sed -i 's/channel.consent is not given/channel.consent is withdrawn/' tea/tea.lead
  expect "GitHub: looser rules" "$(github compare)" 1
  has "$work/log" "::error::tea allows what main forbids"
  expect "GitLab: looser rules" "$(gitlab fairlead-no-looser FAIRLEAD_PROJECT=tea)" 1
  expect "what is left behind" "$(git worktree list | wc -l)" 1
  git checkout --quiet tea
else
  echo "this fairlead has no diff: comparing with the base branch was looked at and not run"
fi

# --- pre-commit -------------------------------------------------------------------------------------------------------

if command -v pre-commit >/dev/null; then
  git init --quiet "$work/hooks"
  cp "$root/.pre-commit-hooks.yaml" "$work/hooks"
  git -C "$work/hooks" add .
  git -C "$work/hooks" commit --quiet --message "Hooks"
  hook() {
    local status=0
    git add tea
    pre-commit try-repo "$work/hooks" "$1" --files tea/tea.lead >"$work/log" 2>&1 || status=$?
    echo "$status"
  }
  cp "$trouble/mended.lead" tea/tea.lead
  expect "pre-commit: a clean project" "$(hook fairlead-check)" 0
  has "$work/log" "Passed"
  expect "pre-commit: in layout" "$(hook fairlead-format)" 0
  cp "$trouble/trouble.lead" tea/tea.lead
  expect "pre-commit: trouble" "$(hook fairlead-check)" 1
  has "$work/log" "error FL0503: "
  sed 's/^  *//' "$trouble/mended.lead" >tea/tea.lead
  expect "pre-commit: out of layout" "$(hook fairlead-format)" 1
  has "$work/log" "files were modified by this hook"
  if ! cmp --silent "$trouble/mended.lead" tea/tea.lead; then
    echo "pre-commit: the file is not as it should be laid out"
    failed=1
  fi
else
  echo "no pre-commit here: its hooks were read and not run"
fi
exit "$failed"
