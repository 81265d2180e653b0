#!/bin/sh
# Fills dist/ (see README.md for what each file is). Needs Go and nothing else; same inputs give the same bytes.
set -eu
cd "$(dirname "$0")"
GO=${GO:-go}
mkdir -p .cache
out=$(mktemp -d .cache/dist.XXXXXX)
trap 'rm -rf "$out"' EXIT

$GO run ./web/contract # what core/contract says, in the files of the page

# --- the engine; OVERLAY=0 compiles it with Go's library as it is and leaves the linked module alone
set -f
IFS='
' # the flags stand one a line, some have blanks
flags=$(grep -v '^#' wasm/build.flags)
if [ "${OVERLAY-}" != 0 ]; then
	$GO run ./wasm/overlay .cache/overlay
	flags="$flags
-overlay=.cache/overlay/overlay.json
-modfile=.cache/overlay/go.mod"
	if [ -e .cache/overlay/goroot ]; then # where an overlay may replace files, see there
		export GOROOT="$PWD/.cache/overlay/goroot" GOTOOLCHAIN=local
		GO=$GOROOT/bin/go
	fi
fi
engine() { # engine FILE [FLAG]
	GOOS=js GOARCH=wasm $GO build $flags ${2-} -o "$1" ./wasm
}
if [ "${OVERLAY-}" = 0 ]; then
	engine "$out/amplify-auth.wasm"
else
	engine .cache/linked.wasm
	$GO run ./wasm/overlay/slim .cache/linked.wasm "$out/amplify-auth.wasm"
fi
# its names cost weight, so its parts are weighed on a twin that has them
if ! $GO run ./web/pack parts "$out/amplify-auth.wasm" 2>/dev/null; then
	engine .cache/named.wasm -ldflags=-w
	GOOS=js GOARCH=wasm $GO list $flags -deps ./wasm | $GO run ./web/pack parts "$out/amplify-auth.wasm" .cache/named.wasm
fi
set +f
unset IFS
integrity=$($GO run ./web/pack sri "$out/amplify-auth.wasm")
release=$($GO run ./web/pack release "$out/amplify-auth.wasm" web/src web/widget)

# --- the page side; Go's wasm_exec.js becomes a function that runs only when the engine starts, without what it brings
# for where something is missing: web/src/fs.js stands for Node.js, and every browser has the rest
esbuild="$GO tool esbuild --minify --target=chrome91,firefox90,safari15 --charset=utf8 --legal-comments=none --log-level=warning"
{
	echo 'export default function (fs) {'
	sed -f web/pack/wasm_exec.sed "$($GO env GOROOT)/lib/wasm/wasm_exec.js"
	echo '}'
} | $esbuild --log-level=error --drop:console --define:globalThis.fs=true --define:globalThis.process=true --define:globalThis.path=true --define:globalThis.crypto=true \
	--define:globalThis.performance=true --define:globalThis.TextEncoder=true --define:globalThis.TextDecoder=true \
	--mangle-props=^_ --reserve-props='^_(makeFuncWrapper|pendingEvent|resume|scheduledTimeouts)$' >.cache/wasm_exec.js

bundle() { # bundle FILE ENTRY FORMAT [FLAG…]
	file=$1 entry=$2 format=$3
	shift 3
	$esbuild "$entry" --bundle --format="$format" --outfile="$out/$file" --alias:go-wasm-exec=./.cache/wasm_exec.js \
		--external:./amplify-auth.js --external:./amplify-sign-in.js \
		--define:WASM_INTEGRITY="\"$integrity\"" --define:RELEASE="\"$release\"" "$@"
}
# a page calls most of the loader: Chromium compiles all of it while it comes, off the page's thread
eager='--banner:js=//# allFunctionsCalledOnLoad'
bundle amplify-auth.js web/src/index.js esm "$eager"
bundle amplify-auth.iife.js web/src/iife.js iife "$eager"
bundle amplify-auth.worker.js web/src/worker.js iife
bundle compat.js web/src/compat.js esm
bundle react.js web/react/index.js esm --external:react '--banner:js="use client";'
bundle vue.js web/vue/index.js esm --external:vue
bundle testing.js web/testing/index.js esm
lazy= # what the element imports when it is needed
for file in web/widget/locales/*.js web/widget/parts/*.js; do
	file=${file#web/widget/}
	[ "$file" = locales/en.js ] && continue # English is in the bundle
	bundle "$file" "web/widget/$file" esm --footer:js="export const release=\"$release\";"
	lazy="$lazy --external:./$file"
done
bundle amplify-sign-in.js web/widget/index.js esm $lazy

cp web/types/*.d.ts "$out"
$GO run ./web/pack dist "$out"

chmod 755 "$out"
rm -rf dist
mv "$out" dist
cat dist/sizes.txt
[ "${OVERLAY-}" = 0 ] || $GO run ./web/pack budget dist
