// Starts the browser that the tests run in: one that is installed already, never a downloaded one.

import { chromium } from "playwright-core";

// `cargo xtask test` finds or installs a browser and names it here.
const VARIABLE = "WORLDLINES_BROWSER";

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
  const executablePath = process.env[VARIABLE];
  if (!executablePath) {
    throw new Error(`${VARIABLE} must name a Chromium or Chrome; \`cargo xtask test\` sets it`);
  }
  // Chromium refuses its sandbox to root, which is what a container's user is.
  const chromiumSandbox = process.platform !== "linux";
  return chromium.launch({ executablePath, chromiumSandbox, args: QUIET });
}
