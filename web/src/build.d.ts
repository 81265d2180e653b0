// What the build puts in.
declare const RELEASE: string;
declare const WASM_INTEGRITY: string;
declare module 'go-wasm-exec';

// What not every browser has.
interface Navigator {
  connection?: { saveData: boolean };
}
declare var trustedTypes: { createPolicy(name: string, rules: object): any } | undefined;
