// Time that a reader on a slow line waits for a protocol, a tab and a search, and the requests for that: of `dist/`,
// at 1.6 Mbit/s with 150 ms to each answer and a processor four times slower. Run it by hand: it prints the tables of
// docs/performance.md.
//
//     node tests/e2e/slow-line.mjs [RUNS [PROTOCOL or TAB…]]

import { launchChromium } from "./chromium.mjs";
import { DIST, whole } from "./playground.mjs";
import { bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";
import { slowed } from "./tasks.mjs";

const RUNS = Number(process.argv[2] ?? 3);
/** The protocols and tabs that are measured; without them all, and the requests of visits. */
const ONLY = process.argv.slice(3);
/** The run of another family, for a link. */
const ELSEWHERE = "consensus/paxos/duelling-proposers";

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/** In the page: does something, and answers after how many ms `isSo` is first true in a frame. */
function timed([act, isSo, argument]) {
  const [does, holds] = [act, isSo].map((text) => new Function(`return (${text})`)());
  return new Promise((resolve) => {
    const begun = performance.now();
    does(argument);
    const look = () => (holds(argument) ? resolve(performance.now() - begun) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
}

const choose = (id) => document.querySelector(`.gallery [data-protocol="${id}"]`).click();
const isChosen = (id) => document.querySelector(`#picker[data-protocol="${id}"]`) && !document.querySelector(".working");
const openTab = (id) => document.querySelector(`#${id}`).click();
const isOpen = (id) => document.querySelector(`#panel[aria-labelledby="${id}"]`) && !document.querySelector("#panel .missing");

/** Opens the gallery, and waits until it is there. */
async function openGallery(page) {
  await page.locator("#picker").click();
  await page.locator(".gallery .card").first().waitFor();
}

/** Opens the workbench, on the verdicts. */
async function openWorkbench(page) {
  await page.locator("#open-workbench").click();
  await page.locator(".workbench .verdicts").waitFor();
}

/** Requests of a page since it was opened, or since `from` ms. */
const requests = (page, from = 0) =>
  page.evaluate(
    (from) =>
      performance
        .getEntriesByType("resource")
        .filter(({ startTime }) => startTime >= from)
        .map(({ name, startTime, responseEnd, encodedBodySize }) => [
          decodeURI(name.split("/").at(-1)),
          Math.round(startTime),
          Math.round(responseEnd),
          encodedBodySize,
        ]),
    from,
  );

const server = await serveFolder(DIST, { compress: true });
const browser = await launchChromium();

/** A page on a slow line; nothing is cached. */
async function open(fragment = "") {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await slowed(context, page);
  await page.goto(server.url + fragment);
  return page;
}

/** The same, with all that it fetches by itself: nothing more is asked for two seconds. */
async function ready(fragment) {
  const page = await open(fragment);
  await whole(page);
  for (let before = -1, now = 0; now !== before; ) {
    before = now;
    await page.waitForTimeout(2000);
    now = (await requests(page)).length;
  }
  return page;
}

/** Time that a page waits for something, once it is `prepared`: the gallery or the workbench is open. */
async function waits(prepared, act, isSo, argument) {
  const times = [];
  let asked = [];
  for (let run = 0; run < RUNS; run += 1) {
    const page = await ready();
    await prepared(page);
    const from = await page.evaluate(() => performance.now());
    times.push(await page.evaluate(timed, [String(act), String(isSo), argument]));
    asked = await requests(page, from);
    await page.context().close();
  }
  const bytes = asked.reduce((sum, [, , , size]) => sum + size, 0);
  return `${Math.round(median(times))} ms (${times.map(Math.round).join(", ")}) | ${asked.length} | ${bytes}`;
}

function waterfall(title, rows) {
  console.log(`\n${title}\n\n| file | asked after | arrived after | bytes |\n|---|---:|---:|---:|`);
  for (const [name, start, end, size] of rows) console.log(`| ${name} | ${start} ms | ${end} ms | ${size} |`);
}

/** Tells the requests of a first visit, a first search and a link. */
async function visits() {
  const first = await ready();
  waterfall("A first visit", await requests(first));
  await openWorkbench(first);
  await first.locator("#tab-break-it").click();
  await first.locator(".breaking .primary").waitFor();
  // The list of requests of the page does not have those of its worker.
  const before = await first.evaluate(() => performance.now());
  await first.locator(".breaking .primary").click();
  await first.locator(".finding").first().waitFor({ timeout: 120_000 });
  waterfall("A first search, from the click on", await requests(first, before));
  await openGallery(first);
  const all = await first.evaluate(() => [
    [...document.querySelectorAll(".gallery [data-protocol]")].map(({ dataset }) => dataset.protocol),
    [...document.querySelectorAll('[role="tab"]')].map(({ id }) => id),
  ]);
  await first.context().close();
  const linked = await ready(await bundled(ELSEWHERE));
  waterfall(`A link to ${ELSEWHERE}`, await requests(linked));
  await linked.context().close();
  return all.flat().filter((id) => !["best-effort-broadcast", "tab-verdicts"].includes(id));
}

const measured = ONLY.length > 0 ? ONLY : await visits();
console.log("\n| chosen | usable after | requests | bytes |\n|---|---|---:|---:|");
for (const id of measured) {
  const how = id.startsWith("tab-") ? [openWorkbench, openTab, isOpen] : [openGallery, choose, isChosen];
  console.log(`| ${id} | ${await waits(...how, id)} |`);
}
await browser.close();
await server.stop();
