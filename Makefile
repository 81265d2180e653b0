# Every target does its own set-up: on a machine with Go (1.21 or later) and make, go fetches the
# toolchain that go.mod names, and what cannot be fetched is named in one line.

GO ?= go
FUZZTIME ?= 1m
PORT ?= 8080
EMULATOR_PORT ?= 9229
export PORT EMULATOR_PORT REPOSITORY AUTHOR

WASMBROWSERTEST = github.com/agnivade/wasmbrowsertest@v0.11.0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
CYCLONEDX = github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
# The frameworks' typings are those that web/types has declarations for.
ESLINT = eslint@10.15.0 @eslint/js@10.0.1 globals@17.14.0
TYPESCRIPT = typescript@7.0.2 @types/react@19.3.3 react18-types@npm:@types/react@18.3.32 vue@3.5.45

BIN = $(CURDIR)/.cache/bin
JS = GOOS=js GOARCH=wasm

# Packages whose tests drive a browser for long or need npm run apart from the unit tests.
UNIT = $$($(GO) list ./... | grep -v -e /e2e/browser -e /e2e/flows -e /e2e/bench -e /e2e/interop -e /e2e/soak)

# Flows that also run with the engine on the page, as where there can be no worker: those that the host has a part in. make soak
# runs all of them so.
BOTH = ^Test(SignIn|ForceRefresh|EngineDies|ClassicScript|IndependentInstances|LimitsBeforeEngine|HostedUIRedirect|HostedUIPopup|Passkeys|StorageFallback)$$

# A flow waits, for frames, servers and answers, most of its time.
WAITING = -parallel $$((2 * $$(nproc 2>/dev/null || echo 2)))

# Coverage by kind of tests; the modes must be the same to be counted together.
COVER = -cover -covermode=atomic -coverpkg=./core/...
COVERAGE = $(CURDIR)/.cache/coverage
COVERED = $(CURDIR)/.cache/covered

# What takes pictures of every screen.
LOOKS = ^Test(WidgetScreens|DemoLayout|ShopLayout)$$

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo cognito test build bench pictures interop soak fuzz lint lint-tools outdated release chromium cc npm wasmtest test-unit test-js test-e2e test-covered coverage

help:
	@echo "make demo      the demo site on http://localhost:$(PORT) with a local Cognito on port $(EMULATOR_PORT)"
	@echo "make cognito   the local Cognito alone on port $(EMULATOR_PORT); ARGS='-data FILE -seed FILE' for one of your own"
	@echo "make test      everything that must pass"
	@echo "make build     fill dist/"
	@echo "make lint      gofmt, go vet, staticcheck, govulncheck, ESLint, tsc"
	@echo "make bench     compare with aws-amplify and amazon-cognito-identity-js"
	@echo "make interop   check against software not written here, and in Firefox and WebKit"
	@echo "make pictures  every screen in .cache/pictures/index.html; BEFORE=commit puts that commit's beside them"
	@echo "make soak      the long tests"
	@echo "make outdated  the dependencies that have a newer version"
	@echo "make release   the npm tarball, its SBOM, checksums and provenance in .cache/release;"
	@echo "               REPOSITORY=https://… AUTHOR='…' put where it comes from into its package.json"
	@echo "make fuzz      every fuzz target for FUZZTIME ($(FUZZTIME))"

build:
	./build.sh

# The demo replaces the shell, so that a signal to make reaches it and its ports are free again.
demo: build
	@$(GO) build -o $(BIN)/demo ./e2e/demo
	@exec $(BIN)/demo

# ARGS are further flags: make cognito ARGS='-data cognito.db -seed pools.json'.
cognito:
	@$(GO) build -o $(BIN)/cognito ./e2e/emulator/cmd
	@exec $(BIN)/cognito -addr 127.0.0.1:$(EMULATOR_PORT) $(ARGS)

test: build test-unit test-js test-e2e coverage
	@cat dist/sizes.txt

test-unit: cc
	$(GO) vet ./...
	$(JS) $(GO) vet ./core/... ./jsbridge/... ./wasm/...
	CGO_ENABLED=1 $(GO) test -vet=off -race -short $$(echo "$(UNIT)" | grep -v -e /core -e /e2e/engine)
	@rm -rf $(COVERAGE)/unit && mkdir -p $(COVERAGE)/unit
	CGO_ENABLED=1 $(GO) test -vet=off -race -short $(COVER) ./core/... ./e2e/engine -args -test.gocoverdir=$(COVERAGE)/unit
	@: # more sequences than the race detector has time for
	$(GO) test -vet=off -run '^Test(Federation)?Model$$' ./core

test-js: chromium wasmtest
	@rm -rf $(COVERAGE)/js && mkdir -p $(COVERAGE)/js
	$(JS) $(GO) test -vet=off -short $(COVER) -exec $(BIN)/wasmtest ./core/... ./jsbridge/... -args -test.gocoverdir=$(COVERAGE)/js

test-e2e: chromium
	SCREENSHOTS=$${SCREENSHOTS-$(CURDIR)/.cache/screenshots} $(GO) test -count=1 -timeout 40m $(WAITING) ./e2e/browser/... ./e2e/flows/...
	$(MAKE) test-covered ENGINE=page FLOWS='$(BOTH)'

# Flows on an engine that tells what of core it runs: dist/ with another wasm and its hash, compiled as the tests of test-js are.
test-covered:
	@rm -rf $(COVERED) $(COVERAGE)/e2e && mkdir -p .cache $(COVERAGE)/e2e && cp -R dist $(COVERED)
	@: # Go counts nothing in a program whose main package is left out
	$(JS) $(GO) build -tags coverage $(COVER),./wasm -ldflags='-s -w' -o $(COVERED)/amplify-auth.wasm ./wasm
	@find $(COVERED) \( -name '*.br' -o -name '*.gz' \) -delete
	@was=$$($(GO) run ./web/pack sri dist/amplify-auth.wasm) is=$$($(GO) run ./web/pack sri $(COVERED)/amplify-auth.wasm); \
		sed -i.was "s,$$was,$$is," $(COVERED)/amplify-auth.js $(COVERED)/amplify-auth.iife.js
	ENGINE=$(ENGINE) DIST=$(COVERED) COVERAGE=$(COVERAGE)/e2e $(GO) test -count=1 -timeout 60m $(WAITING) -run '$(FLOWS)' ./e2e/flows

# What of core the tests ran, each kind alone and all together.
coverage:
	@set -e; for kind in unit js e2e; do $(GO) tool covdata textfmt -i=$(COVERAGE)/$$kind -o=$(COVERAGE)/$$kind.txt; done; \
		cat $(COVERAGE)/unit.txt $(COVERAGE)/js.txt $(COVERAGE)/e2e.txt >$(COVERAGE)/together.txt; \
		for kind in unit js e2e together; do \
			{ echo 'mode: atomic'; grep /core/ $(COVERAGE)/$$kind.txt; } >$(COVERAGE)/core.txt; \
			$(GO) tool cover -func=$(COVERAGE)/core.txt | awk -v kind=$$kind '/^total:/ { ran = $$NF } \
				END { print "statements of core that ran, " kind ": " ran; if (kind == "unit" && ran + 0 < 90) { print "want 90%"; exit 1 } }'; \
		done

bench: build chromium npm
	$(GO) run ./e2e/bench

# What CI has taken is in .cache/screenshots.
pictures: build chromium
	@rm -rf .cache/pictures .cache/pictures-before
	SCREENSHOTS=$(CURDIR)/.cache/pictures $(GO) test -count=1 -run '$(LOOKS)' ./e2e/flows
	@if [ -n "$(BEFORE)" ]; then set -e; \
		rm -rf .cache/before; git worktree prune; git worktree add --quiet --detach .cache/before $(BEFORE); \
		(cd .cache/before && ./build.sh >/dev/null && SCREENSHOTS=$(CURDIR)/.cache/pictures-before $(GO) test -count=1 -run '$(LOOKS)' ./e2e/flows); \
		git worktree remove --force .cache/before; fi
	$(GO) run ./e2e/pictures .cache/pictures $(if $(BEFORE),.cache/pictures-before)

interop: build chromium npm
	$(GO) test -count=1 -timeout 60m -p 1 ./e2e/interop/...

soak: build chromium
	KILL_ROUNDS=100 $(GO) test -count=1 -timeout 1h -v ./e2e/emulator/cmd
	STORED_COUNT=50000 $(GO) test -count=1 -v -run '^TestStoredSessionsReadAlike$$' ./e2e/flows
	ENGINE=page $(GO) test -count=1 -timeout 60m $(WAITING) ./e2e/flows
	$(GO) test -count=1 -timeout 2h -parallel 1 -v ./e2e/soak/...
	ENGINE=page $(GO) test -count=1 -timeout 1h -v -run 'Killed|Frozen' ./e2e/soak # what a worker is measured by

# Up to Go 1.26 a target may end its time with an error of the clock alone: go.dev/issue/75804.
fuzz:
	@mkdir -p .cache; set -e; for package in $(UNIT); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package >.cache/fuzz.out 2>&1 || \
				{ cat .cache/fuzz.out; grep -q 'context deadline exceeded' .cache/fuzz.out && ! grep -q 'Failing input' .cache/fuzz.out || exit 1; }; \
			grep 'elapsed' .cache/fuzz.out | tail -1; \
		done; \
	done

lint-tools: npm
	GOBIN=$(BIN) $(GO) install $(STATICCHECK)
	GOBIN=$(BIN) $(GO) install $(GOVULNCHECK)
	npm install --silent --no-fund --no-audit --prefix .cache/tsc $(TYPESCRIPT) $(ESLINT)

lint: lint-tools
	@unformatted=$$(gofmt -l core e2e jsbridge wasm web); \
		if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(JS) $(GO) vet ./core/... ./jsbridge/... ./wasm/...
	$(BIN)/staticcheck ./...
	$(JS) $(BIN)/staticcheck ./core/... ./jsbridge/... ./wasm/...
	@$(BIN)/govulncheck ./... >$(BIN)/../govulncheck.txt 2>&1; code=$$?; \
		if grep -q 'fetching vulnerabilities' $(BIN)/../govulncheck.txt; then \
			echo "govulncheck: its database (vuln.go.dev) cannot be reached, so nothing was checked"; \
		else cat $(BIN)/../govulncheck.txt; exit $$code; fi
	NODE_PATH=.cache/tsc/node_modules .cache/tsc/node_modules/.bin/eslint -c web/eslint.config.cjs web
	.cache/tsc/node_modules/.bin/tsc -p web
	.cache/tsc/node_modules/.bin/tsc -p web/types
	.cache/tsc/node_modules/.bin/tsc -p web/types/tsconfig.react18.json

# What go.mod, the tools here and the npm packages of the tests could be raised to.
outdated: npm
	@echo "Go modules that go.mod names:"
	@$(GO) list -m -u -f '{{if .Update}}  {{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' \
		$$($(GO) list -m -f '{{if not (or .Main .Indirect)}}{{.Path}}{{end}}' all) | grep . || echo "  none"
	@echo "Tools of the Makefile:"
	@for tool in $(WASMBROWSERTEST) $(STATICCHECK) $(GOVULNCHECK) $(CYCLONEDX); do \
		module=$${tool%@*}; module=$$(echo $$module | sed 's,/cmd/.*,,'); \
		echo "  $$tool, newest $$($(GO) list -m -f '{{.Version}}' $$module@latest)"; \
	done
	@echo "npm packages:"
	@for manifest in $$(git ls-files 'e2e/*package.json'); do \
		(cd $$(dirname $$manifest) && npm outdated 2>/dev/null | awk -v from="$$manifest" 'NR > 1 && $$3 != $$4 { print "  " from, $$1, $$3, "->", $$4 }'); \
	done
	@for package in $(TYPESCRIPT) $(ESLINT); do \
		name=$${package%@*}; case $$name in *npm:*) continue;; esac; \
		echo "  $$package, newest $$(npm view $$name version)"; \
	done

release: build npm
	GOBIN=$(BIN) $(GO) install $(CYCLONEDX)
	PATH=$(BIN):$$PATH $(GO) run ./web/release .cache/release
	@cat .cache/release/SHA256SUMS

# --- set-up ---

chromium:
	@path=$$($(GO) run ./e2e/browser/chromium) && echo "Chromium: $$path"

wasmtest:
	@test -x $(BIN)/wasmbrowsertest || GOBIN=$(BIN) $(GO) install $(WASMBROWSERTEST)
	@$(GO) build -o $(BIN)/wasmtest ./e2e/browser/wasmtest

# The race detector links with cgo.
cc:
	@if ! command -v $$($(GO) env CC) >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq gcc libc6-dev; \
		else echo "make test needs a C compiler for the race detector: install gcc and libc6-dev, or set CC" >&2; exit 1; fi; \
	fi

npm:
	@command -v npm >/dev/null || { echo "This target needs npm (Node.js 20 or later): install it and run make again" >&2; exit 1; }
