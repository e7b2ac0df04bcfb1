# Goals for people. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8045
ONCE ?=
SANITIZE ?=
BIN := .build/release
RELEASE := -c release --static-swift-stdlib
PREFIX ?= /usr
VENV := .build/venv

.PHONY: help demo run test build check format golden bench install uninstall clean prerequisites

help: ## List the goals
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: build ## Everything on this machine against the sandbox, no account needed (PORT=, ONCE=1)
	@PORT=$(PORT) ONCE=$(ONCE) tools/demo.sh $(BIN)

run: build ## The gateway against Google (PORT=; settings: docs/configuration.md)
	@PORT=$(PORT) exec $(BIN)/antigravity-supervisor

build: ## Build the three programs for use
	@tools/prerequisites.sh build
	@echo "Building (a first build takes some minutes) ..."
	@swift build $(RELEASE)

test: ## Install what is missing and run every test
	@tools/prerequisites.sh test
	@tools/test.sh

check: ## What must be green before a commit: format, warnings as errors, tests (SANITIZE=address|thread: sanitizer run)
	@tools/prerequisites.sh test
ifeq ($(SANITIZE),)
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
	@swift build --build-tests -Xswiftc -warnings-as-errors --scratch-path .build-check
	@tools/test.sh
else
	@tools/sanitize.sh $(SANITIZE)
endif

format: ## Lay out the sources
	@swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

golden: ## Rewrite the expected side of the golden fixtures; review the diff
	@ANTIGRAVITY_GOLDEN=rewrite swift test --filter 'Golden|GeminiAPICodec'
	@git --no-pager diff --stat -- Tests

bench: build ## Measure against nginx and compare with the checked-in figures
	@tools/prerequisites.sh bench
	@Benchmarks/run.sh $(BIN)

install: build ## Install programs and systemd units below PREFIX (root)
	@tools/install.sh $(BIN) "$(DESTDIR)" "$(PREFIX)"

uninstall: ## Remove what install put there; state and settings stay
	@tools/install.sh --remove "$(DESTDIR)" "$(PREFIX)"

clean: ## Remove everything that was built
	@rm -rf .build .build-*
