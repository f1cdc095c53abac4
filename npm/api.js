// The functions of the module, on plain objects. `index.js` and `node.js` load the program.

/** Longest time for which a search keeps the thread, in ms: less than a frame. */
const SLICE = 8;

/** Returns a value as the JSON that the program reads. A text is JSON already. */
const json = (name, value) => {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) throw wrong(name, value, "an object");
  return JSON.stringify(value);
};

const wrong = (path, value, expected) => {
  const found = value === undefined ? "nothing" : String(JSON.stringify(value) ?? typeof value).slice(0, 60);
  return Object.assign(new Error(`${path}: found ${found}, expected ${expected}`), { path, found, expected, suggestion: null });
};

/** Returns options of these types only. */
const checked = (options, types) => {
  if (typeof options !== "object" || options === null) throw wrong("options", options, "an object");
  for (const [name, value] of Object.entries(options)) {
    const type = types[name];
    if (type === undefined) throw wrong(`options.${name}`, value, `one of ${Object.keys(types).join(", ")}`);
    if (value !== undefined && typeof value !== type) throw wrong(`options.${name}`, value, `a value of the type ${type}`);
  }
  return options;
};

/** Lets the engine do other work. A timer would wait for 4 ms each time. */
const pause = () => {
  if (typeof setImmediate === "function") return new Promise((go) => setImmediate(go));
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });
};

/** Makes the functions of the program that `wasm` has. */
export const api = (wasm) => ({
  protocols: () => JSON.parse(wasm.protocols()).protocols,

  run: (scenario) => JSON.parse(wasm.run(json("scenario", scenario))),

  encode: (scenario) => wasm.encode(json("scenario", scenario)),

  decode(link) {
    if (typeof link !== "string") throw wrong("link", link, "a text");
    return JSON.parse(wasm.decode(link));
  },

  explain(scenario, property) {
    if (property !== undefined && typeof property !== "string") throw wrong("property", property, "the name of a property");
    return JSON.parse(wasm.explain(json("scenario", scenario), property));
  },

  svg(scenario, options = {}) {
    const types = { theme: "string", width: "number", bare: "boolean", link: "string" };
    const { theme, width, bare = false, link } = checked(options, types);
    return wasm.svg(json("scenario", scenario), theme, width, bare, link);
  },

  async search(scenario, options = {}, onProgress = undefined) {
    const types = { properties: "object", faults: "string", budget: "number", seed: "number", insideModel: "boolean", signal: "object" };
    const { signal, insideModel, ...others } = checked(options, types);
    if (onProgress !== undefined && typeof onProgress !== "function") throw wrong("onProgress", onProgress, "a function");
    signal?.throwIfAborted();
    const task = { scenario: JSON.parse(json("scenario", scenario)), ...others };
    if (insideModel !== undefined) task.inside_model = insideModel;
    const work = new wasm.SearchWork(JSON.stringify(task));
    try {
      for (let more = true; more; ) {
        const since = performance.now();
        do more = work.advance();
        while (more && performance.now() - since < SLICE);
        onProgress?.(JSON.parse(work.progress()));
        if (!more) break;
        await pause();
        signal?.throwIfAborted();
      }
      return JSON.parse(work.results());
    } finally {
      work.free();
    }
  },
});
