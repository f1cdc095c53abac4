// A file beside the page that its address asks for: `?src=FILE` (docs/link.md).

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { calm, heading, startPlayground, tab, until, whole } from "./playground.mjs";
import { bundled, link } from "./runs.mjs";

const COMMIT = new URL("../../static/scenarios/recovery/two-phase-commit/one-votes-no.json", import.meta.url);

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const address = (page) => page.evaluate(() => location.search + location.hash.slice(0, 11));

/** A reader to whom the host has these files beside the page, by their names; others are not there. */
async function readerOf(files) {
  const reader = await playground.reader(calm);
  await reader.context.route(/\/files\//, (route) => {
    const name = decodeURIComponent(new URL(route.request().url()).pathname.split("/files/")[1]);
    return name in files ? route.fulfill({ body: files[name] }) : route.fulfill({ status: 404 });
  });
  return reader;
}

/** Digits that hardly compress. */
function digits() {
  let word = 1n;
  return () => {
    word = (word * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(word >> 32n);
  };
}

/** A scenario whose link has more than 65 536 characters. */
function tooLarge(text) {
  const scenario = JSON.parse(text);
  const next = digits();
  scenario.faults = Array.from({ length: 9000 }, (_, place) => {
    const at = 1000 + (next() % 900_000_000);
    return { pause: { node: scenario.nodes[place % 3], at, until: at + 1 + (next() % 1_000_000) } };
  });
  return JSON.stringify(scenario);
}

test("a file of the address is opened as if nothing had been before, and a fragment wins over it", async () => {
  const text = await readFile(COMMIT, "utf8");
  const reader = await readerOf({ "one no.json": text });
  const page = await reader.open("?src=files/one%20no.json");
  await until(async () => (await heading(page)) === "One votes no, one has crashed", "the file is shown");
  assert.ok(await page.locator("#undo").isDisabled(), "no other run was shown");
  assert.equal(await page.locator(".banner").count(), 0);
  await tab(page, "Settings");
  await page.selectOption("#order", "fifo");
  await until(async () => /^Your run of /.test(await heading(page)), "it is changed");
  await page.waitForLoadState("networkidle");
  await page.reload();
  await whole(page);
  await until(async () => (await page.locator("#order").inputValue()) === "fifo", "the change outlives a reload");
  const other = await reader.open(`?src=files/none.json${await bundled("election/bully/leader-crashes")}`);
  assert.equal(await heading(other), "The leader crashes, the next one takes over");
  await other.waitForLoadState("networkidle");
  await reader.leave();
});

test("a file that is not there or is no scenario is named with what was expected", async () => {
  const reader = await readerOf({ "a.html": "<!doctype html><p>Hello", "empty.json": "", "list.json": "[]" });
  const json = "expected the JSON of a scenario";
  for (const [file, why] of [
    ["files/none.json", "files/none.json: found no file (the host answers 404), expected the file of a scenario"],
    [
      "files/a.html",
      `files/a.html: found an HTML page: "<!doctype html><p>Hello", ${json}: the address may lead to a page about the file, or to a sign-in`,
    ],
    ["files/empty.json", `files/empty.json: found "", ${json}`],
    ["files/list.json", `files/list.json: found "[]", ${json}`],
  ]) {
    const page = await reader.open(`?src=${file}`);
    await until(async () => (await page.locator(".banner .why").count()) === 1, `${file} is refused`);
    assert.equal(await page.locator(".banner .why").innerText(), why);
    assert.equal(await heading(page), "The sender crashes half-way");
    await page.locator(".banner").getByRole("button", { name: "Close" }).click();
    await page.locator(".banner").waitFor({ state: "detached" });
    assert.equal(await address(page), `?src=${file}`);
    await page.close();
  }
  // The browser prints what is not there; nothing else went wrong, and no other host was asked.
  const others = reader.complaints.filter((complaint) => !/404|failed: .*(none\.json|icon\.svg)$/.test(complaint));
  reader.complaints.splice(0, reader.complaints.length, ...others);
  await reader.leave();
});

test("a run that is too large for a link offers none, and its address stays the file's", async () => {
  const reader = await readerOf({ "large.json": tooLarge(await readFile(COMMIT, "utf8")) });
  const page = await reader.open("?src=files/large.json");
  await until(async () => (await heading(page)) === "One votes no, one has crashed", "the file is shown");
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  assert.match(await dialog.locator(".warning").innerText(), /too large for a link/);
  assert.equal(await dialog.getByRole("button", { name: "Copy link" }).count(), 0, "there is no link to copy");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await address(page), "?src=files/large.json");
  await page.waitForLoadState("networkidle");
  await page.reload();
  await whole(page);
  await until(async () => (await heading(page)) === "One votes no, one has crashed", "the file is shown again");
  assert.equal(await page.locator(".banner").count(), 0);
  await page.waitForLoadState("networkidle");
  await reader.leave();
});

test("Share names the address with the file and its checksum, and the saved file opens by it", async () => {
  const reader = await readerOf({ "large.json": tooLarge(await readFile(COMMIT, "utf8")) });
  const page = await reader.open("?src=files/large.json");
  await until(async () => (await heading(page)) === "One votes no, one has crashed", "the file is shown");
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  const { searchParams } = new URL(await dialog.getByLabel("Address that opens the file").inputValue());
  assert.equal(searchParams.get("src"), "one-votes-no-one-has-crashed.json");
  const integrity = searchParams.get("integrity");
  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Save scenario (JSON)" }).click();
  const text = await readFile(await (await saved).path());
  assert.equal(integrity, `sha256-${createHash("sha256").update(text).digest("base64url")}`);
  const other = await readerOf({ "saved.json": text });
  const opened = await other.open(`?src=files/saved.json&integrity=${integrity}`);
  await until(async () => (await heading(opened)) === "One votes no, one has crashed", "the saved file is shown");
  await other.leave();
  await reader.leave();
});

test("the key of a student picks a variant of an exercise, in a link and beside a file", async () => {
  const path = new URL("../../static/scenarios/ordering/fifo-multicast/exercise-reply-first.json", import.meta.url);
  const exercise = JSON.parse(await readFile(path, "utf8"));
  exercise.nodes = ["P1", "P2", "P3"];
  exercise.goal.variants = [{ nodes: ["Ann", "Ben", "Cem"] }, { nodes: ["Ben", "Cem", "Ann"] }, { nodes: ["Cem", "Ann", "Ben"] }];
  // As docs/exercises.md says it.
  const teller = (id) => {
    const hash = createHash("sha256").update(id).digest().readBigUInt64BE();
    return exercise.goal.variants[Number(hash % 3n)].nodes[1];
  };
  const ids = ["s1000", "s1001", "s1002", "s1003"];
  assert.ok(new Set(ids.map(teller)).size > 1, "they do not all have the same variant");
  const reader = await readerOf({ "variants.json": JSON.stringify(exercise) });
  const task = (page) => page.locator(".exercise").innerText();
  for (const id of ids) {
    for (const address of [`?src=files/variants.json&v=${id}`, `${link(exercise)}&v=${id}`]) {
      const page = await reader.open(address);
      await until(async () => (await task(page)).includes(`Make ${teller(id)} indicate: deliver m2`), `${address} opens the variant of ${teller(id)}`);
      await page.close();
    }
  }
  const page = await reader.open(link(exercise));
  await until(async () => (await task(page)).includes("Make P2 indicate: deliver m2"), "without a key the exercise itself");
  await reader.leave();
});
