// The module in Node.
import { readFile } from "node:fs/promises";

import { api } from "./api.js";
import * as wasm from "./worldlines-module.js";

wasm.initSync({ module: await readFile(new URL("./worldlines-module_bg.wasm", import.meta.url)) });

export const { protocols, run, search, encode, decode, explain, svg } = api(wasm);
