// The page in a frame of another page (docs/embedding.md): tells that page what happens, and obeys its wishes. The page's
// program speaks with this script by events of the window.

/** Greatest length of a link or scenario, in characters. */
const MAX_SCENARIO = 1024 * 1024;
/** Time in which a frame's height settles, in ms. */
const SETTLED = 50;

const parent = window.parent;
/** True in a frame. A page of its own with `?embed` in its address is alone: what it told would come back to it. */
const isFramed = parent !== window;
const root = document.documentElement;

/** Form of the messages that the page around may send: each field with its check and what was expected. */
const text = [(it) => typeof it === "string" && it.length <= MAX_SCENARIO, "a link or scenario of at most 1 MiB"];
const time = [(it) => Number.isFinite(it) && it >= 0, "a number of virtual ms, 0 or more"];
const theme = [(it) => it === "light" || it === "dark", "light or dark"];
const SEEN = { load: { scenario: text }, play: {}, pause: {}, seek: { time }, theme: { theme } };
const id = [(it) => Number.isSafeInteger(it), "a whole number"];
const width = [(it) => Number.isFinite(it) && it > 0, "a number of CSS pixels"];
const until = [(it) => it === undefined || time[0](it), time[1]];
const name = [(it) => it === undefined || (typeof it === "string" && it.length <= 100), "the name of a property"];
/** A file in the place of the scenario, and its checksum. */
const src = [(it) => it === undefined || text[0](it), "the address of a file"];
const integrity = [(it) => it === undefined || text[0](it), "a checksum"];
const v = [(it) => it === undefined || (typeof it === "string" && it.length <= 1000), "the id of a student"];
const PICTURES = { picture: { id, scenario: text, theme, width, until, property: name, src, integrity, v } };
const WISHES = "pictures" in root.dataset ? PICTURES : SEEN;

const tell = (message) => {
  if (isFramed) parent.postMessage(message, "*");
};
const refuse = (message) => tell({ worldlines: "error", message });
const print = (message) => console.warn(`Worldlines: ${message}`);
/** Says what the author of the page around has to mend, on the console too. */
const warn = (message) => {
  print(message);
  refuse(message);
};

/** Controls that are parts of the page, and changes of the run that a reader may make (`src/app/allowed.rs`). */
const PARTS = ["play", "step", "seek", "speed", "verdicts", "legend", "tools", "changes", "settings", "workbench", "page"];
const CHANGES = [
  "drop", "delay", "duplicate", "corrupt", "forge", "crash", "recover", "pause", "partition", "cut", "omit", "traitor", "drift",
  "request",
];
const LOCKED = ["play", "step", "seek", "speed", "verdicts"];
/** Names of usual lists of controls. */
const PRESETS = { focus: [...LOCKED, ...CHANGES], locked: LOCKED, full: [...PARTS, ...CHANGES] };

/** Keys of the fragment, as its author wrote them. */
const given = new URLSearchParams(location.hash.slice(1));

/** What an author wrote that cannot be meant. It is told when the page around can hear it. */
const faults = [];

/** The value of a key that has one of these forms, without the spaces around it; undefined if it is not there. */
const key = (name, form, expected) => {
  const value = given.get(name)?.trim();
  if (value === undefined || form.test(value)) return value;
  faults.push(`${name}: found ${JSON.stringify(value.slice(0, 60))}, expected ${expected}`);
  return undefined;
};

/** Returns the controls that are asked for: those of a list of names, or of the usual embed where none can be read. */
const controls = () => {
  const names = [...(given.get("controls") ?? "").matchAll(/[^\s,.+]+/g)].map(([name]) => name);
  const all = new Set();
  for (const name of names) {
    const known = Object.hasOwn(PRESETS, name) ? PRESETS[name] : [...PARTS, ...CHANGES].filter((it) => it === name);
    if (known.length === 0) {
      const every = new Set([...Object.keys(PRESETS), ...PARTS, ...CHANGES]);
      faults.push(`controls: found ${JSON.stringify(name.slice(0, 60))}, expected ${[...every].join(", ")}`);
    }
    for (const it of known) all.add(it);
  }
  return all.size > 0 ? [...all] : PRESETS.focus;
};

const shown = controls();
root.dataset.controls = shown.join(" ");
if (!CHANGES.every((name) => shown.includes(name))) {
  // Nothing may be changed until the program has read what may be.
  root.dataset.locked = "";
  const allowed = [...CHANGES, "settings"].filter((name) => shown.includes(name));
  if (allowed.length > 0) root.dataset.allowed = allowed.join(" ");
}
key("theme", /^(light|dark|auto)$/, "light, dark or auto");
key("lang", /^(en|de)(-[a-z0-9]+)*$/i, "en or de");
key("future", /^(hidden|shown)$/, "hidden or shown");
const start = key("start", /^\d{1,9}$/, "a whole number of virtual ms");
if (/^(|loop|true)$/.test(key("loop", /^(|loop|true|false)$/, "no value, true or false") ?? "false")) root.dataset.loop = "";
const speed = key("speed", /./, "a factor");
if (speed !== undefined) root.dataset.speed = speed;
const fixed = key("height", /^(auto|[1-9]\d\d|[1-4]\d{3}|5000)$/, "auto, or 100 to 5000 CSS pixels");
if (fixed !== undefined && fixed !== "auto") {
  const isTall = shown.some((it) => PARTS.includes(it) && !LOCKED.includes(it));
  root.dataset.height = isTall ? "" : "fitted";
  root.style.setProperty("--height", `${fixed}px`);
}

/** A name as it may stand in a link: `no duplication` is `no-duplication`. */
const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const property = given.get("property") || undefined;
// The program says in a line what this property comes to.
if (property !== undefined) root.dataset.property = plain(property);
/** Style sheet that hides the other verdicts. */
let single;
/** Names of the properties that the run has, as they were read last. */
let names = "";

/** Shows the verdict on the property that is asked for alone, if the run has it. */
const choose = (verdicts) => {
  const all = verdicts.map((it) => it.property);
  if (all.join() === names) return;
  names = all.join();
  const chosen = all.find((name) => plain(name) === plain(property));
  if (chosen === undefined) {
    warn(`property: found ${JSON.stringify(property.slice(0, 60))}, expected one of ${all.join(", ")}`);
  }
  if (single === undefined) {
    single = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, single];
  }
  const others = `.verdict:not([data-property="${CSS.escape(chosen ?? "")}"])`;
  single.replaceSync(chosen === undefined ? "" : `.verdicts :is(h3, ${others}) { display: none; }`);
};

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
/** Files that were fetched, by the id of their picture (the page's own has none): the address, and true if there is a content. */
const files = new Map();
const remember = (id, src, told) => files.set(id, { src, isThere: told.includes("\n") });
/**
 * The form in which the page around hears that a file cannot be used. It may be of another origin than the file: then nothing of the
 * content is for it, neither a quotation nor the checksum.
 */
const withoutContent = (id) => {
  const { src, isThere } = files.get(id) ?? {};
  return `${src}: the file ${isThere ? "is not one that can be opened" : "could not be fetched"}. The frame and its console say why.`;
};
window.addEventListener("worldlines-source", ({ detail }) => remember(undefined, JSON.parse(detail.split("\n", 1)[0]).address, detail));

const ask = async (wish) => {
  if (wish.src) {
    wish.file = await (await import("./source.js")).sourceOf(wish);
    remember(wish.id, wish.src, wish.file);
  }
  window.dispatchEvent(new CustomEvent("worldlines-asked", { detail: JSON.stringify(wish) }));
};

window.addEventListener("message", (event) => {
  const message = event.data;
  // Messages of others, and for others, are none of ours.
  if (!isFramed || event.source !== parent || typeof message !== "object" || message === null || !("worldlines" in message)) return;
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
    faults.forEach(warn);
    if (start !== undefined) ask({ worldlines: "seek", time: Number(start) });
    for (const wish of wishes) ask(wish);
    timer ??= setTimeout(resize, SETTLED);
  }
  const message = JSON.parse(detail);
  if (message.worldlines === "scenario") message.link = location.href.split("#")[0].split("?")[0] + message.link;
  if (message.file) {
    print(message.message);
    message.message = withoutContent(message.id);
  } else if (message.worldlines === "error") {
    print(message.message);
  }
  if (message.id !== undefined) files.delete(message.id);
  if (message.worldlines === "picture" || message.worldlines === "error") return tell(message);
  if (message.worldlines === "verdict" && property !== undefined) choose(message.verdicts);
  latest.set(message.worldlines, message);
  if (due) return;
  due = true;
  // A frame out of sight has no animation frames.
  setTimeout(flush, 16);
});

// A sandbox without `allow-forms` submits no form, nor does it tell the program that one was to be. Enter in a field clicks the
// form's button, too.
window.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  const form = button?.form;
  if (!form || button.type !== "submit" || event.defaultPrevented) return;
  event.preventDefault();
  if (form.reportValidity()) form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: button }));
});

// The wheel scrolls the page around, until the reader has come into this one.
const enter = () => root.toggleAttribute("data-entered", document.hasFocus());
window.addEventListener("focus", enter);
window.addEventListener("blur", enter);
