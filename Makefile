# make report   installs what is missing, builds, renders reports/evaluation.md
# make test     installs what is missing, builds once (release, testable), runs the tests
# make test-all the slow tests too; needs real data beside the project
# make bench    a table of ratios beside Python's tools, and one document beside pandoc and notebooks, in a .venv of its own
# make accessibility  checks the shipped reports: HTML in a browser with axe-core, PDF against PDF/UA-1, in a .venv of its own
# make stamp    records the rooms' versions with digests of their sources (see CONTRIBUTING.md)

SHELL := /bin/bash
.DEFAULT_GOAL := report
FLAGS := -c release -Xswiftc -enable-testing
ECGBOOK := .build/release/ecgbook

.PHONY: report test test-all bench accessibility stamp build setup setup-tests clean

report: build
	$(ECGBOOK) render reports/evaluation.md

build: setup
	@swift build $(FLAGS)

test: setup-tests
	@swift build $(FLAGS) --build-tests
	@swift test $(FLAGS) --skip-build

test-all: setup-tests
	@swift build $(FLAGS) --build-tests
	@ECGBOOK_SLOW_TESTS=1 swift test $(FLAGS) --skip-build

bench: build
	@bash Tests/Bench/bench.sh

accessibility: build setup-tests
	@bash Tests/Accessibility/pdf.sh
	@bash Tests/Accessibility/html.sh

stamp: setup-tests
	@swift build $(FLAGS) --build-tests
	@ECGBOOK_STAMP=1 swift test $(FLAGS) --skip-build --filter RoomVersionTests

setup-tests:
	@bash .ci/setup --tests

setup:
	@bash .ci/setup

clean:
	@rm -rf .build .ecgbook
