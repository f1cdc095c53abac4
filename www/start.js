// Starts the program: in the page, and in a worker of it, which has no document.
try {
  const isEmbed = globalThis.document?.documentElement.dataset.embed !== undefined;
  // It must hear all that the program tells.
  const embedded = isEmbed ? import("./embedded.js") : undefined;
  const { default: init } = await import("./playground.js");
  await embedded;
  await init({ module_or_path: new URL("./playground_bg.wasm", import.meta.url) });
} catch (error) {
  // Anything but a panic: a file could not be fetched.
  if (!(error instanceof WebAssembly.RuntimeError)) dispatchEvent(new Event("worldlines-not-fetched"));
  throw error;
}
