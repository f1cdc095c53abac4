// Cargo's runner for tests that are compiled to wasm: opens them in the browser.
//
// wasm-bindgen's own runner would want a WebDriver of the browser's exact version, which a desktop
// does not have; here it only serves the tests, and the browser is started as for the page's tests.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { launchChromium } from "./chromium.mjs";

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

/** Opens the tests and answers what they print, which ends with their result. */
async function runTests(address) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    page.on("console", (message) => console.log(`[console] ${message.text()}`));
    page.on("pageerror", (error) => console.log(`[thrown] ${error}`));
    await page.goto(address);
    const output = page.locator("#output");
    await output.filter({ hasText: "test result: " }).waitFor({ timeout: PATIENCE });
    return await output.innerText();
  } finally {
    await browser.close();
  }
}

const server = spawn("wasm-bindgen-test-runner", process.argv.slice(2), {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, NO_HEADLESS: "1", WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0" },
});
try {
  const result = await runTests(await serveTests(server));
  console.log(result);
  process.exitCode = result.includes("test result: ok.") ? 0 : 1;
} finally {
  server.kill();
}
