// The script that stays when the program cannot begin or has stopped (`www/early.js`), with a stand-in for the program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { until } from "./playground.mjs";
import { startStandIn } from "./stand-in.mjs";
import { POLICY } from "./static-server.mjs";

let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn?.stop());

/** Opens the page in a tab, with what it throws. */
async function open(address) {
  const context = await standIn.browser.newContext();
  const thrown = [];
  context.on("weberror", (error) => thrown.push(String(error.error())));
  const page = await context.newPage();
  await page.goto(address);
  return { page, thrown, leave: () => context.close() };
}

test("after a panic no event of the window reaches the program, and other scripts hear that the page is left or hidden", async () => {
  const { page, thrown, leave } = await open(standIn.url);
  await until(() => page.evaluate(() => globalThis.begun), "the program begins");
  await page.evaluate(() => {
    window.kinds = [];
    const hear = ({ type }) => window.kinds.push(type);
    for (const kind of ["hashchange", "resize", "click", "pagehide"]) addEventListener(kind, hear);
    document.addEventListener("visibilitychange", hear);
  });
  const happens = () =>
    page.evaluate(() => {
      window.kinds = [];
      for (const kind of ["hashchange", "resize", "pagehide"]) dispatchEvent(new Event(kind));
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      document.querySelector("main").click();
      document.querySelector("#copy-report")?.click();
      return window.kinds;
    });
  assert.deepEqual(await happens(), ["hashchange", "resize", "pagehide", "visibilitychange", "click"]);
  await page.evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  await page.getByRole("alertdialog", { name: "Worldlines has stopped" }).waitFor();
  assert.deepEqual(await happens(), ["pagehide", "visibilitychange", "click"], "the click is that of the panel");
  assert.deepEqual(thrown, ["RuntimeError: unreachable"]);
  await leave();
});

test("where a policy forbids WebAssembly the page says that this browser cannot run it, and names the policy", async () => {
  const strict = await startStandIn({ policy: POLICY.replace(" 'wasm-unsafe-eval'", "") });
  const { page, thrown, leave } = await open(`${strict.url}#s=first`);
  const root = page.locator("html");
  await page.locator(".unsupported", { hasText: "Content-Security-Policy" }).waitFor();
  assert.match(await page.locator(".unsupported").textContent(), /may not use it here: .* lacks 'wasm-unsafe-eval'/);
  assert.equal(await root.getAttribute("data-unsupported"), "");
  assert.equal(await root.getAttribute("data-opens"), null, "no run is awaited");
  assert.equal(await page.evaluate(() => globalThis.begun), undefined, "the program is not fetched");
  assert.deepEqual(thrown, []);
  await leave();
  await strict.stop();
  const allowed = await open(standIn.url);
  await until(() => allowed.page.evaluate(() => globalThis.begun), "elsewhere the program begins");
  assert.equal(await allowed.page.locator("html").getAttribute("data-unsupported"), null);
  assert.equal(await allowed.page.locator(".unsupported").textContent(), "");
  await allowed.leave();
});
