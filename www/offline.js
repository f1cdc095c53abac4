// Keeps the page for use without a network, by the service worker (`sw.js`), and tells of a new version of it
// (docs/offline.md). Comes after the program: nothing of it is needed to begin.

/** Folder of the page. */
const HERE = new URL("../", import.meta.url).href;
/** This build: the name of the folder of this file. */
const BUILD = /([0-9a-f]{16})\/$/.exec(new URL("./", import.meta.url).href)?.[1];
/** Time for the worker's answer, in ms: it may fetch a whole build. */
const PATIENCE = 300_000;
/** Time between two looks for a new version, in ms, where the reader comes back to the page, and where they stay. */
const OFTEN = 10 * 60_000;
const SELDOM = 60 * 60_000;
/** Greatest time to wait for parts that have not come, or for a moment without work, in ms. */
const LONG = 20_000;

const root = document.documentElement;

/** The browser's service workers; none where there are none for this page: in a sandbox, from a file, over plain HTTP. */
const workers = (() => {
  try {
    return isSecureContext && self.origin !== "null" ? navigator.serviceWorker : undefined;
  } catch {
    return undefined;
  }
})();

/** True if the reader wants little to be fetched. */
const savesData = () => navigator.connection?.saveData === true;

/** Waits until the program and its parts are there, and nothing else is to be done. */
const idle = async () => {
  await new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      if (list.getEntriesByName("whole").length > 0) resolve();
    });
    observer.observe({ type: "mark", buffered: true });
    setTimeout(resolve, LONG);
  });
  await new Promise((resolve) => (self.requestIdleCallback ?? setTimeout)(resolve, { timeout: LONG }));
};

/** Asks the worker which build the server has. */
const look = async () => {
  const { active } = await workers.ready;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, PATIENCE, {});
    active.postMessage({ worldlines: "look", fetches: !savesData() }, [port2]);
  });
};

const STYLE = {
  position: "fixed",
  insetInlineEnd: "12px",
  zIndex: "90",
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: "10px",
  maxWidth: "calc(100vw - 24px)",
  boxSizing: "border-box",
  padding: "8px 12px",
  color: "var(--ink)",
  background: "var(--paper)",
  border: "1px solid var(--accent)",
  borderRadius: "6px",
  boxShadow: "0 2px 12px rgb(0 0 0 / 20%)",
};

/** The build that the reader was told of. */
let told = BUILD;

/** Tells that there is a new version. The run stays as it is until the reader asks for another page. */
const announce = (build) => {
  if (build === told) return;
  told = build;
  const element = (name, text, properties = {}) => Object.assign(document.createElement(name), { textContent: text, ...properties });
  document.querySelector(".new-version")?.remove();
  const line = element("section", "", { className: "new-version", ariaLabel: "New version" });
  Object.assign(line.style, STYLE);
  // Over the protocol's description: it covers no control.
  const controls = document.querySelector("#protocol")?.getBoundingClientRect().bottom ?? 0;
  line.style.insetBlockStart = `${Math.max(12, controls + 6)}px`;
  const words = element("span", "", { role: "status" });
  const reload = element("button", "Reload", { type: "button" });
  const later = element("button", "Later", { type: "button" });
  reload.addEventListener("click", () => location.reload());
  later.addEventListener("click", () => line.remove());
  line.append(words, reload, later);
  document.body.append(line);
  // A status is read out when it changes.
  requestAnimationFrame(() => (words.textContent = "A new version is here."));
};

let lookedAt = 0;
const lookAgain = async () => {
  lookedAt = Date.now();
  const { build, kept } = await look();
  if (kept && build === BUILD) root.dataset.offline = "kept";
  // Where the new version is being kept, it is told when it is there.
  if (build && build !== BUILD && (kept || savesData())) announce(build);
};

const start = async () => {
  // As long as a page has this lock, the worker keeps the files of its build.
  navigator.locks?.request(`worldlines ${HERE} ${BUILD}`, { mode: "shared" }, () => new Promise(() => {}));
  // An embed belongs to the page around it: it uses what is kept, and keeps nothing.
  if (root.dataset.embed !== undefined) return;
  await idle();
  if (savesData() && !workers.controller) return;
  try {
    await workers.register(`${HERE}sw.js`);
  } catch (error) {
    // A browser may refuse it, as in a private window: the page works by the network alone.
    console.info("Nothing is kept for use without a network:", error);
    return;
  }
  await lookAgain();
  addEventListener("online", lookAgain);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - lookedAt > OFTEN) lookAgain();
  });
  setInterval(lookAgain, SELDOM);
};

if (workers && BUILD) start();
