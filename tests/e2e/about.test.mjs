// The page's information on the protocol, and the network's controls.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startPlayground, whole } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground.stop());

test("a way to break the protocol shows itself when pressed", async () => {
  const reader = await playground.reader({ tab: "Verdicts" });
  const page = await reader.open();
  const about = page.getByRole("region", { name: "About the protocol" });
  await about.getByRole("button", { name: "the sender crashes half-way" }).click();
  const verdict = page.locator(".verdict").filter({ hasText: "agreement" }).first();
  await page.keyboard.press("End");
  await verdict.getByText("violated").first().waitFor();
  await about.getByText("n − 1").waitFor();
  await reader.leave();
});

test("a synchronous network has a bound, and a ring has no chords", async () => {
  const reader = await playground.reader({ tab: "Settings" });
  const page = await reader.open();
  await page.keyboard.press("End");
  await page.locator("#timing").selectOption("synchronous");
  assert.equal(await page.locator("#bound").inputValue(), await page.locator("#delay-max").inputValue());
  await page.locator("#bound").fill("7");
  await page.locator("#bound").press("Enter");
  assert.equal(await page.locator("#bound").inputValue(), "7");
  await page.locator("#topology").selectOption({ label: "line" });
  await page.locator("#medium").selectOption("shared");
  const opened = await reader.context.newPage();
  await opened.goto(page.url());
  await whole(opened);
  assert.equal(await opened.locator("#bound").inputValue(), "7");
  assert.equal(await opened.locator("#topology option:checked").innerText(), "line");
  assert.equal(await opened.locator("#medium").inputValue(), "shared");
  await reader.leave();
});
