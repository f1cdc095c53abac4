// Starts the browser that the tests run in: one that is installed already, never a downloaded one.

import { statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

// `cargo xtask test` finds or installs a browser and names it here. Without it the same places are looked through as
// `xtask/src/browser.rs` does, so that `node tests/e2e/….mjs` works unchanged.
const VARIABLE = "WORLDLINES_BROWSER";

/** Names of the program on the search path. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Where the browsers of a desktop live, below a folder that the system gives. */
const DESKTOP = [
  ["", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  ["", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
  ["", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"],
  ["HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  ["PROGRAMFILES", "Google/Chrome/Application/chrome.exe"],
  ["PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"],
  ["LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"],
  ["PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"],
  ["PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"],
];

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The browser to run: the one that the variable names, or one that is installed. */
export function findBrowser(environment = process.env) {
  const chosen = environment[VARIABLE];
  if (chosen) {
    if (!isFile(chosen)) throw new Error(`${VARIABLE} names ${chosen}, which is no file`);
    return chosen;
  }
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const ending = process.platform === "win32" ? ".exe" : "";
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name + ending)));
  const desktop = DESKTOP.filter(([root]) => root === "" || environment[root]).map(([root, below]) =>
    root === "" ? below : join(environment[root], below),
  );
  const found = [...onPath, ...desktop].find(isFile);
  if (!found) {
    throw new Error(`no Chromium or Chrome was found: install one, or name it in ${VARIABLE}; cargo xtask test installs one`);
  }
  return found;
}

// Without these a fresh profile asks its maker's servers for updates and lists while the test runs.
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless Chromium with a fresh profile. The caller closes it. */
export function launchChromium() {
  const executablePath = findBrowser();
  // Chromium refuses its sandbox to root, which is what a container's user is.
  const chromiumSandbox = process.platform !== "linux";
  return chromium.launch({ executablePath, chromiumSandbox, args: QUIET });
}
