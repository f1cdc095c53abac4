// Runs before anything is drawn, and stays when the program has stopped: the theme, the address that asks for another
// run than the first picture's, a browser without WebAssembly, and what a reader is told after a panic.
"use strict";
(() => {
  const root = document.documentElement;
  let theme = null;
  let chosen = null;
  try {
    theme = localStorage.getItem("worldlines-theme");
    chosen = localStorage.getItem("worldlines-language");
    // The first picture leaves room for it.
    if (/^open/.test(localStorage.getItem("worldlines-workbench"))) root.dataset.workbench = "";
  } catch {
    // A page in a sandbox may keep nothing.
  }
  /** Languages beside English that the page has a table for (`language.js`). */
  const LANGUAGES = ["de"];
  root.dataset.theme = theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  // A package for a learning system names its exercise in the page, since not all pass an address on.
  if (root.dataset.src && !/[?&]src=./.test(location.search)) {
    const search = `${location.search ? `${location.search}&` : "?"}src=${encodeURIComponent(root.dataset.src)}`;
    try {
      history.replaceState(history.state, "", search + location.hash);
    } catch {
      // A page in a sandbox may not: it opens the first example.
    }
  }
  const addSheet = (name) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = root.dataset.files + name;
    document.head.append(sheet);
  };
  /** The language that the address asks for, or else the reader's. */
  let language = new URLSearchParams(location.search).get("lang") ?? chosen;
  /** Keys of the fragment that a restarted embed keeps. */
  let ofEmbed = "";
  // An embed in another page: `?embed`, and keys of the fragment (docs/embedding.md).
  if (/[?&]embed(?:[=&]|$)/.test(location.search)) {
    // A hidden frame that draws still pictures for the embeds of a page (`embed.js`).
    if (/[?&]embed=picture(?:&|$)/.test(location.search)) root.dataset.pictures = "";
    const keys = new URLSearchParams(location.hash.slice(1));
    ofEmbed = location.hash.slice(1).split("&").filter((field) => !/^[sdvce]=/.test(field)).join("&");
    // `embedded.js` reads the others: it is here before the program begins.
    root.dataset.embed = "";
    if (keys.get("future") === "hidden") root.dataset.future = "";
    // An embed is in the language that its author chose.
    language = keys.get("lang") ?? new URLSearchParams(location.search).get("lang");
    addSheet("embed.css");
    if (/^(light|dark)$/.test(keys.get("theme"))) root.dataset.theme = keys.get("theme");
  }
  /** True if the smallest program compiles: the host's policy may forbid all. */
  const compiles = () => {
    try {
      return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof WebAssembly.Module;
    } catch {
      return false;
    }
  };
  const hasWasm = typeof WebAssembly === "object";
  if (!hasWasm || !compiles()) {
    // An old browser, or one whose owner or host forbids it: the first picture stands for good, as without scripts.
    root.dataset.unsupported = "";
    addSheet("noscript.css");
    if (hasWasm) {
      addEventListener("DOMContentLoaded", () => {
        const why = "This browser has WebAssembly, but may not use it here: probably the Content-Security-Policy of the page's host lacks 'wasm-unsafe-eval'.";
        document.querySelector(".unsupported").append(` ${why}`);
      });
    }
  } else if (location.hash.length > 1 || /[?&]src=./.test(location.search)) {
    root.dataset.opens = "link";
  }
  // Nothing is drawn in English first: `start.js` fetches the other language.
  const spoken = LANGUAGES.find((name) => name === language?.trim().toLowerCase().split("-")[0]);
  if (spoken && root.dataset.unsupported === undefined) root.dataset.language = spoken;
  // The program opens without what was open when it stopped.
  if (history.state?.restarted) root.dataset.restarted = "";

  /**
   * What the program does, or else what the reader does, must not reach a program that has stopped. `report.js` needs to hear that the page
   * is left or hidden (`pagehide`, `visibilitychange`): there the program itself sees to it.
   */
  const KINDS = [
    "beforeinput", "change", "click", "focusin", "hashchange", "input", "keydown", "pointercancel", "pointerdown",
    "pointermove", "pointerover", "pointerup", "resize", "scroll", "submit", "touchend", "touchstart", "wheel",
  ];
  let panel = null;
  for (const kind of KINDS) {
    const keep = (event) => {
      // The target of some is the window.
      const isInPanel = event.target instanceof Node && panel?.contains(event.target);
      if (panel !== null && !isInPanel) event.stopImmediatePropagation();
    };
    addEventListener(kind, keep, { capture: true, passive: true });
  }

  /** True for what WebAssembly throws when it cannot go on: a panic, no memory, a stack that is full. */
  const isTrap = (error) =>
    (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) ||
    ((error instanceof RangeError || error?.name === "InternalError") && /wasm/.test(error.stack ?? ""));

  const element = (name, text, properties = {}) => Object.assign(document.createElement(name), { textContent: text }, properties);

  const stop = (error) => {
    if (panel !== null || !isTrap(error)) return;
    const { panic, kept } = root.dataset;
    // What the program itself said is kept; what it did not come to say may be in the address.
    const run = kept ? `#${kept}` : location.hash;
    const report = [
      panic ?? String(error),
      `Run: ${run || "the first example"}`,
      `Page: ${location.href.split("#")[0]}`,
      `Browser: ${navigator.userAgent}`,
      error.stack ?? "",
    ].join("\n");
    panel = element("section", "", { className: "stopped" });
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-labelledby", "stopped-title");
    panel.setAttribute("aria-describedby", "stopped-why");
    const go = element("button", "Continue your run", { className: "primary", id: "go-on" });
    const copy = element("button", "Copy report", { id: "copy-report" });
    const anew = element("button", "Open the first example", { id: "begin-anew" });
    const text = element("textarea", "", { value: report, readOnly: true, rows: 6 });
    text.setAttribute("aria-label", "Report");
    const restart = (fragment) => {
      const address = location.href.split("#")[0];
      const whole = ofEmbed ? `${fragment || "#"}&${ofEmbed}` : fragment;
      try {
        history.replaceState({ restarted: true }, "", address + whole);
      } catch {
        location.hash = whole;
      }
      location.reload();
    };
    go.addEventListener("click", () => restart(run));
    anew.addEventListener("click", () => restart(""));
    copy.addEventListener("click", async () => {
      text.select();
      try {
        await navigator.clipboard.writeText(report);
        copy.textContent = "Copied";
      } catch {
        // A page in a sandbox may not: the text is selected.
        copy.textContent = "Copy the selected text";
      }
    });
    const buttons = element("p", "");
    buttons.append(go, copy, anew);
    panel.append(
      element("h2", "Worldlines has stopped", { id: "stopped-title" }),
      element("p", "The program has failed. Your run is kept: continue it in a restarted program.", { id: "stopped-why" }),
      buttons,
      element("p", "Please report the error. The report contains your run:"),
      text,
    );
    root.dataset.stopped = "";
    document.body.append(panel);
    go.focus();
  };
  /** Offers another try where the program, or a part without which it cannot begin, could not be fetched. */
  addEventListener("worldlines-not-fetched", () => {
    if (panel !== null) return;
    panel = element("section", "", { className: "stopped" });
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-labelledby", "stopped-title");
    const again = element("button", "Try again", { className: "primary", id: "fetch-again" });
    again.addEventListener("click", () => location.reload());
    panel.append(
      element("h2", "Worldlines could not be loaded", { id: "stopped-title" }),
      element("p", "A part of the program could not be fetched, or came damaged. Check the connection and try again."),
      again,
    );
    document.body.append(panel);
    again.focus();
  });
  addEventListener("error", (event) => stop(event.error));
  addEventListener("unhandledrejection", (event) => stop(event.reason));
})();
