// The one-file HTML of a run, as `worldlines run --html` writes it, opened from the disk.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { launchChromium } from "./chromium.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCENARIOS = join(ROOT, "static/scenarios");
const run = promisify(execFile);

let browser, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "worldlines-"));
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Writes the file of a scenario and opens it. What the page complains of fails the test. */
async function open(scenario, { options = [], script = true } = {}) {
  const file = join(folder, `${Math.random()}.html`);
  const input = scenario.startsWith("{") ? join(folder, "own.json") : join(SCENARIOS, `${scenario}.json`);
  if (scenario.startsWith("{")) await writeFile(input, scenario);
  await run("cargo", ["run", "-q", "--bin", "worldlines", "--", "run", input, "--html", file, ...options], { cwd: ROOT });
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, javaScriptEnabled: script });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => request.url().startsWith("file:") || complaints.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  const leave = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return { page, leave };
}

/** Ids of the events whose marks are visible. */
const visible = (page) =>
  page.$$eval("[data-event]", (all) =>
    all.filter((mark) => getComputedStyle(mark).visibility === "visible").map((mark) => Number(mark.dataset.event)),
  );

test("the file shows the whole run, and steps hide what is still to come", async () => {
  const { page, leave } = await open("reliable/reliable-broadcast/sender-crashes-half-way");
  const all = await visible(page);
  assert.ok(all.length > 10, `${all.length} marks`);
  await page.locator("#first").click();
  assert.deepEqual(await visible(page), []);
  assert.match(await page.locator("#said").textContent(), /^0 of \d+\. Before the first event$/);
  await page.locator("#next").click();
  assert.deepEqual(await visible(page), [0]);
  assert.match(await page.locator("#said").textContent(), /10 ms: Alice/);
  // The message from Alice is under way: it ends at the playhead, and its end is not told.
  await page.locator("#next").click();
  const arrows = await page.$$eval("[data-sent]", (all) =>
    all
      .filter((arrow) => getComputedStyle(arrow).visibility === "visible")
      .map((arrow) => [arrow.dataset.message, arrow.classList.contains("wl-under-way")]),
  );
  assert.deepEqual(arrows, [["Alice>Bob#1", true]]);
  const head = page.locator("[data-message='Alice>Bob#1'] .head");
  assert.equal(await head.evaluate((it) => getComputedStyle(it).visibility), "hidden");
  const slider = page.locator("#moment");
  await slider.fill("9");
  const events = await visible(page);
  assert.ok(events.length > 2 && events.every((event) => event < 9), `${events}`);
  await page.locator("#last").click();
  assert.deepEqual(await visible(page), all);
  assert.equal(await page.locator(".wl-playing").count(), 0);
  await leave();
});

test("keys step and play, and a click on a mark goes there", async () => {
  const { page, leave } = await open("consensus/paxos/duelling-proposers");
  const said = () => page.locator("#said").textContent();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  assert.match(await said(), /^1 of /);
  await page.keyboard.press("End");
  const end = await said();
  const [events] = end.match(/\d+/);
  assert.ok(end.startsWith(`${events} of ${events}. `));
  const chosen = (await visible(page))[4];
  const mark = page.locator(`[data-event='${chosen}']`);
  const { x, y, width, height } = await mark.locator("path, circle").first().boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  assert.ok((await said()).startsWith(`${chosen + 1} of `));
  await page.keyboard.press("Home");
  await page.keyboard.press(" ");
  await page.waitForFunction(() => Number(document.querySelector("#moment").value) > 3);
  assert.equal(await page.locator("#play").getAttribute("aria-label"), "Pause");
  await page.keyboard.press(" ");
  const paused = await said();
  await page.waitForTimeout(300);
  assert.equal(await said(), paused);
  assert.equal(await page.locator("#play").getAttribute("aria-label"), "Play");
  await leave();
});

test("a run plays to its end", async () => {
  const { page, leave } = await open("reliable/best-effort-broadcast/receiver-crashes");
  const all = await visible(page);
  await page.locator("#play").click();
  await page.waitForFunction(() => document.querySelector("#play").getAttribute("aria-label") === "Pause");
  await page.waitForFunction(() => document.querySelector("#play").getAttribute("aria-label") === "Play", null, { timeout: 20_000 });
  assert.deepEqual(await visible(page), all);
  await leave();
});

test("without scripts the file is a picture with verdicts and words", async () => {
  const { page, leave } = await open("byzantine/interactive-consistency/three-generals", {
    options: ["--base", "https://example.org/worldlines/"],
    script: false,
  });
  const marks = page.locator("[data-event]");
  assert.ok((await marks.count()) > 20);
  assert.equal(await marks.first().isVisible(), true);
  assert.equal(await page.locator(".player").count(), 0);
  assert.match(await page.locator(".verdicts").first().textContent(), /✗vector agreement violated/);
  const link = page.getByRole("link", { name: "Open this run in Worldlines" });
  assert.match(await link.getAttribute("href"), /^https:\/\/example\.org\/worldlines\/#s=deflate\./);
  await page.locator("summary").click();
  assert.match(await page.locator("details").textContent(), /At 10 ms/);
  await leave();
});

test("the file of a run with hostile texts runs none of them", async () => {
  const text = "</script><script>document.title = 'seized'</script><img src=x onerror=alert(1)>";
  const scenario = JSON.stringify({
    version: 1,
    title: text,
    protocol: "best-effort-broadcast",
    nodes: ["<i &lt;", "B"],
    requests: [{ at: 0, node: "B", do: "broadcast", with: text }],
    captions: [{ at: 0, node: "B", text }],
  });
  const { page, leave } = await open(scenario);
  assert.equal(await page.title(), text);
  assert.equal(await page.locator("img, i").count(), 0);
  assert.equal(await page.locator("h1").textContent(), text);
  await page.locator("#first").click();
  await page.locator("#next").click();
  assert.match(await page.locator("#said").textContent(), /broadcast/);
  await leave();
});

test("nothing of the picture is beyond the playhead", async () => {
  for (const scenario of ["membership/virtual-synchrony/both-sides-go-on", "mutex/token-ring-lock/two-tokens", "recovery/snapshot/money-in-flight"]) {
    const { page, leave } = await open(scenario);
    for (const step of [1, 5, 12, 20]) {
      await page.locator("#moment").fill(String(step));
      const beyond = await page.evaluate(() => {
        const edge = Number(document.querySelector(".wl-playhead").getAttribute("d").match(/[\d.]+/)[0]);
        const isClipped = (element) => element.closest("svg *") !== null && getComputedStyle(element).clipPath !== "none";
        const clipped = (element) => {
          for (let up = element; up !== null && up.tagName !== "svg"; up = up.parentElement) if (isClipped(up)) return true;
          return false;
        };
        // The lines to come are faint, the axis is there, and a text of what has happened may reach over the playhead.
        const all = document.querySelectorAll(".wl-diagram :is(path, circle, rect), .wl-diagram .arrow text");
        return [...all]
          .filter((element) => !element.closest(".wl-rest, .ruler, .wl-playhead, clipPath, .plot"))
          .filter((element) => getComputedStyle(element).visibility === "visible" && !clipped(element))
          .filter((element) => element.getBBox().x > edge)
          .map((element) => element.outerHTML);
      });
      assert.deepEqual(beyond, [], `${scenario} after ${step} events`);
    }
    await leave();
  }
});

test("a run that is drawn down the page plays too", async () => {
  const { page, leave } = await open("reliable/reliable-broadcast/sender-crashes-half-way", {
    options: ["--width", "420", "--theme", "dark"],
  });
  await page.locator("#first").click();
  await page.locator("#next").click();
  await page.locator("#next").click();
  assert.deepEqual(await visible(page), [0]);
  const d = await page.locator(".wl-playhead").getAttribute("d");
  assert.match(d, /^M0 [\d.]+H\d+$/);
  await leave();
});
