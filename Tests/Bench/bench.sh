#!/usr/bin/env bash
# Measures ecgbook beside Python's tools: one table, and .build/bench.json. `make bench` builds first.
#
#   bash Tests/Bench/bench.sh [--rows train,forward,predict,load,bootstrap,start,documents,waves] [--pairs N] [--quick]
#
# The row `documents` takes pandoc, LaTeX, Chromium, papermill and nbconvert; without one of them its column is left out.
# The row `waves` takes annotated records at ../shared/data and Python's delineators; what is missing is left out, too.
#
# PTBXL=DIR                   PTB-XL's folder (default data/ptbxl; without it, 2,000 synthetic records)
# ECGBOOK_BENCH_PYTHON=PATH   a Python that has the peers (default: .venv is made with them)
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { printf 'bench: %s\n' "$1" >&2; exit 2; }
wave_peers=(neurokit2 prominence-delineator vg-beat-detectors ecgdeli)
document_peers=(papermill nbconvert ipykernel pandas matplotlib jinja2 axe-playwright-python playwright)

# The rows that are asked for; empty for all.
rows=
for ((i = 1; i <= $#; i++)); do
  [[ ${!i} != --rows=* ]] || { rows=${!i}; rows=${rows#--rows=}; }
  next=$((i + 1))
  [[ ${!i} != --rows ]] || rows=${!next:-}
done
# For documents or waves alone PyTorch is not needed.
peers=(numpy sklearn torch wfdb)
[[ $rows != documents ]] || peers=(json)
[[ $rows != waves ]] || peers=(numpy wfdb)
can_import() { local IFS=,; "$1" -c "import ${*:2}" 2>/dev/null; }
has_peers() { can_import "$1" "${peers[@]}"; }

# apt-get install, as root or with sudo.
install() {
  command -v apt-get >/dev/null || return 1
  printf 'Installing with apt-get: %s\n' "$*"
  local run=()
  ((EUID == 0)) || run=(sudo)
  "${run[@]}" apt-get update -qq >/dev/null
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A new .venv, by the given Python and with further options of venv.
make_venv() {
  local python=$1
  shift
  rm -rf .venv
  "$python" -m venv "$@" .venv 2>/dev/null && return
  install python3-venv || fail "$python cannot make a .venv; install its module venv"
  "$python" -m venv "$@" .venv
}

# What to ask pip for: PyTorch for the CPU alone, which on Linux is a version that ends in +cpu; the plain one brings
# gigabytes of GPU libraries. Fails where pip's index and wheel folders have none: PIP_EXTRA_INDEX_URL can name another.
cpu_torch() {
  [[ $(uname -s) != Darwin ]] || { printf 'torch\n'; return; }
  local version
  version=$(.venv/bin/pip index versions torch 2>/dev/null | grep -oE '[0-9][0-9.]*\+cpu' | sort -V | tail -n 1)
  [[ -n $version ]] && printf 'torch==%s\n' "$version"
}

python=${ECGBOOK_BENCH_PYTHON:-}
if [[ -n $python ]]; then
  has_peers "$python" || fail "$python lacks one of numpy, scikit-learn, torch, wfdb"
else
  python=.venv/bin/python
  if ! has_peers "$python"; then
    base=$(command -v python3) || { install python3 python3-venv && base=$(command -v python3); } || fail "no python3"
    printf 'Making .venv …\n'
    make_venv "$base"
    if [[ $rows == documents ]]; then
      :
    elif [[ $rows == waves ]]; then
      .venv/bin/pip install --quiet --only-binary :all: numpy wfdb
    elif torch=$(cpu_torch); then
      .venv/bin/pip install --quiet --only-binary :all: "$torch" numpy wfdb scikit-learn
    else
      printf "pip finds no PyTorch for the CPU alone; taking the system's package.\n"
      install python3-torch python3-venv || fail "no python3-torch either; set ECGBOOK_BENCH_PYTHON"
      make_venv /usr/bin/python3 --system-site-packages
      # The system's PyTorch was built with the first numpy.
      .venv/bin/pip install --quiet 'numpy<2' wfdb scikit-learn
    fi
    has_peers "$python" || fail "the peers do not import: try $python -c 'import numpy, sklearn, torch, wfdb'"
  fi
fi

if [[ -z $rows || ,$rows, == *,documents,* ]]; then
  # What cannot be had is said by the row itself.
  missing=()
  command -v pandoc >/dev/null || missing+=(pandoc)
  { command -v pdflatex && kpsewhich lmodern.sty && kpsewhich caption.sty; } >/dev/null 2>&1 || missing+=(texlive-latex-recommended lmodern)
  [[ -n ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
  command -v pdfinfo >/dev/null || missing+=(poppler-utils)
  command -v qpdf >/dev/null || missing+=(qpdf)
  ((${#missing[@]} == 0)) || install "${missing[@]}" || printf 'bench: cannot install %s\n' "${missing[*]}" >&2
  if ! can_import "$python" "${document_peers[@]//-/_}" && [[ -z ${ECGBOOK_BENCH_PYTHON:-} ]]; then
    printf 'Adding to .venv: %s …\n' "${document_peers[*]}"
    .venv/bin/pip install --quiet --only-binary :all: "${document_peers[@]}" || printf 'bench: pip cannot install them\n' >&2
  fi
fi

if [[ -z $rows || ,$rows, == *,waves,* ]]; then
  if ! can_import "$python" "${wave_peers[@]//-/_}" && [[ -z ${ECGBOOK_BENCH_PYTHON:-} ]]; then
    printf 'Adding to .venv: %s …\n' "${wave_peers[*]}"
    .venv/bin/pip install --quiet --only-binary :all: "${wave_peers[@]}" ||
      printf 'bench: pip cannot install them\n' >&2
  fi
fi

exec "$python" Tests/Bench/bench.py "$@"
