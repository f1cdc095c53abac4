// Nothing is lost: the work survives a reload and a closed tab, tabs do not overwrite each other, and where
// nothing may be stored the page works as ever.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openExample, startPlayground, tab, whole } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const undo = (page) => page.keyboard.press("Control+z");
const edited = (page) => page.locator(".theatre.edited").waitFor();
/** The requests and faults in the tab Changes, which is opened. */
const deeds = async (page) => (await tab(page, "Changes")).locator(".deed .what").allInnerTexts();
/** Number of nodes that the tab Settings has; it is opened. */
const nodeCount = async (page) => (await tab(page, "Settings")).locator("#nodes").inputValue();
const offer = (page) => page.locator(".offer");

/** Loses the message of this name, which changes the run. */
async function lose(page, message) {
  const before = (await deeds(page)).length;
  await page.locator(`.arrow[data-message="${message}"]`).focus();
  await page.keyboard.press("Enter");
  await page.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await page.waitForFunction((before) => document.querySelectorAll(".deed").length > before, before);
}

/** Changes how many nodes there are. */
async function nodes(page, count) {
  await tab(page, "Settings");
  await page.locator("#nodes").fill(count);
  await page.locator("#nodes").press("Enter");
  await page.locator(".names .name").nth(count - 1).waitFor();
  await page.locator("#nodes").blur();
}

/** Waits until the draft of what is shown is stored: it is written a moment after the change. */
const stored = (page) => page.waitForTimeout(600);

const draftKeys = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("worldlines-draft-")));

test("a reload brings back the work, and what undo and redo go to", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  const none = await deeds(page);
  await lose(page, "Alice>Bob#1");
  const one = await deeds(page);
  await nodes(page, "4");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  const clock = await page.locator(".clock").innerText();
  await stored(page);
  const again = async () => {
    await page.reload();
    await whole(page);
  };
  await again();
  await edited(page);
  assert.deepEqual([await nodeCount(page), await deeds(page)], ["4", one]);
  assert.equal(await page.locator(".clock").innerText(), clock);
  await undo(page);
  await page.locator(".names .name").nth(3).waitFor({ state: "detached" });
  assert.equal(await nodeCount(page), "3");
  await undo(page);
  await page.locator(".theatre:not(.edited)").waitFor();
  assert.deepEqual(await deeds(page), none);
  await stored(page);
  await again();
  assert.deepEqual(await deeds(page), none);
  await page.keyboard.press("Control+Shift+z");
  await edited(page);
  assert.deepEqual(await deeds(page), one);
  await reader.leave();
});

test("another link in the same tab wins, and undo goes back to the work", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await lose(page, "Alice>Bob#1");
  await stored(page);
  const mine = await deeds(page);
  const other = await reader.open();
  await openExample(other, "reliable/best-effort-broadcast/receiver-crashes");
  await other.waitForFunction(() => location.hash !== "");
  const fragment = await other.evaluate(() => location.hash);
  const title = await other.locator(".title").innerText();
  await page.goto("about:blank");
  await page.goto(playground.url + fragment);
  await whole(page);
  await page.locator(".title", { hasText: title }).waitFor();
  await undo(page);
  await edited(page);
  assert.deepEqual(await deeds(page), mine);
  await reader.leave();
});

test("tabs do not overwrite each other, not even a duplicate and its original", async () => {
  const reader = await playground.reader();
  const first = await reader.open();
  await lose(first, "Alice>Bob#1");
  await stored(first);
  // A window that a page opens begins with a copy of what the tab keeps, as a duplicate does.
  const [copy] = await Promise.all([
    reader.context.waitForEvent("page"),
    first.evaluate(() => void window.open(location.href)),
  ]);
  await whole(copy);
  await edited(copy);
  assert.deepEqual(await deeds(copy), await deeds(first));
  const second = await reader.open();
  assert.equal(await offer(second).count(), 0, "an open tab's work is not offered");
  for (const page of [copy, second]) {
    await nodes(page, "4");
    await edited(page);
  }
  await stored(second);
  assert.equal((await draftKeys(first)).length, 3);
  for (const page of [first, copy, second]) {
    const before = await deeds(page);
    await page.reload();
    await whole(page);
    await edited(page);
    assert.deepEqual(await deeds(page), before);
    assert.equal(await nodeCount(page), page === first ? "3" : "4");
  }
  await reader.leave();
});

test("what a closed tab has left is offered once the page is opened anew, and can be forgotten", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await lose(page, "Alice>Bob#1");
  const mine = await deeds(page);
  await stored(page);
  await page.close();
  const next = await reader.open();
  await offer(next).waitFor();
  assert.match(await offer(next).innerText(), /Your last work: .*, 1 change/s);
  await offer(next).getByRole("button", { name: "Open draft" }).click();
  await edited(next);
  assert.deepEqual(await deeds(next), mine);
  assert.equal(await offer(next).count(), 0);
  await next.close();
  const third = await reader.open();
  await offer(third).getByRole("button", { name: "Delete draft" }).click();
  await offer(third).waitFor({ state: "detached" });
  await third.close();
  const fourth = await reader.open();
  await stored(fourth);
  assert.equal(await offer(fourth).count(), 1, "the tab in which it was opened has left it too");
  await reader.leave();
});

test("starting again from the page's own name offers the work", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await lose(page, "Alice>Bob#1");
  await stored(page);
  await page.locator(".brand a").click();
  await offer(page).waitFor();
  await reader.leave();
});

/** Changes the run and takes the change back. */
async function works(page) {
  // Without storage the workbench is closed.
  if ((await page.locator(".workbench").count()) === 0) await page.locator("#open-workbench").click();
  await lose(page, "Alice>Bob#1");
  await edited(page);
  await undo(page);
  await page.locator(".theatre:not(.edited)").waitFor();
}

test("without storage, and with full storage, the page works", async () => {
  const reader = await playground.reader();
  await reader.context.addInitScript(() => {
    const refuse = { get: () => { throw new DOMException("not allowed", "SecurityError"); } };
    Object.defineProperty(window, "localStorage", refuse);
    Object.defineProperty(window, "sessionStorage", refuse);
  });
  await works(await reader.open());
  await reader.leave();

  const other = await playground.reader();
  const page = await other.open();
  await page.evaluate(() => {
    for (const size of [100_000, 1_000, 10, 1]) {
      try {
        for (let place = 0; ; place += 1) localStorage.setItem(`${size}-${place}`, "x".repeat(size));
      } catch {
        continue;
      }
    }
  });
  await works(page);
  await stored(page);
  assert.deepEqual(await draftKeys(page), []);
  await other.leave();
});

test("in a frame with a sandbox the page works", async () => {
  const reader = await playground.reader();
  const host = await reader.context.newPage();
  await host.setContent(`<iframe sandbox="allow-scripts" width="1200" height="780" src="${playground.url}"></iframe>`);
  const frame = host.frameLocator("iframe");
  await frame.locator("#worldlines > .page .stage svg").first().waitFor();
  await frame.locator('.arrow[data-message="Alice>Bob#1"]').focus();
  await host.keyboard.press("Enter");
  await frame.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await frame.locator(".theatre.edited").waitFor();
  await reader.leave();
});
