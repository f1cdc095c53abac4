// The pages of the permanent addresses, below a path and under the strict policy: without scripts, in light and in dark,
// on a phone, and as the way into the playground.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startPlayground, whole } from "./playground.mjs";

const EXAMPLE = "p/best-effort-broadcast/sender-crashes-half-way/";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** The picture of a page as it was loaded: its file, its width, and the colour of its paper. */
async function picture(page) {
  const image = page.locator("figure img");
  await image.evaluate((it) => it.decode());
  return image.evaluate(async (it) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 20, height: 20 });
    const drawing = canvas.getContext("2d");
    drawing.drawImage(it, 0, 0);
    const [red, green, blue] = drawing.getImageData(2, 2, 1, 1).data;
    return { file: it.currentSrc.split("/").at(-1), width: it.naturalWidth, paper: [red, green, blue] };
  });
}

test("a page is readable without scripts", async () => {
  const reader = await playground.reader({ javaScriptEnabled: false });
  const page = await reader.context.newPage();
  await page.goto(playground.url + EXAMPLE);
  assert.equal(await page.locator("h1").count(), 1);
  assert.match(await page.locator("#words").innerText(), /At 30 ms Alice is asked to broadcast m1/);
  assert.match(await page.locator(".verdicts").first().innerText(), /violated at/);
  await page.locator("figure img").scrollIntoViewIfNeeded();
  const { width, height } = await page.locator("figure img").boundingBox();
  assert.ok(width >= 640 && height > 100, `${width} by ${height}`);
  // The style sheet has come: it moves the link for keyboards aside.
  assert.ok((await page.locator(".skip").boundingBox()).x < -1000);
  await page.getByRole("link", { name: "Best-effort broadcast" }).first().click();
  await page.getByRole("link", { name: "Protocols" }).click();
  assert.equal(await page.locator("h1").innerText(), "Protocols");
  await reader.leave();
});

test("the picture has the reader's colours, and its own styles apply", async () => {
  const papers = [];
  for (const colorScheme of ["light", "dark"]) {
    const reader = await playground.reader({ colorScheme });
    const page = await reader.context.newPage();
    await page.goto(playground.url + EXAMPLE);
    const { file, width, paper } = await picture(page);
    assert.equal(file, colorScheme === "dark" ? "picture-dark.svg" : "picture.svg");
    assert.ok(width >= 900, `${width}`);
    papers.push(paper.reduce((sum, part) => sum + part, 0));
    await reader.leave();
  }
  const [light, dark] = papers;
  assert.ok(light > 700 && dark < 200, `${papers}`);
});

test("on a phone the page fits and the picture scrolls in its frame", async () => {
  const reader = await playground.reader({ viewport: { width: 360, height: 640 } });
  const page = await reader.context.newPage();
  await page.goto(playground.url + EXAMPLE);
  const { wide, scrolls } = await page.evaluate(() => {
    const figure = document.querySelector("figure");
    return { wide: document.documentElement.scrollWidth, scrolls: figure.scrollWidth > figure.clientWidth };
  });
  assert.ok(wide <= 360 && scrolls, `${wide}, ${scrolls}`);
  await reader.leave();
});

test("the link into the playground opens the run of the page", async () => {
  const reader = await playground.reader();
  const page = await reader.context.newPage();
  await page.goto(playground.url + EXAMPLE);
  const title = await page.locator("h1").innerText();
  await page.getByRole("link", { name: "Open this run in the playground" }).click();
  await page.locator("#worldlines main svg:visible").first().waitFor();
  // The playground knows the run as this example.
  await whole(page);
  await page.locator("#picker").click();
  await page.locator(".gallery [aria-current]").filter({ hasText: title }).waitFor();
  assert.match(page.url(), /\/below\/a\/path\/#s=deflate\./);
  await reader.leave();
});

test("the page leads to the documents about it, which fit a phone", async () => {
  const reader = await playground.reader({ viewport: { width: 390, height: 844 } });
  const page = await reader.open();
  await page.locator("#more").click();
  await page.locator("#more-menu").getByRole("link", { name: "Privacy" }).click();
  for (const title of ["About", "Glossary", "Privacy", "Accessibility", "Browsers"]) {
    await page.locator("footer").getByRole("link", { name: title }).click();
    await page.getByRole("heading", { name: title, level: 1 }).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${title}: ${wide}`);
  }
  await reader.leave();
});
