// The reader's own work: runs saved by name, a new run, words in place, an exercise, the tour, the system's share sheet.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { calm, heading, openShare, protocolOf, startPlayground, tab, until } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

test("a run is saved by name, opened after a reload, deleted, and restored", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open();
  await page.locator(".deed.fault button.icon").first().click();
  await page.locator("#undo-last").waitFor();
  const saved = await page.locator(".deed .what").allInnerTexts();
  await page.locator("#more").click();
  await page.locator("#own-runs").click();
  await page.locator("#run-name").fill("  Nothing   fails ");
  await page.locator("#save-run").click();
  await page.getByText("Saved: Nothing fails").or(page.getByText(/^Saved: +Nothing +fails/)).waitFor();
  await page.goto(playground.url);
  await page.reload();
  await page.locator("#picker").click();
  const row = page.locator(".own-runs li", { hasText: "Nothing fails" });
  await row.getByRole("link").click();
  await until(async () => (await page.locator(".deed .what").allInnerTexts()).join() === saved.join(), "the saved run is open");
  await page.locator("#picker").click();
  await row.getByRole("button").click();
  await page.getByText("Deleted: Nothing fails.").waitFor();
  assert.equal(await row.count(), 0);
  await page.locator(".own-runs").getByRole("button", { name: "Undo" }).click();
  await row.waitFor();
  await reader.leave();
});

test("a new run begins with nothing, and requests and faults are added to it and saved as a file", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  await page.locator("#picker").click();
  await page.locator("#new-run").click();
  await page.locator("#panel[aria-labelledby=tab-changes] .add").waitFor();
  assert.equal(await page.locator(".deed").count(), 0);
  await page.locator(".strip", { hasText: "othing to judge" }).waitFor();
  for (const [node, at, act] of [["Bob", "40", "broadcast"], ["Carol", "50", "crash"]]) {
    await page.locator(".add select").selectOption({ label: node });
    await page.locator(".add input").fill(at);
    await page.locator("#add-deed").click();
    await page.locator(`.menu [data-do="${act}"]`).first().click();
    await page.locator(".deed", { hasText: node }).waitFor();
  }
  assert.equal(await page.locator(".deed").count(), 2);
  await page.locator("#more").click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#save-as-file").click()]);
  const scenario = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.deepEqual([scenario.requests.length, scenario.faults.length], [1, 1]);
  await reader.leave();
});

test("an exercise is made where it stands, and solved", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open();
  await page.locator(".deed.fault button.icon").first().click();
  await page.locator("#write").click();
  await page.selectOption("#author-goal", "violate");
  await page.locator(".exercise", { hasText: /^Exercise: Violate .* with at most 1 crash\./ }).waitFor();
  await page.locator(".author .goal select").nth(1).selectOption("agreement");
  await page.locator(".exercise", { hasText: "Violate agreement with at most 1 crash." }).waitFor();
  await page.locator("#author-done").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "write");
  assert.equal(await page.locator("#result-code").count(), 0);
  // Undo takes the goal back, redo brings it.
  await page.locator("#undo").click();
  await page.locator("#redo").click();
  await page.locator(".exercise", { hasText: "Violate agreement" }).waitFor();
  const shared = await page.evaluate(() => location.hash);
  const student = await reader.open(shared);
  await student.locator(".exercise", { hasText: "Violate agreement with at most 1 crash." }).waitFor();
  await reader.leave();
});

test("the tour has six stops and ends at all examples", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  for (let stop = 1; stop <= 6; stop += 1) {
    await page.locator(".tour", { hasText: `Tour ${stop} of 6.` }).waitFor();
    await page.locator("#next").click();
  }
  await page.locator(".gallery #own-runs-title").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await protocolOf(page), "paxos");
  await reader.leave();
});

test("acts without effect are below the others, with their reasons, and details are read in the workbench", async () => {
  const reader = await playground.reader({ ...calm, tab: null });
  const page = await reader.open();
  await page.keyboard.press("End");
  await page.locator(".arrow .hit").first().click({ force: true });
  const menu = page.locator(".menu");
  await menu.waitFor();
  assert.equal(await menu.locator(".entries > .cannot").count(), 0);
  await menu.locator('[data-do="details"]').click();
  const facts = page.locator("#panel[aria-labelledby=tab-details] .facts");
  await facts.getByText(/^by Bob at \d+ ms, after \d+ ms$/).waitFor();
  await facts.getByRole("button").first().click();
  await page.locator("#panel .moment", { hasText: "Alice sends m1" }).waitFor();
  await reader.leave();
});

test("the system's share sheet gets the title and the link", async () => {
  const prepare = () => {
    navigator.share = async (data) => {
      globalThis.sharedData = data;
    };
  };
  const { reader, page } = await openShare(playground, "", { prepare });
  await page.locator("#system-share").click();
  const data = await page.evaluate(() => globalThis.sharedData);
  assert.equal(data.url, await page.locator("#share-link").inputValue());
  await page.keyboard.press("Escape");
  assert.equal(data.title, await heading(page));
  await reader.leave();
});
