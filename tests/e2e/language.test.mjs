// The page in German: its own words are, verdicts and protocols are not and say so; the reader's switch; an embed.

import { readFile } from "node:fs/promises";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { arrived, element, script, startCourses, wake } from "./course.mjs";
import { calm, until, whole } from "./playground.mjs";
import { OPENING, ORDERS, bundled } from "./runs.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Language of the page's own words, as the document says. */
const language = (page) => page.evaluate(() => document.documentElement.lang);

let playground;
before(async () => {
  playground = await startCourses();
});
after(() => playground?.stop());

/**
 * Labels that quote an English sentence in a German one: an attribute has one language. The German words stand around the quotation.
 */
const QUOTATIONS = [
  /^Entfernen: .*$/, /^.*: (?:bei|um|ab|bis|nach) in ms$/, /^\d+ ms: .*$/, /^(?:letztes Ereignis|nach|verloren): .*$/, /^.* bei \d+ ms(?:, (?:anders|in anderer).*)?$/,
  /^.* von .* an .*$/, /^Worldlines .*$/,
].map((it) => it.source);

/** Texts and attributes that are said to be German and have a word that only English has. */
const english = (page) =>
  page.evaluate((quotations) => {
    const words = /(?<![\p{L}-])(?:the|of|is|are|and|to|with|without|from|this|these|not|it|its|by|for|has|have|which|shows?|run|time|messages?|events?|nodes?)(?![\p{L}-])/iu;
    const attributes = ["alt", "aria-label", "aria-roledescription", "aria-valuetext", "label", "placeholder", "title"];
    const left = "code, pre, textarea, script, style, noscript, [translate=no]";
    const found = [];
    const look = (element, text, where) => {
      if (!words.test(text) || element.closest(left) || element.closest("[lang]").lang !== "de") return;
      if (quotations.some((it) => new RegExp(it, "su").test(text))) return;
      found.push(`${where}: ${text.trim().slice(0, 100)}`);
    };
    for (const element of document.body.querySelectorAll("*")) {
      for (const name of attributes) look(element, element.getAttribute(name) ?? "", `${element.localName}[${name}]`);
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(element, node.data, element.localName);
    }
    return [...new Set(found)];
  }, QUOTATIONS);

const expectGerman = async (page, state) => assert.deepEqual(await english(page), [], state);

async function expectNoObjections(page, state) {
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  assert.deepEqual(found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`)), [], state);
}

/** Ids of all tabs: `tab-verdicts`, with the English names. */
const tabs = (page) => page.getByRole("tab").evaluateAll((all) => all.map((it) => it.id));

async function open(page, id) {
  await page.locator(`#${id}`).click();
  await page.locator(`#panel[aria-labelledby="${id}"] > :not(.missing)`).first().waitFor({ state: "attached" });
}

test("in German no word of the page is English, on any tab, menu or dialog, and axe objects to nothing", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open(`?lang=de${await bundled(ORDERS)}`);
  await page.keyboard.press("End");
  assert.equal(await language(page), "de");
  await expectGerman(page, "at first");
  await expectNoObjections(page, "at first");
  await page.locator("#why").click();
  await page.locator(".because .ways-there").waitFor();
  await expectGerman(page, "the reasons of a violation");
  await page.locator("#why").click();
  assert.ok((await tabs(page)).length > 10);
  for (const name of await tabs(page)) {
    await open(page, name);
    if (name === "tab-source") await page.locator(".code").first().waitFor();
    await page.waitForTimeout(150);
    await expectGerman(page, name);
    await expectNoObjections(page, name);
  }
  await open(page, "tab-view");
  await page.keyboard.press("t");
  await page.keyboard.press("x");
  await expectGerman(page, "timestamps and a cut");
  await page.keyboard.press("x");
  await page.locator(".name").first().click();
  await page.locator(".menu").waitFor();
  await expectGerman(page, "the menu of a moment");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await expectGerman(page, "the sheet of keys");
  await page.keyboard.press("Escape");
  await page.locator("#share").click();
  await page.locator(".share-dialog[open]").waitFor();
  for (const it of await page.locator(".share-dialog summary").all()) await it.click();
  await expectGerman(page, "the share dialog");
  await expectNoObjections(page, "the share dialog");
  await page.keyboard.press("Escape");
  await page.locator("#picker").click();
  await page.locator(".gallery .card").first().waitFor();
  await expectGerman(page, "the gallery");
  await page.keyboard.press("Escape");
  await page.locator("#more").click();
  await page.locator("#more-menu").waitFor();
  await expectGerman(page, "the menu of the page");
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  await page.keyboard.press("Home");
  for (const name of await tabs(page)) {
    await open(page, name);
    await page.waitForTimeout(100);
    await expectGerman(page, `${name}, with a hidden future`);
  }
  await reader.leave();
});

test("a verdict stays English and is marked, in the strip and in the list, and what the page says of it is German", async () => {
  const reader = await playground.reader({ ...calm, tab: "Verdicts" });
  const page = await reader.open("?lang=de");
  await page.keyboard.press("End");
  const told = page.locator(".strip .told");
  assert.match(await told.innerText(), /agreement: Bob delivered m1, Carol never did/);
  assert.equal(await told.getAttribute("lang"), "en");
  const kind = page.locator(".verdict .kind").first();
  assert.match(await kind.innerText(), /^(Sicherheit|Lebendigkeit)$/);
  assert.equal(await kind.getAttribute("lang"), "de");
  assert.equal(await page.locator(".verdict summary").first().getAttribute("lang"), "en");
  assert.match(await page.title(), / · Worldlines$/);
  await reader.leave();
});

test("a text that changes is translated again, and names of nodes are as the reader wrote them", async () => {
  const reader = await playground.reader({ ...calm, tab: "Settings" });
  const page = await reader.open("?lang=de");
  const clock = page.locator(".clock");
  await page.keyboard.press("End");
  assert.match(await clock.innerText(), /^\d+ ms, 5\/5 Ereignisse$/);
  await page.keyboard.press("ArrowLeft");
  await until(async () => /, 4\/5 Ereignisse$/.test(await clock.innerText()), "it has the events until then");
  await page.locator("details.rename summary").click();
  const field = page.getByLabel("Name von Knoten 1", { exact: true });
  await field.fill("Time");
  await field.press("Enter");
  await until(async () => (await page.locator(".names .name span").first().innerText()) === "Time", "the name is there");
  await open(page, "tab-numbers");
  assert.equal(await page.locator('#panel th[scope="row"][translate="no"]').first().innerText(), "Time");
  await reader.leave();
});

test("the reader's choice of a language needs no other page, stays, and goes before the address", async () => {
  const reader = await playground.reader(calm);
  const asked = [];
  reader.context.on("request", (request) => asked.push(new URL(request.url()).pathname.split("/").at(-1)));
  const page = await reader.open(await bundled(OPENING));
  const isAsked = (name) => asked.some((it) => it === name);
  assert.equal(isAsked("de.json") || isAsked("language.js"), false, "English readers fetch nothing of it");
  await page.evaluate(() => (window.isSame = true));
  const choose = async () => {
    await page.locator("#more").click();
    await page.locator("#language").click();
  };
  const button = () => page.locator("#language").evaluate((it) => [it.textContent, it.lang]);
  assert.deepEqual(await button(), ["Deutsch", "de"]);
  const before = await page.evaluate(() => document.body.innerText);
  await choose();
  await until(async () => (await language(page)) === "de", "it is German");
  assert.deepEqual(await button(), ["English", "en"]);
  assert.ok(isAsked("de.json"));
  assert.equal(await page.evaluate(() => window.isSame), true, "it is the same page");
  await page.keyboard.press("Escape");
  await expectGerman(page, "after the switch");
  await page.reload();
  await whole(page);
  assert.equal(await language(page), "de");
  await choose();
  await until(async () => (await language(page)) === "en", "it is English");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.body.innerText), before, "every word is as it was");
  assert.deepEqual(await button(), ["Deutsch", "de"]);
  // The address asks for German, and the reader then for English.
  await page.goto(`${playground.url}?lang=de`);
  await whole(page);
  assert.equal(await language(page), "de");
  await choose();
  await until(async () => (await language(page)) === "en", "it is English");
  assert.equal(new URL(page.url()).search, "");
  await reader.leave();
});

test("an embed is in the language that its author chose, from another origin, in an element and in a frame", async () => {
  const run = await bundled(OPENING);
  const frame = `<iframe sandbox="allow-scripts" width="900" height="600" src="${playground.url}?embed${run}&amp;lang=de"></iframe>`;
  const site = await playground.openCourse(element(run, 'lang="de"') + frame + script(playground.url));
  const { page } = site;
  const place = page.locator("world-lines");
  assert.equal(await place.locator(".go").innerText(), "Starten");
  await wake(place);
  for (const inner of [place.frameLocator("iframe"), page.frameLocator("iframe[sandbox]")]) {
    await arrived(inner);
    await inner.locator('html[lang="de"]').waitFor();
    assert.match(await inner.locator("#play").getAttribute("aria-label"), /^(Abspielen|Anhalten)$/);
  }
  await site.leave();
});

test("an embed without a language is English, whatever its reader chose on the page", async () => {
  const site = await playground.openCourse(`<iframe width="900" height="600" src="${playground.url}?embed${await bundled(OPENING)}&amp;lang=fr"></iframe>`, {
    prepare: (context) =>
      context.addInitScript(() => {
        try {
          localStorage.setItem("worldlines-language", "de");
        } catch {
          // The course site allows its own documents no storage.
        }
      }),
  });
  const frame = site.page.frameLocator("iframe");
  await arrived(frame);
  await frame.locator('html[lang="en"]').waitFor();
  await until(async () => site.warned.some((it) => /lang: found "fr", expected en or de/.test(it)), "the wrong key is named");
  await site.leave();
});
