// Cargo's runner for tests that are compiled to wasm: opens them in Chromium, and in Firefox and WebKit where they
// are named.
//
// wasm-bindgen's own runner would want a WebDriver of the browser's exact version, which a desktop
// does not have; here it only serves the tests, and the browser is started as for the page's tests.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { launchChromium } from "./chromium.mjs";
import { firefoxPath, launchFirefox } from "./firefox.mjs";
import { launchWebKit, webkitPath } from "./webkit.mjs";

// All tests of one file, on a slow machine, in milliseconds.
const PATIENCE = 300_000;

/** Serves the tests of a wasm file and answers the address, once there is one. */
async function serveTests(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const address = line.match(/http:\/\/127\.0\.0\.1:\d+/);
    if (address) return address[0];
  }
  throw new Error("wasm-bindgen-test-runner ended without serving the tests");
}

/**
 * Opens the tests and returns what they print, which ends with their result.
 *
 * Uses only what Playwright's pages, Puppeteer's and WebKit's have in common.
 */
async function runTests(address, launch) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.on("console", (message) => console.log(`[console] ${message.text()}`));
    page.on("pageerror", (error) => console.log(`[thrown] ${error}`));
    await page.goto(address);
    const end = Date.now() + PATIENCE;
    for (;;) {
      const output = await page.evaluate(() => document.querySelector("#output")?.innerText ?? "");
      if (output.includes("test result: ")) return output;
      if (Date.now() > end) throw new Error(`the tests did not end; so far:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await browser.close();
  }
}

const launchers = [launchChromium];
if (firefoxPath) launchers.push(launchFirefox);
if (webkitPath) launchers.push(launchWebKit);
const server = spawn("wasm-bindgen-test-runner", process.argv.slice(2), {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, NO_HEADLESS: "1", WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0" },
});
try {
  const address = await serveTests(server);
  for (const launch of launchers) {
    const result = await runTests(address, launch);
    console.log(`${launch.name}:\n${result}`);
    if (!result.includes("test result: ok.")) process.exitCode = 1;
  }
} finally {
  server.kill();
}
