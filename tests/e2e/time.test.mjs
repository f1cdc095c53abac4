// Time and the order of events: steps, speeds, a hidden future, the sheet of shortcuts, past and future,
// timestamps, and a cut that is dragged.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, startPlayground, tab } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

test("steps go by what is chosen, and by keys", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open();
  const clock = page.locator(".clock");
  await page.keyboard.press("Home");
  await page.getByLabel("Step by").selectOption({ label: "delivery" });
  await page.getByRole("button", { name: "Go to next delivery" }).click();
  assert.match(await clock.textContent(), /52 ms, 5 of 5 events/);
  await page.getByRole("button", { name: "Go to previous delivery" }).click();
  assert.match(await clock.textContent(), /^0 ms, 0 of 5/);
  await page.keyboard.press("d");
  assert.match(await clock.textContent(), /52 ms/);
  await page.keyboard.press("Shift+D");
  assert.match(await clock.textContent(), /^0 ms/);
  const speed = page.getByLabel("Speed");
  assert.equal(await speed.locator("option:checked").textContent(), "×1");
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  await page.keyboard.press(">");
  assert.equal(await speed.locator("option:checked").textContent(), "×2");
  await reader.leave();
});

test("a hidden future is nowhere to be seen", async () => {
  const reader = await playground.reader({ ...calm, tab: "Verdicts" });
  const page = await reader.open();
  assert.equal(await page.locator('.verdict.violated[data-property="agreement"]').count(), 1);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("f");
  assert.equal(await page.locator(".veil.curtain").count(), 1);
  assert.equal(await page.locator(".verdict.violated, .verdict[data-end=violated]").count(), 0);
  assert.equal(await page.locator(".strip .violated, .strip [data-status=violated]").count(), 0);
  assert.equal(await page.locator(".class .here").count(), 0);
  assert.doesNotMatch(await page.locator(".clock").textContent(), / of /);
  const named = await page.getByRole("group", { name: "Run" }).or(page.locator(".stage")).first()
    .getByRole("button", { name: /m1 from Alice to Bob/ }).count();
  assert.equal(named, 0, "what is to come is not read out");
  for (const [name, said] of [["Break it", /are shown at the end/], ["Tables", /agree so far/]]) {
    const panel = await tab(page, name);
    await panel.getByText(said).waitFor();
    assert.equal(await panel.locator(".violated").count(), 0, name);
  }
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("ArrowRight");
  const arrow = page.locator(".arrow").first();
  assert.match(await arrow.getAttribute("aria-label"), /in transit$/);
  await page.keyboard.press("f");
  assert.match(await arrow.getAttribute("aria-label"), /received at 52 ms/);
  // The switch between variants says what each comes to: not now.
  await page.locator("#next").click();
  await page.locator(".variants .violated").first().waitFor();
  await page.keyboard.press("f");
  assert.equal(await page.locator(".variants .violated").count(), 0);
  await reader.leave();
});

test("the sheet of shortcuts keeps the focus, closes at Esc and gives it back", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open();
  const button = page.locator("#more");
  await button.focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await sheet.waitFor();
  assert.ok((await sheet.locator("kbd").count()) > 30);
  const cursor = await page.locator(".clock").textContent();
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(
      () => document.activeElement === document.body || !!document.activeElement.closest("dialog"),
    );
    assert.ok(inside, "the focus stays in the sheet");
  }
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator(".clock").textContent(), cursor, "the page's keys rest meanwhile");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((it) => it === document.activeElement));
  // By the menu too.
  await button.click();
  await page.locator("#more-menu").getByRole("button", { name: "Show keys" }).click();
  await sheet.waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((it) => it === document.activeElement), "the menu's button has the focus again");
  await page.keyboard.press("?");
  await sheet.getByLabel(/single letters/).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  assert.equal(await page.locator(".curtain").count(), 0, "letters rest");
  await reader.leave();
});

test("past and future of an event stand out, with its timestamp", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open();
  await page.getByLabel("Timestamps").selectOption("vector");
  await page.getByText("[2,2,0]", { exact: true }).waitFor();
  await page.locator(".mark.delivery[data-event] path").first().click();
  const order = page.locator(".order");
  assert.match(await order.textContent(), /Bob delivers m1.*vector time \[2,2,0\].*before: 3 events/);
  assert.equal(await page.locator(".mark.request.past .ring").count(), 1);
  assert.equal(await page.locator(".arrow.past").count(), 1);
  assert.equal(await page.locator(".mark.crash.recedes").count(), 1);
  assert.ok((await page.locator(".cone .past").count()) >= 2);
  await page.getByRole("button", { name: "Show causality" }).click();
  assert.equal(await page.locator(".recedes, .order").count(), 0);
  await reader.leave();
});

test("a cut is dragged and moved by keys, and says what crosses it", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open();
  await page.getByRole("button", { name: "Show cut" }).click();
  const report = page.locator(".cut-report");
  assert.match(await report.textContent(), /^✓ Consistent/);
  const alice = page.getByRole("slider", { name: "Cut at Alice" });
  const knob = await alice.locator(".knob").boundingBox();
  await page.mouse.move(knob.x + 8, knob.y + 8);
  await page.mouse.down();
  const lane = await page.locator(".mark.request[data-event]").boundingBox();
  await page.mouse.move(lane.x - 40, knob.y + 30, { steps: 5 });
  await page.mouse.up();
  assert.match(await report.textContent(), /^✗ Inconsistent: 1 message/);
  assert.equal(await alice.getAttribute("aria-valuenow"), "0");
  assert.equal(await page.locator(".cutline .orphan").count(), 1);
  assert.match(await report.locator(".orphans").textContent(), /m1 from Alice to Bob/);
  assert.ok(await alice.evaluate((it) => it === document.activeElement));
  const cursor = await page.locator(".clock").textContent();
  await page.keyboard.press("ArrowRight");
  assert.match(await alice.getAttribute("aria-valuetext"), /^after: Alice sends m1.*Consistent/);
  assert.equal(await page.locator(".clock").textContent(), cursor, "the playhead stays");
  await page.getByRole("slider", { name: "Cut at Bob" }).press("Home");
  assert.match(await report.locator(".transit").textContent(), /m1 from Alice to Bob/);
  await reader.leave();
});
