// Embeds whose frame lies, fails or is parked too soon, with a stand-in for the program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { element, script } from "./course.mjs";
import { until } from "./playground.mjs";
import { startStandIn, tells } from "./stand-in.mjs";

const SECRET = "The members of the committee";

let standIn;
before(async () => {
  standIn = await startStandIn({ files: { "secret.json": SECRET } });
});
after(() => standIn?.stop());

const open = (body, options) => standIn.open(body + script(standIn.url), options);
const time = { worldlines: "time", time: 0 };
const svgOf = (title) => `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80"><title>${title}</title></svg>`;

/** The latest wish for a picture that the hidden frame has heard, of this run; waits until it is there. */
async function wished(frame, run) {
  let wish;
  await until(async () => {
    wish = (await frame.evaluate(() => window.asked)).findLast((it) => it.worldlines === "picture");
    return wish?.scenario.includes(run);
  }, `a picture of ${run} is asked for`);
  return wish;
}

/** The hidden frame, once it is ready. */
async function drawingFrame(site) {
  const frame = await site.frame("?embed=picture");
  await tells(frame, time);
  return frame;
}

const draws = async (frame, run, title) => tells(frame, { worldlines: "picture", id: (await wished(frame, run)).id, svg: svgOf(title) });
const title = (place) => place.locator(".still svg title").textContent();
/** Takes the element out of the window, and back. */
async function comeAgain({ page }) {
  await page.evaluate(() => {
    document.body.style.height = "9000px";
    scrollTo(0, 8000);
  });
  await until(() => page.evaluate(() => scrollY > 5000), "it is away");
  // The observer tells of it with the next frames.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.evaluate(() => scrollTo(0, 0));
}

test("wishes to an element that is parked before its frame is ready are heard by the next frame", async () => {
  const site = await open(element("#s=first"));
  const place = site.page.locator("world-lines");
  await place.evaluate((it) => {
    it.load("#s=other");
    it.seek(25);
  });
  await site.frame("?embed=again");
  await place.evaluate((it) => it.park());
  assert.equal(await place.locator("iframe").count(), 0);
  await place.evaluate((it) => it.wake());
  const frame = await site.frame("?embed=again");
  await tells(frame, time);
  await until(async () => (await frame.evaluate(() => window.asked)).length === 2, "both wishes are heard");
  assert.deepEqual(await frame.evaluate(() => window.asked), [
    { worldlines: "load", scenario: "#s=other" },
    { worldlines: "seek", time: 25 },
  ]);
  // Another run of the page's author takes the place of what was asked before.
  await place.evaluate((it) => {
    it.park();
    it.load("#s=third");
    it.setAttribute("scenario", "#s=fourth");
  });
  const last = await site.frame("#s=fourth");
  await tells(last, time);
  await until(() => last.evaluate(() => window.heard.length === 0), "nothing is asked of it");
  await site.leave();
});

test("a hidden frame that does not answer is replaced, and the picture is tried again", async () => {
  const site = await open(element("#s=first"));
  const place = site.page.locator("world-lines");
  const silent = await drawingFrame(site);
  await wished(silent, "s=first");
  await site.page.clock.fastForward(41_000);
  await until(() => site.warned.some((it) => /The picture did not come/.test(it)), "it is given up");
  await until(() => silent.isDetached(), "its frame is removed");
  await comeAgain(site);
  const next = await drawingFrame(site);
  await draws(next, "s=first", "First");
  await place.locator(".still svg").waitFor();
  assert.equal(await title(place), "First");
  await site.leave();
});

test("a picture that fails leaves no picture of another run, and is tried again", async () => {
  const site = await open(element("#s=first", "", "<b>By the author</b>"));
  const place = site.page.locator("world-lines");
  const frame = await drawingFrame(site);
  await draws(frame, "s=first", "First");
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.setAttribute("scenario", "#s=second"));
  const { id } = await wished(frame, "s=second");
  await tells(frame, { worldlines: "picture", id, message: "no such run" });
  await place.locator("b").waitFor();
  assert.equal(await place.locator(".still svg").count(), 0);
  await comeAgain(site);
  await until(async () => (await wished(frame, "s=second")).id > id, "it is asked for again");
  await draws(frame, "s=second", "Second");
  await place.locator(".still svg").waitFor();
  assert.equal(await title(place), "Second");
  // A failure of a picture that is no longer wanted takes nothing away.
  await place.evaluate((it) => it.setAttribute("property", "validity"));
  let wanted;
  await until(async () => (wanted = await wished(frame, "s=second")).property === "validity", "another picture is asked for");
  await place.evaluate((it) => it.setAttribute("property", "agreement"));
  await tells(frame, { worldlines: "picture", id: wanted.id, message: "no such property" });
  await until(async () => (await wished(frame, "s=second")).property === "agreement", "the next one is asked for");
  assert.equal(await title(place), "Second");
  await site.leave();
});

test("a frame is told of a theme once, and of no other change of the page's root", async () => {
  const site = await open(element("#s=first"));
  await site.page.locator("world-lines").evaluate((it) => it.wake());
  const frame = await site.frame("?embed#s=first");
  await tells(frame, time);
  const root = (change) => site.page.evaluate(change);
  await until(async () => (await site.heard()).some((it) => it.worldlines === "ready"), "it is ready");
  for (let count = 0; count < 5; count += 1) await root(() => document.documentElement.classList.toggle("menu-open"));
  await root(() => document.documentElement.style.setProperty("--gap", "3px"));
  await root(() => (document.documentElement.dataset.theme = "dark"));
  await root(() => document.documentElement.classList.toggle("menu-open"));
  await until(() => frame.evaluate(() => document.documentElement.dataset.theme === "dark"), "it is dark");
  await root(() => (document.documentElement.dataset.theme = "light"));
  await until(() => frame.evaluate(() => document.documentElement.dataset.theme === "light"), "it is light again");
  assert.deepEqual(await frame.evaluate(() => window.heard), [
    { worldlines: "theme", theme: "dark" },
    { worldlines: "theme", theme: "light" },
  ]);
  await site.leave();
});

test("a frame that lies draws nothing: another one on the page, and the hidden one once it shows another page", async () => {
  const lie = { "/lie.js": { type: "text/javascript", content: "" }, "/liar": { type: "text/html", content: "<!doctype html><title>A liar</title>" } };
  // The course is of another origin than the element's script.
  const site = await open(`${element("#s=first")}<iframe src="/liar"></iframe>`, { files: lie, policy: "" });
  const place = site.page.locator("world-lines");
  const lies = (frame, ...messages) =>
    frame.evaluate((messages) => messages.forEach((message) => parent.postMessage(message, "*")), messages);
  const liar = site.page.frames().find((it) => it.url().endsWith("/liar"));
  const forged = [1, 2, 3].map((id) => ({ worldlines: "picture", id, svg: svgOf("A lie") }));
  const hidden = await site.frame("?embed=picture");
  await lies(liar, { worldlines: "ready" }, ...forged);
  assert.deepEqual(await hidden.evaluate(() => window.asked), [], "the hidden frame itself is not ready");
  await tells(hidden, time);
  await wished(hidden, "s=first");
  await lies(liar, ...forged);
  // The hidden frame is led to a page of the course's origin, as a host leads to a page where its reader signs in.
  const other = new URL("/liar", site.page.url()).href;
  await hidden.evaluate((other) => void (location = other), other).catch(() => {});
  let led;
  await until(() => (led = site.page.frames().find((it) => it !== liar && it.url() === other)), "it is led elsewhere");
  await led.waitForLoadState();
  await lies(led, { worldlines: "ready" }, ...forged);
  const count = (await site.heard()).length;
  await lies(led, { worldlines: "end" });
  await until(async () => (await site.heard()).length > count, "all was heard");
  assert.equal(await place.locator(".still svg").count(), 0);
  // It is given up as one that fails, and the next one is ours again.
  await site.page.clock.fastForward(41_000);
  await until(() => site.warned.some((it) => /The picture did not come/.test(it)), "it is given up");
  await comeAgain(site);
  await draws(await drawingFrame(site), "s=first", "The truth");
  await place.locator(".still svg").waitFor();
  assert.equal(await title(place), "The truth");
  await site.leave();
});

test("a page of its own with ?embed in its address tells nothing to itself", async () => {
  const context = await standIn.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${standIn.url}?embed#s=first&controls=none`);
  await until(() => page.evaluate(() => globalThis.begun), "the program begins");
  await tells(page, time);
  await tells(page, { worldlines: "error", message: "no" });
  await page.evaluate(() => postMessage({ worldlines: "sing" }, "*"));
  // A loop would go on with every message.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  assert.deepEqual(await page.evaluate(() => window.heard), [{ worldlines: "sing" }]);
  await context.close();
});

test("the page around hears that a file of our origin cannot be used, and nothing of its content", async () => {
  const sources = ["?embed&src=secret.json#", "?embed&src=none.json#", "?embed=picture"].map((it) => standIn.url + it);
  const site = await open(sources.map((it) => `<iframe src="${it}"></iframe>`).join(""));
  const [quoting, missing, pictures] = [await site.frame("=secret.json#"), await site.frame("=none.json#"), await site.frame("?embed=picture")];
  const why = `secret.json: found "${SECRET}", expected the JSON of a scenario`;
  for (const frame of [quoting, missing]) {
    await frame.evaluate(() => {
      addEventListener("worldlines-source", ({ detail }) => (window.file = detail));
      dispatchEvent(new Event("worldlines-source-wanted"));
    });
    await until(() => frame.evaluate(() => window.file), "the file was asked for");
    await tells(frame, { worldlines: "error", message: why, file: true });
  }
  assert.match(await quoting.evaluate(() => window.file), new RegExp(SECRET), "the program has the content");
  await tells(pictures, time);
  for (const [id, src] of [[1, "secret.json"], [2, "none.json"]]) {
    const wish = { worldlines: "picture", id, scenario: "", theme: "light", width: 800, src };
    await site.page.evaluate((wish) => [...document.querySelectorAll("iframe")].at(-1).contentWindow.postMessage(wish, "*"), wish);
    await until(async () => (await pictures.evaluate(() => window.asked)).some((it) => it.id === id && it.file), "a picture is asked for");
    await tells(pictures, { worldlines: "picture", id, message: why, file: true });
  }
  const told = async () => (await site.heard()).filter((it) => typeof it.message === "string");
  await until(async () => (await told()).length === 4, "four failures are told");
  const [content, absent] = [
    "secret.json: the file is not one that can be opened. The frame and its console say why.",
    "none.json: the file could not be fetched. The frame and its console say why.",
  ];
  assert.deepEqual((await told()).map(({ id, message }) => [id, message]), [[undefined, content], [undefined, absent], [1, content], [2, absent]]);
  assert.doesNotMatch(JSON.stringify(await site.heard()), new RegExp(SECRET));
  assert.equal(site.warned.filter((it) => it === `Worldlines: ${why}`).length, 4, "the frame's console says why");
  // A fault of a run that the page around gave is told in full.
  await tells(quoting, { worldlines: "error", message: "nodes: found 0", file: false });
  await until(async () => (await told()).some((it) => it.message === "nodes: found 0"), "it is told");
  await site.leave();
});

test("a report that could not be fetched is fetched again from an address of its own", async () => {
  const site = await open("<p>A course</p>");
  const asked = [];
  await site.page.route("**/report.js*", (route) => {
    asked.push(new URL(route.request().url()).search);
    return asked.length > 2 ? route.continue() : route.abort();
  });
  await site.page.evaluate((source) => {
    document.body.append(Object.assign(document.createElement("iframe"), { src: source }));
  }, `${standIn.url}?embed#s=first`);
  const frame = await site.frame("?embed#s=first");
  const detail = JSON.stringify({ score: 1, state: "w1.AAAA.01234567" });
  await frame.evaluate((detail) => void dispatchEvent(new CustomEvent("worldlines-attempt", { detail })), detail);
  for (const tries of [1, 2, 3]) {
    await until(() => asked.length === tries, `it is asked for the ${tries}. time`);
    await site.page.clock.runFor(5_500);
  }
  await until(async () => (await site.heard()).some((it) => it.subject === "SPLICE.reportScoreAndState"), "the attempt is reported");
  assert.equal(new Set(asked).size, 3, asked.join(" "));
  await site.leave();
});
