// After a panic the page says so, keeps the run, offers a report, and goes on with a fresh program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startPlayground, tab, until, whole } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** Has the program panic, by the event that is there for tests. */
const panics = (page) => page.evaluate(() => dispatchEvent(new Event("worldlines-panic")));

/** The faults of the run that is shown, as the list of what happens has them. It is in a tab, which stays open. */
async function faults(page) {
  if ((await page.locator(".workbench").count()) === 0) await page.locator("#open-workbench").click();
  const list = await tab(page, "Changes");
  return list.locator(".deed.fault .what").allInnerTexts();
}

/** Presses a button of what is told, and waits for the fresh program. */
async function restart(page, button) {
  await page.locator(button).click();
  await page.locator(".stopped").waitFor({ state: "detached" });
  await page.locator("#worldlines > .page .stage svg").first().waitFor();
}

/** Crashes the node of the first line at the playhead. */
async function crash(page) {
  const before = await faults(page);
  await page.locator(".name").first().click();
  await page.locator('.menu [data-do="crash"]').click();
  await until(async () => (await faults(page)).length > before.length, "the crash is listed");
}

/** Output of the browser about a panic is no failure here, nor are aborted fetches of a page that is left. */
function forgive(reader) {
  const rest = reader.complaints.filter((it) => !/unreachable|panic|on purpose|^failed: .*\.svg$/.test(it));
  reader.complaints.splice(0, Infinity, ...rest);
}

test("after a panic the last change is there again, in a fresh program, and can be undone", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  const opened = await faults(page);
  await crash(page);
  const done = await faults(page);
  // Nothing that would be kept only after a while is kept when the program has stopped.
  await page.evaluate(() => {
    const last = setTimeout(() => {});
    for (let id = 0; id <= last; id += 1) clearTimeout(id);
  });
  await tab(page, "Details");
  await panics(page);
  const told = page.getByRole("alertdialog", { name: "Worldlines has stopped" });
  await told.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "go-on");
  const report = await told.getByLabel("Report").inputValue();
  assert.match(report, /on purpose/);
  assert.match(report, /src\/ui\/guard\.rs:\d+/);
  assert.match(report, /Run: #s=deflate\./);
  await page.locator("#copy-report").click();
  await until(async () => (await page.evaluate(() => navigator.clipboard.readText())) === report, "it is copied");
  await restart(page, "#go-on");
  assert.equal(await page.locator(".stopped").count(), 0);
  assert.equal(await page.locator("#panel").count(), 0, "the tab that was open may have been what stopped it");
  await until(async () => (await faults(page)).length === done.length, "the run is shown");
  assert.deepEqual(await faults(page), done);
  await page.locator("#undo").click();
  await until(async () => (await faults(page)).length === opened.length, "the change is undone");
  forgive(reader);
  await reader.leave();
});

test("a program that has stopped hears nothing more, and its page says so once", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await panics(page);
  await page.locator(".stopped").waitFor();
  const before = reader.complaints.length;
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
  await page.mouse.click(600, 200);
  await page.evaluate(() => dispatchEvent(new Event("worldlines-panic")));
  await page.evaluate(() => dispatchEvent(new HashChangeEvent("hashchange")));
  assert.equal(await page.locator(".stopped").count(), 1);
  const later = reader.complaints.slice(before).filter((it) => !/on purpose/.test(it));
  assert.ok(later.length <= 2, later.join("\n"));
  reader.complaints.length = 0;
  await reader.leave();
});

test("where neither address nor storage can be written, the run survives a panic too", async () => {
  const reader = await playground.reader();
  const page = await reader.context.newPage();
  await page.addInitScript(() => {
    const { replaceState } = history;
    history.replaceState = function (...data) {
      if (!data[0]?.restarted) throw new DOMException("no", "SecurityError");
      return replaceState.apply(this, data);
    };
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("no", "SecurityError");
        },
      });
    }
  });
  await page.goto(playground.url);
  await whole(page);
  await crash(page);
  const done = await faults(page);
  assert.equal(await page.evaluate(() => location.hash), "");
  await panics(page);
  await restart(page, "#go-on");
  await until(async () => (await faults(page)).length === done.length, "the run is shown");
  assert.deepEqual(await faults(page), done);
  forgive(reader);
  await reader.leave();
});

test("a reader who does not want the run again begins with the first example", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await crash(page);
  await panics(page);
  await restart(page, "#begin-anew");
  assert.deepEqual(await page.evaluate(() => location.hash), "");
  forgive(reader);
  await reader.leave();
});

test("an error of the page's that is no panic leaves the program alone", async () => {
  const reader = await playground.reader();
  const page = await reader.open();
  await page.evaluate(() => setTimeout(() => { throw new Error("an extension's"); }));
  await until(() => reader.complaints.length > 0, "the browser tells of it");
  assert.equal(await page.locator(".stopped").count(), 0);
  reader.complaints.length = 0;
  await reader.leave();
});
