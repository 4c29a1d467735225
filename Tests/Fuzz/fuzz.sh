#!/usr/bin/env bash
# Fuzzes readers of foreign bytes with libFuzzer and AddressSanitizer, guided by coverage.
#
#   bash Tests/Fuzz/fuzz.sh [MINUTES [READER…]]    every reader of Tests/Fuzz/Readers, one minute each, unless told otherwise
#
# It builds in .build-fuzz, starts from Tests/Fuzz/corpus and keeps what it finds in .build-fuzz/corpus. An input that made a
# reader trap, hang (20 s) or read out of bounds lies in .build-fuzz/findings: with its mending, put it into the corpus as
# found-NAME, which minimizing keeps.
#
#   bash Tests/Fuzz/fuzz.sh minimize               what was found → Tests/Fuzz/corpus: for each place reached, a small input
set -euo pipefail
cd "$(dirname "$0")/../.."

build=.build-fuzz
coverage=edge,trace-cmp,inline-8bit-counters,pc-table  # what libFuzzer of Swift 6 needs; -sanitize=fuzzer alone gives none
ECGBOOK_FUZZ=1 swift build -c release --scratch-path "$build" --product ecgbook-fuzz --sanitize=fuzzer --sanitize=address \
  -Xswiftc -parse-as-library -Xswiftc -sanitize=fuzzer,address -Xswiftc -sanitize-coverage="$coverage"

readers() { sed -nE 's/.*FuzzedReader\("([a-z0-9-]+)"\) \{.*/\1/p' Tests/Fuzz/Readers/FuzzedReader.swift; }
run() {
  reader=$1; shift
  ASAN_OPTIONS=detect_leaks=0 ECGBOOK_FUZZ=$reader nice -n 10 "$build/release/ecgbook-fuzz" -max_len=2048 -timeout=20 \
    -rss_limit_mb=2560 -artifact_prefix="$build/findings/$reader-" "$@" >"$build/$reader.log" 2>&1 && status=0 || status=$?
  grep -E 'DONE|MERGE-OUTER.*new|SUMMARY|ERROR' "$build/$reader.log" | tail -n 1 | sed "s/^/$reader: /"
  return "$status"
}

mkdir -p "$build/findings"
failed=0
if [[ ${1:-} == minimize ]]; then
  for reader in $(readers); do
    smaller=$(mktemp -d)
    mkdir -p "$build/corpus/$reader"
    run "$reader" -set_cover_merge=1 -use_counters=0 -max_len=1000 \
      "$smaller" "Tests/Fuzz/corpus/$reader" "$build/corpus/$reader" || failed=1
    find "Tests/Fuzz/corpus/$reader" -name 'found-*' -exec cp {} "$smaller" \;
    rm -rf "Tests/Fuzz/corpus/$reader"
    mv "$smaller" "Tests/Fuzz/corpus/$reader"
    chmod 755 "Tests/Fuzz/corpus/$reader"
  done
  du -sb Tests/Fuzz/corpus/*
  exit "$failed"
fi

minutes=${1:-1}
shift || true
if (($#)); then names=("$@"); else mapfile -t names < <(readers); fi
for reader in "${names[@]}"; do
  mkdir -p "$build/corpus/$reader"
  run "$reader" -max_total_time=$((60 * minutes)) "$build/corpus/$reader" "Tests/Fuzz/corpus/$reader" || failed=1
done
exit "$failed"
