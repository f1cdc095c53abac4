// Starts Firefox for the tests that compare engines: one that is installed, driven by WebDriver BiDi.
//
// Playwright would need a Firefox build of its own; Puppeteer drives the released one.

import puppeteer from "puppeteer-core";

/** `cargo xtask test` finds or installs a Firefox and names it in this variable. */
const VARIABLE = "WORLDLINES_FIREFOX";

/** Path of the Firefox to test in; undefined where none is wanted. */
export const firefoxPath = process.env[VARIABLE];

/** A headless Firefox with a fresh profile. The caller closes it. */
export function launchFirefox() {
  if (!firefoxPath) {
    throw new Error(`${VARIABLE} must name a Firefox; \`cargo xtask test\` sets it`);
  }
  return puppeteer.launch({ browser: "firefox", executablePath: firefoxPath, headless: true });
}
