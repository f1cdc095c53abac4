// The page by keys alone: every stop of the Tab key is seen and named, and the main tasks need nothing else.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, clipboard, protocolOf, startPlayground, until } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

async function open() {
  const reader = await playground.reader({ viewport: { width: 1280, height: 900 }, tab: "Verdicts", ...calm });
  const page = await reader.open();
  await page.keyboard.press("End");
  return { reader, page };
}

/** The focused element: its role, its name, and its visibility. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const labelled = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent;
    const { top, bottom } = element.getBoundingClientRect();
    return {
      tag: element.tagName.toLowerCase(),
      id: element.id,
      role: element.getAttribute("role"),
      protocol: element.dataset.protocol,
      name: (labelled || element.title || "").trim(),
      seen: (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none") || style.boxShadow !== "none",
      inside: bottom > 0 && top < innerHeight,
    };
  });

/** Presses Tab, if need be, until something has the focus that is wanted. */
async function tabTo(page, wanted) {
  for (let step = 0; step < 60; step += 1) {
    if (wanted(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`nothing like ${wanted} has the focus`);
}

const status = (page, property) =>
  page.locator(`.verdict[data-property="${property}"]`).getAttribute("data-end");

test("the Tab key stops at what is named and seen, from the top down, and comes to an end", async () => {
  const { reader, page } = await open();
  const stops = [];
  for (let step = 0; step < 90; step += 1) {
    await page.keyboard.press("Tab");
    const here = await focused(page);
    if (here.tag === "body") break;
    assert.ok(here.name, `stop ${step}, a ${here.tag}, has no name`);
    assert.ok(here.seen, `the focus is not seen on ${here.name}`);
    assert.ok(here.inside, `${here.name} is out of sight`);
    stops.push(here);
  }
  assert.ok(stops.length > 20 && stops.length < 90, `${stops.length} stops`);
  const place = (found) => stops.findIndex(found);
  const order = [
    place(({ id }) => id === "picker"),
    place(({ role }) => role === "application"),
    place(({ id }) => id === "play"),
    place(({ role }) => role === "tab"),
    place(({ id }) => id === "undo" || id === "redo" || id === ""),
  ];
  assert.ok(order.slice(0, 4).every((at, index) => at >= 0 && (index === 0 || at > order[index - 1])), order.join());
  assert.equal(stops.filter(({ role }) => role === "application").length, 1, "the diagram is one stop");
  await reader.leave();
});

test("a message is lost, and found again, by keys alone", async () => {
  const { reader, page } = await open();
  await tabTo(page, ({ role }) => role === "application");
  const lost = () => page.locator(".sheet .arrow.lost").count();
  assert.equal(await lost(), 0);
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    if (await page.locator(".sheet .arrow.selected").count()) break;
  }
  await page.keyboard.press("Enter");
  await page.locator(".menu").waitFor();
  await tabTo(page, ({ name }) => name === "Drop message");
  await page.keyboard.press("Enter");
  await page.locator(".sheet .arrow.lost").first().waitFor();
  assert.match(await page.locator("[role=status]").last().textContent(), /recomputed/);
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => document.querySelectorAll(".sheet .arrow.lost").length === 0);
  await reader.leave();
});

test("another protocol, a step, an event of the list, a tab and the link: by keys alone", async () => {
  const { reader, page } = await open();
  assert.equal(await status(page, "agreement"), "violated");
  await tabTo(page, ({ id }) => id === "picker");
  await page.keyboard.press("Enter");
  await page.locator(".gallery [data-protocol]").first().waitFor();
  await tabTo(page, ({ id }) => id === "gallery-search");
  await page.keyboard.type("reliable broadcast");
  await tabTo(page, ({ tag, protocol }) => tag === "a" && protocol === "reliable-broadcast");
  await page.keyboard.press("Enter");
  await page.locator(".gallery").waitFor({ state: "detached" });
  await until(async () => (await protocolOf(page)) === "reliable-broadcast", "the protocol runs");
  await page.waitForFunction(
    () => document.querySelector('.verdict[data-property="agreement"]').dataset.end === "holds",
  );
  await tabTo(page, ({ role }) => role === "tab");
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  const events = page.getByRole("tab", { name: "Events", exact: true });
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("ArrowRight");
  assert.equal(await events.getAttribute("aria-selected"), "true");
  assert.ok(await events.evaluate((it) => it === document.activeElement));
  await page.getByRole("tabpanel").locator('[role="row"]').first().waitFor();
  await tabTo(page, ({ id }) => id.startsWith("event-"));
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".clock").textContent(), /, 1 of /);
  await tabTo(page, ({ id }) => id === "share");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Share this run" }).waitFor();
  await tabTo(page, ({ name }) => name === "Copy link");
  await page.keyboard.press("Enter");
  await until(async () => (await clipboard(page)).includes("#s=deflate."), "the link is copied");
  await reader.leave();
});

test("the menu of the rest is opened by keys, and Escape closes it and gives the focus back", async () => {
  const { reader, page } = await open();
  await tabTo(page, ({ id }) => id === "more");
  const menu = page.locator("#more-menu");
  for (const way of [[], ["Tab"]]) {
    await page.keyboard.press("Enter");
    await menu.waitFor();
    for (const key of way) await page.keyboard.press(key);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    assert.equal((await focused(page)).id, "more");
  }
  await reader.leave();
});
