# Makes of Go's wasm_exec.js the body of a function that gives its class, without what the engine has no use for: an
# argument and an environment (where they would stand the memory is empty), the end of run, which program.js hears of by
# exit, what Go's own tests call, and what would be said of bytes that are in no Uint8Array.
s/^(() => {$/return &/
s/globalThis\.Go = /return /
/const enosys = /,/};/d
/testCallExport = /,/^\t*}$/d
/_gotest: {/,/},/d
/js\.valueInstanceOf"/,/},/d
/"debug":/,/}/d
/const setInt32 = /,/}/d
/this\.exit = (code)/,/};/d
/instanceof Uint8Array ||/,/}/d
/this\.argv = /d
/this\.env = /d
/this\._exitPromise = /,/});/d
/instanceof WebAssembly\.Instance/,/}/d
/let offset = 4096/,/const wasmMinDataAddr/d
/offset >= wasmMinDataAddr/,/}/d
s/run(argc, argv)/run(0, 4096)/
s/("utf-8")/()/
/if (this\.exited) {$/,/}/d
/await this\._exitPromise/d
