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
MANDIR     ?= $(PREFIX)/share/man
LIBDIR     ?= $(PREFIX)/lib/hbd
INCLUDE    ?= $(PREFIX)/include/hbd
# Where OCF has its agents, on every distribution.
OCFDIR     ?= $(PREFIX)/lib/ocf/resource.d/hbd
COMPLETION ?= $(PREFIX)/share/bash-completion/completions
DESTDIR    ?=

ARCH   := $(shell uname -m)
RID    := $(if $(filter aarch64,$(ARCH)),linux-arm64,linux-x64)
OUT    := artifacts

# Names of heartbeat's commands: links to hbd, where heartbeat had them.
BINDIR    ?= $(PREFIX)/bin
CLASSIC   := hb_standby hb_takeover
HEARTBEAT := $(PREFIX)/share/heartbeat

# Names of built-in agents that also are OCF agents: links to hbd.
BUILT_IN := IPaddr IPaddr2 IPv6addr WriteFile symlink Symlink Dummy Delay Sysctl Route IPsrcaddr SendArp portblock Filesystem LinuxSCSI Raid1 MailTo AudibleAlarm drbddisk
# Pacemaker's tools as agents call them: links to hbd in a directory that only agents see.
SHIMS    := crm_attribute crm_master crm_node attrd_updater crm_resource crm_mon crm_failcount crm_standby cibadmin
HBD    := $(OUT)/bin/hbd
STAMPS := $(OUT)/stamps
SEEDS  ?= 10000
FIRST  ?= 1
ROUNDS ?= 1000000
DEPTH  ?= 10
HOURS  ?= 24
RACES  ?= 200

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE := 1

SETTINGS := $(wildcard *.props global.json version.txt .editorconfig)
SOURCES  := $(shell find src -type d \( -name bin -o -name obj \) -prune -o -type f -print)
TESTS    := $(shell find tests -type d \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.resx' \) -print)
SIM      := tests/sim/Hbd.Sim.csproj
SIMULATOR := dotnet tests/sim/bin/Release/net*/hbd-sim.dll

.PHONY: help all build plugins test check sim explore coverage mutants soak fuzz netns e2e races bench demo fmt clean install uninstall deb rpm packages-test messages

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## */\1\t/' | while IFS=$$'\t' read -r name text; do printf '  %-13s %s\n' "$$name" "$$text"; done

all: build ## same as build

build: $(HBD) ## the binary artifacts/bin/hbd and its other name, hbctl

$(HBD): $(SOURCES) $(SETTINGS)
	@tools/bootstrap build
	dotnet publish src/hbd/daemon/Hbd.Daemon.csproj -c Release -r $(RID) -o $(OUT)/publish --nologo -v quiet
	@mkdir -p $(OUT)/bin $(OUT)/debug
	@install -m 0755 $(OUT)/publish/hbd $@
	@if [ -e $(OUT)/publish/hbd.dbg ]; then install -m 0644 $(OUT)/publish/hbd.dbg $(OUT)/debug/; fi
	@ln -sfn hbd $(OUT)/bin/hbctl

PLUGINS := $(OUT)/plugins
OBJECT  := -std=gnu11 -Wall -Wextra -Werror -O2 -fPIC -shared -Isrc/plugins/include
EXAMPLE := src/plugins/examples

plugins: ## the example agents and drivers as shared objects, in artifacts/plugins
	@tools/bootstrap build plugins
	@mkdir -p $(PLUGINS)
	$(CC) $(OBJECT) -Wl,-e,hbd_program_entry -o $(PLUGINS)/WriteFile.so $(EXAMPLE)/c/WriteFile.c
	$(CC) $(OBJECT) -o $(PLUGINS)/FileFence.so $(EXAMPLE)/c/FileFence.c
	dotnet publish $(EXAMPLE)/csharp/WriteFile.csproj -c Release -r $(RID) -o $(OUT)/publish-csharp --nologo -v quiet
	@install -m 0755 $(OUT)/publish-csharp/WriteFileSharp.so $(PLUGINS)
	@if command -v go > /dev/null; then \
	  cd $(EXAMPLE)/go && GOFLAGS=-trimpath go build -buildmode=c-shared -o $(CURDIR)/$(PLUGINS)/WriteFileGo.so . \
	    && rm -f $(CURDIR)/$(PLUGINS)/WriteFileGo.h; \
	else echo "no go on this machine: the example in Go is left out"; fi

$(STAMPS)/tests: $(SOURCES) $(TESTS) $(SETTINGS) hbd.slnx | $(HBD)
	@tools/bootstrap build
	dotnet build hbd.slnx -c Release --nologo -v quiet
	@mkdir -p $(STAMPS)
	@touch $@

test: $(HBD) $(STAMPS)/tests plugins ## unit tests, 500 simulator seeds, scenarios, the real binary in network namespaces
	@tools/bootstrap build test
	@tools/run-tests

check: test mutants coverage ## test, every fault that must be found, all transitions, a deeper exploration, the formatting of every file
	@$(SIMULATOR) explore --depth 10
	@$(SIMULATOR) explore --from calm --depth 12
	dotnet format hbd.slnx --no-restore --verify-no-changes

messages: ## write doc/messages.md, the table of keys in doc/configuration.md and doc/status.schema.json anew from the source
	@tools/bootstrap build
	HBD_WRITE_PAGES=1 dotnet test tests/core -c Release --nologo -v quiet --filter 'MessagePageTests|KeyReferenceTests'
	HBD_WRITE_PAGES=1 dotnet test tests/daemon -c Release --nologo -v quiet --filter StatusSchemaTests

sim: $(STAMPS)/tests ## the simulator: make sim SEEDS=10000 FIRST=1
	@tools/run-tests --sim $(SEEDS) --first $(FIRST)

explore: $(STAMPS)/tests ## everything that can happen to a small pair: make explore DEPTH=10
	@$(SIMULATOR) explore --depth $(DEPTH)

coverage: $(STAMPS)/tests ## 10,000 seeds: which transitions were taken how often, and which never
	@$(SIMULATOR) run --once --coverage --seeds 10000

mutants: ## deliberate faults of the core, each of which the simulator must find: make mutants [ONLY=word]
	@tools/bootstrap build
	@tools/mutants $(if $(ONLY),--only '$(ONLY)')

soak: $(STAMPS)/tests ## a quiet life in virtual time: make soak HOURS=24
	@$(SIMULATOR) soak --hours $(HOURS)

fuzz: $(STAMPS)/tests ## every reader against generated input: make fuzz ROUNDS=1000000
	HBD_FUZZ_ROUNDS=$(ROUNDS) tools/run-tests --fuzz

netns: $(HBD) ## only the tests with the real binary in network namespaces (root): make netns [ONLY=word]
	@tools/bootstrap test
	@python3 tests/netns/run.py --hbd $(HBD) $(if $(ONLY),--only '$(ONLY)')

e2e: ## two virtual machines with systemd: the package from installation to purge, and faults (root): make e2e [ONLY=word] [TRANSCRIPT=file]
	@tools/bootstrap e2e
	@if command -v dpkg-buildpackage > /dev/null; then $(MAKE) --no-print-directory deb; fi
	@python3 tests/e2e/run.py --report $(OUT)/e2e.json $(if $(ONLY),--only '$(ONLY)') $(if $(TRANSCRIPT),--transcript '$(TRANSCRIPT)')

races: $(HBD) ## both hosts shoot at the same moment, 200 times: make races [RACES=n]
	@tools/bootstrap test
	@python3 tests/netns/races.py --hbd $(HBD) --races $(RACES)

bench: $(HBD) $(STAMPS)/tests plugins ## measure what is promised, beside keepalived and Pacemaker: make bench [QUICK=1]
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
	install -d -m 0755 $(DESTDIR)$(LIBDIR)/plugins $(DESTDIR)$(OCFDIR) $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	for agent in $(BUILT_IN); do ln -srfn $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(OCFDIR)/$$agent; done
	install -d -m 0755 $(DESTDIR)$(BINDIR) $(DESTDIR)$(HEARTBEAT)
	ln -srfn $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(BINDIR)/cl_status
	for name in $(CLASSIC); do ln -sfn hbd $(DESTDIR)$(SBINDIR)/$$name; ln -srfn $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(HEARTBEAT)/$$name; done
	install -d -m 0755 $(DESTDIR)$(LIBDIR)/shims
	for tool in $(SHIMS); do ln -srfn $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(LIBDIR)/shims/$$tool; done
	install -D -m 0644 -t $(DESTDIR)$(INCLUDE) src/plugins/include/hbd_agent.h src/plugins/include/hbd_stonith.h
	install -m 0755 packaging/make-authkeys packaging/replace-running packaging/drbd-fence-peer $(DESTDIR)$(LIBDIR)
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/hbd
	if [ ! -e $(DESTDIR)$(SYSCONFDIR)/hbd/hbd.toml ]; then install -m 0644 etc/hbd.toml $(DESTDIR)$(SYSCONFDIR)/hbd/hbd.toml; fi
	install -D -m 0644 packaging/systemd/hbd.service $(DESTDIR)$(UNITDIR)/hbd.service
	install -D -m 0644 packaging/systemd/hbd-witness.service $(DESTDIR)$(UNITDIR)/hbd-witness.service
	install -D -m 0644 -t $(DESTDIR)$(MANDIR)/man1 packaging/man/cl_status.1
	for name in $(CLASSIC); do ln -sfn cl_status.1 $(DESTDIR)$(MANDIR)/man1/$$name.1; done
	install -m 0644 packaging/man/*.5 $(DESTDIR)$(MANDIR)/man5
	install -m 0644 packaging/man/*.8 $(DESTDIR)$(MANDIR)/man8
	tools/man-page doc/configuration.md > $(DESTDIR)$(MANDIR)/man5/hbd.toml.5
	install -d -m 0755 $(DESTDIR)$(MANDIR)/man7
	tools/man-page doc/messages.md > $(DESTDIR)$(MANDIR)/man7/hbd-messages.7
	install -D -m 0644 packaging/completion/hbd $(DESTDIR)$(COMPLETION)/hbd
	ln -sfn hbd $(DESTDIR)$(COMPLETION)/hbctl
	install -d -m 0755 $(DESTDIR)$(DOCDIR)/examples
	install -m 0644 README.md CHANGELOG.md LICENSE $(wildcard doc/*.md) doc/status.schema.json $(DESTDIR)$(DOCDIR)
	install -m 0644 etc/hbd.toml etc/authkeys etc/samples/*.toml $(DESTDIR)$(DOCDIR)/examples

uninstall: ## remove what install copied; the configuration stays
	rm -f $(DESTDIR)$(SBINDIR)/hbd $(DESTDIR)$(SBINDIR)/hbctl $(DESTDIR)$(UNITDIR)/hbd.service $(DESTDIR)$(UNITDIR)/hbd-witness.service
	rm -f $(DESTDIR)$(BINDIR)/cl_status $(addprefix $(DESTDIR)$(SBINDIR)/,$(CLASSIC)) $(addprefix $(DESTDIR)$(HEARTBEAT)/,$(CLASSIC))
	if [ -d $(DESTDIR)$(HEARTBEAT) ]; then rmdir --ignore-fail-on-non-empty $(DESTDIR)$(HEARTBEAT); fi
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man1/,cl_status.1 $(addsuffix .1,$(CLASSIC)))
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/,man7/hbd-messages.7 man5/hbd.toml.5 man5/hbd-authkeys.5 man8/hbd.8 man8/hbctl.8)
	rm -f $(DESTDIR)$(COMPLETION)/hbd $(DESTDIR)$(COMPLETION)/hbctl
	rm -f $(addprefix $(DESTDIR)$(OCFDIR)/,$(BUILT_IN))
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,make-authkeys replace-running drbd-fence-peer)
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/shims/,$(SHIMS))
	for name in shims plugins; do if [ -d $(DESTDIR)$(LIBDIR)/$$name ]; then rmdir --ignore-fail-on-non-empty $(DESTDIR)$(LIBDIR)/$$name; fi; done
	if [ -d $(DESTDIR)$(LIBDIR) ]; then rmdir --ignore-fail-on-non-empty $(DESTDIR)$(LIBDIR) $(DESTDIR)$(OCFDIR); fi
	rm -rf $(DESTDIR)$(DOCDIR) $(DESTDIR)$(INCLUDE)

deb: $(HBD) ## Debian packages (hbd, hbd-dev) in artifacts/packages
	@tools/bootstrap packages
	rm -rf $(OUT)/deb
	mkdir -p $(OUT)/deb/hbd $(OUT)/packages
	cp -r packaging/deb $(OUT)/deb/hbd/debian
	cd $(OUT)/deb/hbd && HBD_TREE=$(CURDIR) dpkg-buildpackage -b -us -uc -d > ../build.log 2>&1 || { tail -n 40 ../build.log; exit 1; }
	rm -f $(OUT)/packages/*.deb
	cp $(OUT)/deb/*.deb $(OUT)/packages
	@ls $(OUT)/packages/*.deb

rpm: $(HBD) ## RPM packages (hbd, hbd-devel) in artifacts/packages
	@tools/bootstrap packages
	rm -rf $(OUT)/rpm
	mkdir -p $(OUT)/rpm $(OUT)/packages
	rpmbuild -bb --define '_topdir $(CURDIR)/$(OUT)/rpm' --define 'hbd_tree $(CURDIR)' packaging/rpm/hbd.spec > $(OUT)/rpm/build.log 2>&1 || { tail -n 40 $(OUT)/rpm/build.log; exit 1; }
	rm -f $(OUT)/packages/*.rpm
	cp $(OUT)/rpm/RPMS/*/*.rpm $(OUT)/packages
	@ls $(OUT)/packages/*.rpm

packages-test: deb rpm ## both packages: files, modes, scripts, installation and removal in scratch roots, lintian
	@python3 tests/packages/run.py $(if $(ONLY),--only '$(ONLY)')
