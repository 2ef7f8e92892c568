#!/usr/bin/env bash
# The Vim files under editors/vim: that a .lead file is known, and that the words of a sample get the colours they
# should. Needs a Vim with syntax; `./dev test` runs this where there is one.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tests/editors/sample.lead "$work/sample.lead"

status=0
vim -N -u NONE -i NONE -n -es \
  --cmd "set runtimepath^=editors/vim" --cmd "filetype plugin on" --cmd "syntax on" \
  --cmd "let g:report = '$work/report'" \
  -S tests/editors/vim_test.vim "$work/sample.lead" </dev/null || status=$?

if [[ ! -s $work/report ]]; then
  echo "Vim ended with status $status and wrote no report."
  exit 1
fi
cat "$work/report"
exit "$status"
