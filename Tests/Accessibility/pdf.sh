#!/usr/bin/env bash
# Renders the reports that ship and one with every construct, on synthetic ECGs and for one epoch, and holds their PDFs
# against PDF/UA-1: what pdfua checks of it, and qpdf the file. `make accessibility` builds first.
# Ends with status 1 where anything was found.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { printf 'accessibility: %s\n' "$1" >&2; exit 2; }

python=.venv/bin/python
if ! "$python" -c 'import pdfua' 2>/dev/null; then
  [[ -x $python ]] || python3 -m venv .venv || fail "python3 cannot make a .venv; install its module venv"
  .venv/bin/pip install --quiet pdfua || fail "pip cannot install pdfua"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
.build/release/ecgbook data synthesize "$folder/data" --records 60 --seed 1 >/dev/null
for report in reports/*.md Tests/Documents/everything.md; do
  name=$(basename "$report" .md)
  options=()
  if grep -q '^  data:' "$report"; then options+=(-P data=nowhere); fi
  if grep -q '^  epochs:' "$report"; then options+=(-P epochs=1); fi
  if grep -q '^  network:.*ECGConvNet' "$report"; then options+=(-P network=ECGConvNet); fi
  if grep -q '^  record:' "$report"; then options+=(-P record="$folder/data/records100/00000/00001_lr"); fi
  if grep -q '^  previous:' "$report"; then options+=(-P previous="$folder/data/records100/00000/00002_lr"); fi
  options+=(--line-numbers --project "$folder" --output "$folder/$name")
  if {
    .build/release/ecgbook render "$report" "${options[@]}" &&
      "$python" -m pdfua check "$folder/$name.pdf" && qpdf --check "$folder/$name.pdf"
  } >"$folder/log" 2>&1; then
    printf '%s: nothing found\n' "$name.pdf"
  else
    cat "$folder/log"
    status=1
  fi
done
exit "$status"
