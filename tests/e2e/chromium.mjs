// Starts the browser that the tests run in: one that is installed already, never a downloaded one.

import { existsSync } from "node:fs";
import path from "node:path";

import { chromium } from "playwright-core";

// `cargo xtask test` finds or installs a browser and names it here.
const VARIABLE = "WORLDLINES_BROWSER";

// What a browser is called on the search path, for those who run a script of this folder by itself.
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

/** The browser that is named, or else the first on the search path. */
function browser() {
  const named = process.env[VARIABLE];
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find((file) => existsSync(file));
  if (found) return found;
  throw new Error(`no Chromium or Chrome is on the search path: ${VARIABLE} can name one`);
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
  const executablePath = browser();
  // Chromium refuses its sandbox to root, which is what a container's user is.
  const chromiumSandbox = process.platform !== "linux";
  return chromium.launch({ executablePath, chromiumSandbox, args: QUIET });
}
