#!/usr/bin/env bash
# Renders the shipped reports and Tests/Documents/everything.md, and checks their HTML in a browser: html.py says how.
# They show synthetic ECGs, whatever data there are. `make accessibility` builds first.
#
#   bash Tests/Accessibility/html.sh [FILE.html ...]      checks these instead
#   bash Tests/Accessibility/html.sh --app                the web app alone
#
# CHROMIUM=PATH   another browser than the first of chromium, chromium-browser, google-chrome
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { printf 'accessibility: %s\n' "$1" >&2; exit 2; }

# apt-get install, as root or with sudo.
install() {
  command -v apt-get >/dev/null || return 1
  printf 'Installing with apt-get: %s\n' "$*"
  local run=()
  ((EUID == 0)) || run=(sudo)
  "${run[@]}" apt-get update -qq >/dev/null
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if [[ -z ${CHROMIUM:-} ]] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  install chromium || fail "no Chromium; install it, or set CHROMIUM=PATH"
fi

work=.build/accessibility
python=$work/venv/bin/python
if ! "$python" -c 'import axe_playwright_python, playwright' 2>/dev/null; then
  base=$(command -v python3) || { install python3 python3-venv && base=$(command -v python3); } || fail "no python3"
  printf 'Making %s with axe-core and Playwright …\n' "$work/venv"
  rm -rf "$work/venv"
  "$base" -m venv "$work/venv" 2>/dev/null || { install python3-venv && "$base" -m venv "$work/venv"; }
  "$work/venv/bin/pip" install --quiet --only-binary :all: axe-playwright-python==0.1.8 playwright
fi

previews=()
app=()
if [[ ${1:-} == --app ]]; then
  shift
  mkdir -p "$work"
  [[ -d $work/data ]] || .build/release/ecgbook data synthesize "$work/data" --records 60 --seed 1 >/dev/null
  "$python" Tests/Accessibility/app.py .build/release/ecgbook "$work/data" --screenshots "$work/screenshots"
  exit
fi
if (($# == 0)); then
  app=("$work/data")
  previews=(Tests/Documents/small.md)
  [[ -d $work/data ]] || .build/release/ecgbook data synthesize "$work/data" --records 60 --seed 1 >/dev/null
  # One short training each: what is tried is the page, not the network.
  for report in reports/*.md Tests/Documents/everything.md; do
    name=$(basename "$report" .md)
    printf 'Rendering %s …\n' "$report"
    short=()
    grep -q '^  data:' "$report" && short=(-P data=none)
    grep -q '^  epochs:' "$report" && short+=(-P epochs=1)
    grep -q '^  network:' "$report" && short+=(-P network=ECGConvNet)
    grep -q '^  record:' "$report" && short+=(-P record="$work/data/records100/00000/00001_lr")
    grep -q '^  previous:' "$report" && short+=(-P previous="$work/data/records100/00000/00002_lr")
    short+=(--project "$work" --output "$work/$name")
    .build/release/ecgbook render "$report" "${short[@]}" >"$work/$name.log" 2>&1 ||
      { cat "$work/$name.log" >&2; fail "$report does not render"; }
    set -- "$@" "$work/$name.html"
  done
  # The index of a batch, one row of which fails.
  (cd "$work" && printf 'output,record\nfirst,data/records100/00000/00001_lr\nlost,nowhere\n' >runs.csv)
  .build/release/ecgbook batch reports/recording.md --matrix "$work/runs.csv" --project "$work" --output "$work/batch" >/dev/null 2>&1 || [[ $? == 11 ]] ||
    fail "the batch does not render"
  set -- "$@" "$work/batch/index.html"
fi

status=0
"$python" Tests/Accessibility/html.py --screenshots "$work/screenshots" "$@" || status=1
for report in "${previews[@]}"; do
  "$python" Tests/Accessibility/preview.py .build/release/ecgbook "$report" --screenshots "$work/screenshots" || status=1
done
for data in "${app[@]}"; do
  "$python" Tests/Accessibility/app.py .build/release/ecgbook "$data" --screenshots "$work/screenshots" || status=1
done
exit "$status"
