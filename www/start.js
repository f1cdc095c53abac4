// Starts the program: in the page, and in a worker of it.
// A worker has no document.
if (globalThis.document?.documentElement.dataset.embed !== undefined) import("./embedded.js");
try {
  const { default: init } = await import("./playground.js");
  await init({ module_or_path: new URL("./playground_bg.wasm", import.meta.url) });
} catch (error) {
  // Anything but a panic: a file could not be fetched.
  if (!(error instanceof WebAssembly.RuntimeError)) dispatchEvent(new Event("worldlines-not-fetched"));
  throw error;
}
