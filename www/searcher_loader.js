// Starts the worker's program: what a reader asks for that takes long runs in it, beside the page.
importScripts("./searcher.js");
wasm_bindgen({ module_or_path: "./searcher_bg.wasm" });
