// The page in a frame of another page (docs/embedding.md): tells that page what happens, and obeys its wishes. The page's
// program speaks with this script by events of the window.

/** Greatest length of a link or scenario, in characters. */
const MAX_SCENARIO = 1024 * 1024;
/** Time in which a frame's height settles, in ms. */
const SETTLED = 50;

const parent = window.parent;
const root = document.documentElement;

/** Form of the messages that the page around may send: each field with its check and what was expected. */
const text = [(it) => typeof it === "string" && it.length <= MAX_SCENARIO, "a link or scenario of at most 1 MiB"];
const time = [(it) => Number.isFinite(it) && it >= 0, "a number of virtual ms, 0 or more"];
const theme = [(it) => it === "light" || it === "dark", "light or dark"];
const SEEN = { load: { scenario: text }, play: {}, pause: {}, seek: { time }, theme: { theme } };
const id = [(it) => Number.isSafeInteger(it), "a whole number"];
const width = [(it) => Number.isFinite(it) && it > 0, "a number of CSS pixels"];
const WISHES = "pictures" in root.dataset ? { picture: { id, scenario: text, theme, width } } : SEEN;

const tell = (message) => parent.postMessage(message, "*");
const refuse = (message) => tell({ worldlines: "error", message });

/** Returns what is wrong with a message of ours; none if nothing is. */
const fault = (message) => {
  const fields = Object.hasOwn(WISHES, message.worldlines) ? WISHES[message.worldlines] : undefined;
  if (fields === undefined) {
    return `worldlines: found ${JSON.stringify(message.worldlines)?.slice(0, 60)}, expected ${Object.keys(WISHES).join(", ")}`;
  }
  for (const [name, [check, expected]] of Object.entries(fields)) {
    const found = message[name];
    if (!check(found)) return `${name}: found ${String(JSON.stringify(found)).slice(0, 60)}, expected ${expected}`;
  }
  return undefined;
};

/** Wishes that came before the program could hear them. */
let waiting = [];
const MOST_WAITING = 20;
const ask = (wish) => window.dispatchEvent(new CustomEvent("worldlines-asked", { detail: JSON.stringify(wish) }));

window.addEventListener("message", (event) => {
  const message = event.data;
  // Messages of others, and for others, are none of ours.
  if (event.source !== parent || typeof message !== "object" || message === null || !("worldlines" in message)) return;
  const why = fault(message);
  if (why !== undefined) return refuse(why);
  const wish = { worldlines: message.worldlines };
  for (const name of Object.keys(WISHES[message.worldlines])) wish[name] = message[name];
  if (wish.worldlines === "theme") {
    root.dataset.theme = wish.theme;
    return;
  }
  if (waiting === undefined) return ask(wish);
  if (waiting.length < MOST_WAITING) waiting.push(wish);
});

/** Tells the height of the content, in the forms that hosts understand: ours, SPLICE's and Canvas's, Embedly's. */
let told = 0;
let timer;
const resize = () => {
  timer = undefined;
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  // Before the run is drawn there is nothing to measure.
  if (waiting !== undefined || height === told || height === 0) return;
  told = height;
  tell({ worldlines: "resize", height });
  tell({ subject: "lti.frameResize", height });
  tell(JSON.stringify({ context: "iframe.resize", height }));
};
new ResizeObserver(() => {
  timer ??= setTimeout(resize, SETTLED);
}).observe(document.body);

/** Latest message of each kind: what is told many times in a frame is told once. */
const latest = new Map();
let due = false;
const flush = () => {
  due = false;
  for (const message of latest.values()) tell(message);
  latest.clear();
};

window.addEventListener("worldlines-told", ({ detail }) => {
  if (waiting !== undefined) {
    const wishes = waiting;
    waiting = undefined;
    tell({ worldlines: "ready" });
    const { start } = root.dataset;
    if (start !== undefined) ask({ worldlines: "seek", time: Number(start) });
    for (const wish of wishes) ask(wish);
    timer ??= setTimeout(resize, SETTLED);
  }
  const message = JSON.parse(detail);
  if (message.worldlines === "scenario") message.link = location.href.split("#")[0].split("?")[0] + message.link;
  if (message.worldlines === "picture") return tell(message);
  latest.set(message.worldlines, message);
  if (due) return;
  due = true;
  // A frame out of sight has no animation frames.
  setTimeout(flush, 16);
});

// The wheel scrolls the page around, until the reader has come into this one.
const enter = () => root.toggleAttribute("data-entered", document.hasFocus());
window.addEventListener("focus", enter);
window.addEventListener("blur", enter);
