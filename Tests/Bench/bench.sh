#!/usr/bin/env bash
# Measures ecgbook beside Python's tools: one table, and .build/bench.json. `make bench` builds first.
#
#   bash Tests/Bench/bench.sh [--rows train,forward,predict,load,bootstrap,start] [--pairs N] [--quick]
#
# PTBXL=DIR                   PTB-XL's folder (default data/ptbxl; without it, 2,000 synthetic records)
# ECGBOOK_BENCH_PYTHON=PATH   a Python that has the peers (default: .venv is made with them)
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { printf 'bench: %s\n' "$1" >&2; exit 2; }
has_peers() { "$1" -c 'import numpy, sklearn, torch, wfdb' 2>/dev/null; }

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
    printf 'Making .venv with PyTorch, numpy, wfdb and scikit-learn …\n'
    make_venv "$base"
    if torch=$(cpu_torch); then
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

exec "$python" Tests/Bench/bench.py "$@"
