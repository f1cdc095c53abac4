// A link that compares runs (docs/link.md): made in the dialog "Share", opened elsewhere, kept while its runs are changed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { element, script, startCourses } from "./course.mjs";
import { calm, clipboard, tab, until, whole } from "./playground.mjs";
import { ORDERS, bundled } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

const parts = (page) => page.locator(".compared .parts").innerText();
const second = (page) => page.locator(".canvas.second svg");

/** Copies the link in the dialog "Share"; returns it, with what the dialog says of it. */
async function copyLink(page) {
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.getByRole("button", { name: "Copy link" }).click();
  await dialog.getByRole("button", { name: "Link copied" }).waitFor();
  const link = await clipboard(page);
  assert.equal(await dialog.getByLabel("Link", { exact: true }).inputValue(), link);
  const said = await dialog.locator(".link > p").allInnerTexts();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  return { link, said: said.join(" ") };
}
const BOTH = "It also holds the second run beside this one.";

/** Fields of an address that hold differences from the first run. */
const differences = (list) => `&c=deflate.${deflateRawSync(JSON.stringify(list)).toString("base64url")}`;

test("the copied link includes the second run and says so, and opens both", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open(await bundled(ORDERS));
  const alone = await copyLink(page);
  assert.doesNotMatch(alone.link, /&c=/);
  assert.ok(!alone.said.includes(BOTH), alone.said);
  await page.locator("#compare").selectOption({ label: "Causal multicast" });
  await second(page).waitFor();
  const said = await parts(page);
  const { link, said: told } = await copyLink(page);
  assert.match(link, /#s=deflate\.[\w-]+&d=[0-9a-f]{8}&c=deflate\.[\w-]+&e=[0-9a-f]{8}$/);
  assert.ok(told.includes(BOTH), told);

  const { hash } = new URL(link);
  const there = await reader.open(hash);
  await second(there).waitFor();
  assert.equal(await parts(there), said);
  assert.equal(await there.locator("#compare").inputValue(), "causal-multicast");
  assert.equal(await there.locator(".banner").count(), 0);
  assert.equal(new URL(there.url()).hash, hash, "the address stays as it was given");
  // A change of the run changes both, and the address has both.
  await there.locator('.canvas:not(.second) .arrow[data-message="Alice>Carol#1"]').focus();
  await there.keyboard.press("Enter");
  await there.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await there.locator(".theatre.edited").waitFor();
  await until(() => new URL(there.url()).hash !== hash && /&c=.*&e=/.test(there.url()), "the address follows");
  const changed = await parts(there);
  await there.waitForLoadState("networkidle");
  await there.reload();
  await whole(there);
  await second(there).waitFor();
  assert.equal(await parts(there), changed);
  const changes = await tab(there, "Changes");
  assert.ok(await changes.locator("#undo").isEnabled(), "it is the reader's work");
  await there.locator(".compared").getByRole("button", { name: "Close second run" }).click();
  assert.doesNotMatch((await copyLink(there)).link, /&c=/);
  await reader.leave();
});

test("another seed and another value of a parameter are compared, and the link holds them", async () => {
  const reader = await playground.reader({ ...calm, tab: "View" });
  const page = await reader.open(await bundled(ORDERS));
  await page.locator("#compare").selectOption({ label: "another seed" });
  await second(page).waitFor();
  const own = Number(JSON.parse(await page.evaluate(() => document.querySelector("#compare-value").value)));
  await page.locator("#compare-value").fill("41");
  await page.locator("#compare-value").press("Enter");
  await until(async () => /with seed = 41/.test(await page.locator(".both thead").innerText()), "the second run has the seed");
  assert.notEqual(own, 41);
  // Verdicts stand above both pictures.
  const above = await page.locator(".compared").evaluate((it) => {
    const stage = document.querySelector(".stage-frame");
    return (it.compareDocumentPosition(stage) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  });
  assert.ok(above, "the verdicts come before the pictures");
  const { link } = await copyLink(page);
  const there = await reader.open(new URL(link).hash);
  await second(there).waitFor();
  assert.equal(await there.locator("#compare").inputValue(), "seed");
  assert.equal(await there.locator("#compare-value").inputValue(), "41");
  // The field keeps what the second run has after a change and undo.
  await there.locator('.canvas:not(.second) .arrow[data-message="Alice>Carol#1"]').focus();
  await there.keyboard.press("Enter");
  await there.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await there.locator(".theatre.edited").waitFor();
  assert.equal(await there.locator("#compare-value").inputValue(), "41");
  const changes = await tab(there, "Changes");
  await changes.locator("#undo").click();
  await tab(there, "View");
  assert.equal(await there.locator("#compare-value").inputValue(), "41");

  const generals = await reader.open(await bundled("byzantine/interactive-consistency/note-004-table"));
  await generals.locator("#compare").selectOption({ label: "another round" });
  await second(generals).waitFor();
  await generals.locator("#compare-value").fill("20000");
  await generals.locator("#compare-value").press("Enter");
  await until(async () => (await generals.locator("#compare-value").inputValue()) === "10000", "the greatest value");
  assert.match(await generals.locator(".both thead").innerText(), /with round = 10000/);
  await generals.locator("#compare").selectOption({ label: "nothing" });
  await second(generals).waitFor({ state: "detached" });
  await generals.locator("#compare-value").waitFor({ state: "detached" });
  await reader.leave();
});

test("a link of several runs offers each, and a damaged one is refused with its text", async () => {
  const reader = await playground.reader({ ...calm, viewport: { width: 390, height: 844 }, colorScheme: "dark", tab: "View" });
  const first = await bundled(ORDERS);
  const page = await reader.open(first + differences([{ faults: [], title: "No delay" }, { protocol: "abcast", title: null, until: 900 }]));
  await second(page).waitFor();
  assert.match(await parts(page), /in “No delay”/);
  const options = await page.locator('#compare optgroup[label="Run of the link"] option').allInnerTexts();
  assert.deepEqual(options, ["No delay", "run 3"]);
  await page.locator("#compare").selectOption({ label: "run 3" });
  await until(async () => /under .*abcast/i.test(await page.locator(".both thead").innerText()), "the other is shown");
  const damaged = await reader.open(`${first}${differences([{ nodes: 0 }])}`);
  await damaged.locator(".banner .why").waitFor();
  assert.match(await damaged.locator(".banner .why").innerText(), /^c\[0\]\.nodes: found 0, expected/);
  assert.match(await damaged.locator(".banner textarea").inputValue(), /&c=deflate/);
  await reader.leave();
});

test("an embed shows both runs of a link", async () => {
  const fragment = (await bundled(ORDERS)) + differences([{ protocol: "causal-multicast" }]);
  const { page, leave } = await playground.openCourse(element(fragment) + script(playground.url), calm);
  const place = page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  const frame = place.frameLocator("iframe");
  await frame.locator("#worldlines > .page .canvas.second svg").waitFor();
  await frame.locator(".compared .both").waitFor();
  await until(async () => place.evaluate((it) => /&c=/.test(it.link)), "the element knows the link of both");
  await place.evaluate((it) => it.park());
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  await frame.locator("#worldlines > .page .canvas.second svg").waitFor();
  await leave();
});
