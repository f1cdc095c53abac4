// Embeds as course sites have them: many on a page, slides, a frame of a learning system.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { arrived, element, script, startCourses, wake } from "./course.mjs";
import { DIST, until } from "./playground.mjs";
import { OPENING, ORDERS, bundled } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

test("of many embeds at most three are live beside one hidden frame, and the program is downloaded once", async () => {
  const kept = [];
  const server = await serveFolder(DIST, { kept });
  const [opening, fifo] = await Promise.all([OPENING, ORDERS].map(bundled));
  const text = "<p>text</p>".repeat(10);
  const body = Array.from({ length: 5 }, (_, at) => element(at % 2 === 0 ? opening : fifo) + text).join("");
  const site = await playground.openCourse(body + script(server.url), { of: server.url });
  const { page } = site;
  const all = page.locator("world-lines");
  const frames = () =>
    page.evaluate(() => {
      const live = [...document.querySelectorAll("world-lines")].filter((it) => it.shadowRoot.querySelector("iframe"));
      return [live.length, document.querySelectorAll("iframe").length];
    });
  for (const at of [0, 1, 2, 3, 4, 0]) {
    await wake(all.nth(at));
    await arrived(all.nth(at).frameLocator("iframe"));
    const [live, hidden] = await frames();
    assert.ok(live <= 3, `${live} are live`);
    assert.equal(hidden, 1);
  }
  assert.equal((await frames())[0], 3);
  assert.equal(page.frames().length, 1 + 3 + 1, "nothing else is there");
  await until(async () => (await page.locator("world-lines .still svg").count()) === 5, "all pictures are drawn");
  // The program of `cargo xtask serve` is too large for the browser's cache.
  for (const file of ["playground_bg.wasm", "playground.js", "embed.js"]) {
    assert.equal(kept.filter((it) => it.endsWith(`/${file}`)).length, 1, `${file} is downloaded once`);
  }
  await site.leave();
  await server.stop();
});

test("a slide of reveal.js has a run that is as high as it should be, and can be used", async () => {
  const folder = new URL("../../node_modules/reveal.js/dist/", import.meta.url);
  const file = async (name, type) => ({ type, content: await readFile(new URL(name, folder)) });
  const start = 'import Reveal from "./reveal.esm.js"; Reveal.initialize({ transition: "none" }).then(() => (window.Reveal = Reveal));';
  const files = {
    "/reveal.css": await file("reveal.css", "text/css"),
    "/reveal.esm.js": await file("reveal.esm.js", "text/javascript"),
    "/slides.js": { type: "text/javascript", content: start },
  };
  const [opening, fifo] = await Promise.all([OPENING, ORDERS].map(bundled));
  const slide = (within) => `<section>${within}</section>`;
  const slides = slide("First") + slide(element(opening, 'height="500"')) + slide(element(fifo, 'height="500"'));
  const body = `<link rel="stylesheet" href="reveal.css"><div class="reveal"><div class="slides">${slides}</div></div><script type="module" src="slides.js"></script>`;
  // Reveal sets styles by properties of elements and by one element <style>, which the policy of a course forbids.
  const site = await playground.openCourse(body + script(playground.url), { files, policy: "" });
  const { page } = site;
  await until(() => page.evaluate(() => window.Reveal?.isReady() === true), "the slides are there");
  for (const at of [1, 2]) {
    await page.evaluate(() => Reveal.next());
    const place = page.locator("world-lines").nth(at - 1);
    await place.locator(".still svg").waitFor();
    await wake(place);
    const frame = place.frameLocator("iframe");
    await arrived(frame);
    // Slides are scaled as a whole.
    const scale = await page.evaluate(() => Reveal.getScale());
    const box = await place.boundingBox();
    assert.ok(Math.abs(box.height - 500 * scale) < 2, `${box.height} at ${scale}`);
    await place.evaluate((it) => it.pause());
    // A hand's click, where it is seen: Playwright does not count on the scale.
    const inner = await frame.locator("#step").evaluate((it) => {
      const { x, y, width, height } = it.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    });
    await page.mouse.click(box.x + inner[0] * scale, box.y + inner[1] * scale);
    await until(async () => (await site.heard("time")).at(-1)?.events > 0, "a click meets its button");
  }
  await site.leave();
});

test("a frame of a learning system is used at 450 pixels: it scrolls within, and the page around only before", async () => {
  // Eight lines need more than 450 pixels.
  const fragment = await bundled("transport/source-tree/prune-and-graft");
  const source = `${playground.url}?embed${fragment}&amp;height=450`;
  const frame = `<iframe sandbox="allow-scripts" width="900" height="450" src="${source}"></iframe>`;
  const site = await playground.openCourse(`${frame}${"<p>text</p>".repeat(200)}`);
  const { page } = site;
  const run = page.frameLocator("iframe");
  await arrived(run);
  const lti = () => page.evaluate(() => window.heard.filter((it) => it.subject === "lti.frameResize").at(-1)?.height);
  await until(async () => (await lti()) === 450, "the system is told the height");
  const stage = run.locator(".stage");
  const room = await stage.evaluate((it) => it.scrollHeight - it.clientHeight);
  assert.ok(room > 20, "there is more than fits");
  const over = async () => {
    const box = await stage.boundingBox();
    await page.mouse.move(box.x + 300, box.y + 60);
  };
  await over();
  await page.mouse.wheel(0, 60);
  await until(() => page.evaluate(() => scrollY === 60), "the page scrolls");
  assert.equal(await stage.evaluate((it) => it.scrollTop), 0);
  await run.locator(".title").click();
  await over();
  await page.mouse.wheel(0, 20);
  await until(() => stage.evaluate((it) => it.scrollTop > 0), "the diagram scrolls");
  const box = await run.locator("#play").boundingBox();
  const place = await page.locator("iframe").boundingBox();
  assert.ok(box.y + box.height <= place.y + place.height, "time is in view");
  await site.leave();
});
