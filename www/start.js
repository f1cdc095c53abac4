// Starts the program: in the page, and in a worker of it, which has no document.
const { embed, offline, unsupported } = globalThis.document?.documentElement.dataset ?? {};
try {
  // Without WebAssembly the page is a picture with a sentence (early.js).
  if (unsupported === undefined) {
    // It must hear all that the program tells.
    const embedded = embed === undefined ? undefined : import("./embedded.js");
    // The file that the address asks for is fetched beside the program.
    const asks = /[?&]src=./.test(globalThis.document?.location.search ?? "");
    const source = asks ? import("./source.js").then(({ serve }) => serve()) : undefined;
    const { default: init } = await import("./playground.js");
    await embedded;
    await source;
    await init({ module_or_path: new URL("./playground_bg.wasm", import.meta.url) });
    // Where it does not come, the page works by the network alone.
    if (offline !== undefined) import("./offline.js").catch(() => {});
  }
} catch (error) {
  // Anything but a panic: a file could not be fetched.
  if (!(error instanceof WebAssembly.RuntimeError)) dispatchEvent(new Event("worldlines-not-fetched"));
  throw error;
}
