# hbd: `make demo` shows the main job, `make test` passes the tests. `make help` lists the rest.
# Every target checks what it needs first (tools/bootstrap): root on Debian or Fedora gets it installed,
# everybody else gets the one line to run.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

PREFIX     ?= /usr
SYSCONFDIR ?= /etc
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SBINDIR    ?= $(PREFIX)/sbin
DOCDIR     ?= $(PREFIX)/share/doc/hbd
DESTDIR    ?=

ARCH   := $(shell uname -m)
RID    := $(if $(filter aarch64,$(ARCH)),linux-arm64,linux-x64)
OUT    := artifacts
HBD    := $(OUT)/bin/hbd
STAMPS := $(OUT)/stamps
SEEDS  ?= 10000
FIRST  ?= 1
ROUNDS ?= 1000000

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE := 1

SETTINGS := $(wildcard *.props global.json version.txt .editorconfig)
SOURCES  := $(shell find src -type d \( -name bin -o -name obj \) -prune -o -type f -print)
TESTS    := $(shell find tests -type d \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.resx' \) -print)
SIM      := tests/sim/Hbd.Sim.csproj

.PHONY: help all build test check sim fuzz netns bench demo fmt clean install uninstall

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1\t/' | while IFS=$$'\t' read -r name text; do printf '  %-10s %s\n' "$$name" "$$text"; done

all: build ## same as build

build: $(HBD) ## the binary artifacts/bin/hbd and its other name, hbctl

$(HBD): $(SOURCES) $(SETTINGS)
	@tools/bootstrap build
	dotnet publish src/hbd/daemon/Hbd.Daemon.csproj -c Release -r $(RID) -o $(OUT)/publish --nologo -v quiet
	@mkdir -p $(OUT)/bin $(OUT)/debug
	@install -m 0755 $(OUT)/publish/hbd $@
	@if [ -e $(OUT)/publish/hbd.dbg ]; then install -m 0644 $(OUT)/publish/hbd.dbg $(OUT)/debug/; fi
	@ln -sfn hbd $(OUT)/bin/hbctl

$(STAMPS)/tests: $(SOURCES) $(TESTS) $(SETTINGS) hbd.slnx | $(HBD)
	@tools/bootstrap build
	dotnet build hbd.slnx -c Release --nologo -v quiet
	@mkdir -p $(STAMPS)
	@touch $@

test: $(HBD) $(STAMPS)/tests ## unit tests, 500 simulator seeds, scenarios, the real binary in network namespaces
	@tools/bootstrap build test
	@tools/run-tests

check: test ## test, and the formatting of every file
	dotnet format hbd.slnx --no-restore --verify-no-changes

sim: $(STAMPS)/tests ## the simulator: make sim SEEDS=10000 FIRST=1
	@tools/run-tests --sim $(SEEDS) --first $(FIRST)

fuzz: $(STAMPS)/tests ## every reader against generated input: make fuzz ROUNDS=1000000
	HBD_FUZZ_ROUNDS=$(ROUNDS) tools/run-tests --fuzz

netns: $(HBD) ## only the tests with the real binary in network namespaces (root): make netns [ONLY=word]
	@tools/bootstrap test
	@python3 tests/netns/run.py --hbd $(HBD) $(if $(ONLY),--only '$(ONLY)')

bench: $(HBD) $(STAMPS)/tests ## measure what is promised, beside keepalived: make bench [QUICK=1]
	@tools/bootstrap bench
	@python3 tests/bench/bench.py --hbd $(HBD) --json $(OUT)/bench.json $(if $(QUICK),--quick) $(if $(ONLY),--only '$(ONLY)')

demo: $(HBD) ## two hosts and a client on this machine: failover, standby, one cable at a time
	@tools/bootstrap demo
	@python3 tools/demo --hbd $(HBD)

fmt: ## format the sources
	dotnet format hbd.slnx

clean: ## remove everything that was built
	rm -rf $(OUT)
	find src tests -type d \( -name bin -o -name obj -o -name __pycache__ \) -prune -exec rm -rf {} +

install: $(HBD) ## copy to DESTDIR with PREFIX, SYSCONFDIR, UNITDIR
	install -D -m 0755 $(HBD) $(DESTDIR)$(SBINDIR)/hbd
	ln -sfn hbd $(DESTDIR)$(SBINDIR)/hbctl
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/hbd
	if [ -e etc/hbd.toml ] && [ ! -e $(DESTDIR)$(SYSCONFDIR)/hbd/hbd.toml ]; then install -m 0644 etc/hbd.toml $(DESTDIR)$(SYSCONFDIR)/hbd/hbd.toml; fi
	for unit in $(wildcard packaging/systemd/*.service); do install -D -m 0644 $$unit $(DESTDIR)$(UNITDIR)/$${unit##*/}; done
	install -d -m 0755 $(DESTDIR)$(DOCDIR)
	install -m 0644 README.md CHANGELOG.md LICENSE $(wildcard doc/*.md) $(DESTDIR)$(DOCDIR)

uninstall: ## remove what install copied; the configuration stays
	rm -f $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(SBINDIR)/hbctl
	for unit in $(wildcard packaging/systemd/*.service); do rm -f $(DESTDIR)$(UNITDIR)/$${unit##*/}; done
	rm -rf $(DESTDIR)$(DOCDIR)
