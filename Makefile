# c7mon: `make help` lists the targets. Go, as new as go.mod says, git and make are all that must be there before;
# whatever else a target needs it installs, or says in one line how to (scripts/need).

SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: build demo test race check bench fuzz clean help

# No C compiler is needed for anything but the race detector.
export CGO_ENABLED = 0

# `c7mon version` reads what the go command notes of the commit. It is told to only where git can read this tree: a
# tree without git metadata, or one that belongs to another user, builds all the same.
VCS := -buildvcs=$(shell git rev-parse --verify -q HEAD >/dev/null 2>&1 && echo true || echo false)

# More flags of `go test`: make test TESTFLAGS='-run Golden -v'.
TESTFLAGS =
# Seconds a fuzz target: make fuzz FUZZTIME=60.
FUZZTIME = 3
# Packages: make test PKG=./isup
PKG = ./...

build: ## build bin/c7mon
	@scripts/need go
	go build $(VCS) -o bin/c7mon ./cmd/c7mon

# The week of the source documents, in the zone of the network they come from; --db and --tz are given so that no
# setting of the environment changes what is shown.
DEMO = bin/c7mon --db sqlite:demo/c7mon.db --tz Asia/Ho_Chi_Minh

demo: build ## make a week of calls, replay it, print its failure causes
	@mkdir -p demo
	@rm -f demo/oct2003.pcap demo/c7mon.db demo/c7mon.db-*
	bin/c7mon lab oct2003 -o demo/oct2003.pcap
	$(DEMO) replay demo/oct2003.pcap
	@echo
	$(DEMO) report causes --week 2003-10-12 --service IDD --lang vi
	@echo
	$(DEMO) report causes --week 2003-10-12 --service VOIP --lang vi --radix hex

test: ## run the tests, with PostgreSQL, tshark, Chromium and Poppler
	@scripts/need go postgresql tshark iproute2 chromium poppler-utils
	go test $(TESTFLAGS) $(PKG)

race: ## run the tests under the race detector
	@scripts/need go postgresql tshark iproute2 chromium poppler-utils gcc
	CGO_ENABLED=1 go test -race -timeout 30m $(TESTFLAGS) $(PKG)

check: ## everything that CI runs: test, gofmt, vet, staticcheck, race, tidy, fuzz
	.ci/run

bench: ## run the benchmarks
	@scripts/need go
	go test -run '^$$' -bench . -benchmem $(TESTFLAGS) $(PKG)

fuzz: ## run every fuzz target for FUZZTIME seconds
	@scripts/need go
	scripts/fuzz $(FUZZTIME) $(PKG)

clean: ## remove what make built
	rm -rf bin demo

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16
