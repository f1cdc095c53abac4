// Embeds in Firefox: a course site of another origin with a strict policy, a sandboxed frame, messages, the wheel.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, element, listen, script, serveCourse } from "./course.mjs";
import { firefoxPath, launchFirefox } from "./firefox.mjs";
import { DIST, until } from "./playground.mjs";
import { OPENING, bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";

const options = { skip: firefoxPath ? false : "no Firefox is named" };

let server;
let browser;
before(async () => {
  if (!firefoxPath) return;
  server = await serveFolder(DIST);
  browser = await launchFirefox();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a course site with this body; `heard` are the messages of a kind that its window got. */
async function open(body) {
  const site = await serveCourse(server.url, body);
  const page = await browser.newPage();
  await page.setViewport({ width: 1000, height: 800 });
  const errors = [];
  // The policy of the course forbids its icon, which Firefox asks for.
  const complain = (text) => {
    if (!/favicon/.test(text)) errors.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") complain(message.text());
  });
  page.on("pageerror", (error) => complain(String(error)));
  await page.evaluateOnNewDocument(listen);
  await page.goto(site.url);
  return {
    page,
    heard: (kind) => page.evaluate((kind) => window.heard.filter((it) => it.worldlines === kind), kind),
    /** The frame that shows a run, when it is drawn. */
    async run() {
      let frame;
      const isDrawn = async () => {
        frame = page.frames().find((it) => it.url().includes("?embed#"));
        return await frame?.evaluate(() => document.querySelector("#worldlines > .page .stage svg") !== null).catch(() => false);
      };
      await until(isDrawn, "the run is drawn");
      return frame;
    },
    async leave() {
      await page.close();
      await site.stop();
      assert.deepEqual(errors, [], "the page complained");
    },
  };
}

const tall = "<p>text</p>".repeat(200);

/** Turns the wheel over the diagram; the page around scrolls. */
async function wheel({ page }, frame) {
  const stage = await frame.$(".stage");
  const box = await stage.boundingBox();
  await page.mouse.move(box.x + 200, box.y + 40);
  await page.mouse.wheel({ deltaY: 300 });
  await until(() => page.evaluate(() => scrollY > 100), "the page scrolls");
}

test("in Firefox an element under a strict policy is a picture, then a run that obeys and tells", options, async () => {
  const site = await open(element(await bundled(OPENING), 'controls="play.step.drop"') + tall + script(server.url));
  const { page } = site;
  const still = () =>
    page.evaluate(() => {
      const svg = document.querySelector("world-lines").shadowRoot?.querySelector(".still svg");
      return svg && { role: svg.getAttribute("role"), stroke: getComputedStyle(svg.querySelector(".lane path, path")).stroke };
    });
  await until(still, "the picture is drawn");
  assert.equal((await still()).role, "img");
  assert.notEqual((await still()).stroke, "none", "it has its styles");
  await page.evaluate(() => document.querySelector("world-lines").shadowRoot.querySelector(".still").click());
  const frame = await site.run();
  await until(async () => (await site.heard("verdict")).length > 0, "it tells the verdicts");
  await until(async () => (await site.heard("resize")).at(-1)?.height > 200, "it tells its height");
  await page.evaluate(() => document.querySelector("world-lines").seek(20));
  await until(async () => (await site.heard("time")).at(-1)?.time === 20, "it goes to the moment");
  const shown = (selector) => frame.evaluate((selector) => document.querySelector(selector).getClientRects().length > 0, selector);
  assert.deepEqual([await shown("#step"), await shown("#scrub")], [true, false], "it has the controls that were chosen");
  // The element gave the focus to its frame: until it is there again, the wheel is the page's.
  await page.evaluate(() => document.activeElement.blur());
  await wheel(site, frame);
  await site.leave();
});

test("in Firefox a sandboxed frame tells what happens, obeys, and leaves the wheel to the page around", options, async () => {
  const source = `${server.url}?embed${await bundled(OPENING)}&amp;height=450`;
  const site = await open(`<iframe sandbox="allow-scripts" width="900" height="450" src="${source}"></iframe>${tall}`);
  const frame = await site.run();
  await until(async () => (await site.heard("ready")).length === 1, "it is ready");
  await until(async () => (await site.heard("resize")).at(-1)?.height === 450, "it keeps to its height");
  await ask(site.page, { worldlines: "pause" });
  await ask(site.page, { worldlines: "seek", time: 30 });
  await until(async () => (await site.heard("time")).at(-1)?.time === 30, "it goes to the moment");
  await ask(site.page, { worldlines: "seek", time: "soon" });
  await until(async () => (await site.heard("error")).some((it) => /found "soon"/.test(it.message)), "it refuses nonsense");
  await wheel(site, frame);
  await site.leave();
});
