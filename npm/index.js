// The module in a browser, with or without a bundler.
import { api } from "./api.js";
import init, * as wasm from "./worldlines-module.js";

await init({ module_or_path: new URL("./worldlines-module_bg.wasm", import.meta.url) });

export const { protocols, run, search, encode, decode, explain, svg } = api(wasm);
