
// Loads the parts of the program. The build writes what stands above, and an export for each part below.

/** Compiled files and files in the program's memory, as promises. A failure is never kept: the next call tries anew. */
const compiled = new Map();
const linked = new Map();

function once(known, file, start) {
  if (!known.has(file)) {
    const promise = start(file);
    known.set(file, promise);
    promise.catch(() => known.delete(file));
  }
  return known.get(file);
}

async function fetchFile(file, options) {
  const answer = await fetch(new URL(`./${file}.wasm`, import.meta.url), options);
  if (!answer.ok) throw new Error(`${file}.wasm: ${answer.status}`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

/** Once more after a failure, past the browser's cache: it may hold half a file. */
const compile = (file) =>
  once(compiled, file, () =>
    fetchFile(file, {}).catch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return fetchFile(file, { cache: "reload" });
    }),
  );

/** The file's imports come from a module that is named by the build: a file of another build is refused here. */
const link = (file) =>
  once(linked, file, async () => {
    const module = await compile(file);
    return WebAssembly.instantiate(module, { [BUILD]: initSync() });
  });

const filesOf = (part) => [...FIRST, ...(PARTS[part] ?? [])];

/** The function by which the program loads a part: `call` is the place of its answer in the table. */
function loaderOf(part) {
  return async (call, data) => {
    let loaded = false;
    try {
      await Promise.all(filesOf(part).map(link));
      loaded = true;
    } catch (error) {
      const other = error instanceof WebAssembly.LinkError || error instanceof TypeError;
      console.warn(`Part ${part} was not loaded${other ? ": is it of another build of the page?" : ""}`, error);
    }
    initSync().__indirect_function_table.get(call)(data, loaded);
  };
}

/** Fetches and compiles the files of a part, for a later use; true if that succeeded. */
const prefetch = (part) => Promise.all(filesOf(part).map(compile)).then(() => true, () => false);
const prefetchAll = () => Promise.all(Object.keys(PARTS).map(prefetch)).then((done) => done.every(Boolean));
globalThis.worldlinesParts = { names: Object.keys(PARTS), prefetch, prefetchAll };

/** Calls `then` once the program has arrived: until then the line is left to it. */
function afterProgram(then) {
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(({ name }) => name.endsWith(PROGRAM))) return;
    observer.disconnect();
    then();
  });
  observer.observe({ type: "resource", buffered: true });
}

// Beside the program comes what it needs at once; a link opens another run than the first picture's, and a worker none.
FIRST.forEach((file) => compile(file).catch(() => {}));
if (globalThis.document) {
  const [atOnce, ...later] = document.documentElement.dataset.opens ? LINKED : OPENING;
  prefetch(atOnce);
  afterProgram(() => later.forEach(prefetch));
}
