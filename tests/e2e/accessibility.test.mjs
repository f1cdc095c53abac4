// The page is for everyone: axe finds nothing to object to in any of its states, whatever the theme; it fits 320
// pixels; everything can be hit with a finger.

import { readFile } from "node:fs/promises";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { calm, startPlayground, tab } from "./playground.mjs";
import { ORDERS, broadcasts, bundled } from "./runs.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** A page, at the end of its run, with nothing that moves. */
async function open(options, fragment) {
  const reader = await playground.reader({ viewport: WIDE, ...calm, ...options });
  const page = await reader.open(fragment);
  await page.keyboard.press("End");
  return { reader, page };
}

/** Complaints of axe: rule, severity and place. */
async function objections(page) {
  // As a debugger would: the policy of the page allows no script of another origin.
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${id} (${impact}): ${node.target} ${node.failureSummary.split("\n").slice(0, 3).join(" ")}`),
  );
}

async function expectNone(page, state) {
  const found = await objections(page);
  assert.deepEqual(found, [], `${state}:\n${found.join("\n")}`);
}

const LOOKS = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["with high contrast", { colorScheme: "light", contrast: "more" }],
  ["with forced colours", { forcedColors: "active" }],
  ["light on a phone", { colorScheme: "light", viewport: PHONE, hasTouch: true }],
  ["dark on a phone", { colorScheme: "dark", viewport: PHONE, hasTouch: true }],
];

for (const [name, options] of LOOKS) {
  test(`axe objects to nothing ${name}`, async () => {
    const { reader, page } = await open({ ...options, tab: null }, await bundled(ORDERS));
    await expectNone(page, "at first");
    await page.locator("#why").click();
    await page.locator(".because .ways-there").waitFor();
    await expectNone(page, "the reasons of a violation");
    await page.locator("#why").click();
    await page.locator("#picker").click();
    await page.locator(".gallery .card").first().waitFor();
    await expectNone(page, "the gallery");
    await page.keyboard.press("Escape");
    await page.locator("#more").click();
    await page.locator("#more-menu").waitFor();
    await expectNone(page, "the menu of the page");
    await page.locator("#more-menu").getByRole("button", { name: "Open a file or a log" }).click();
    await page.locator("#open-run").waitFor();
    await expectNone(page, "the form that opens a file");
    await page.keyboard.press("Escape");
    await page.locator("#open-workbench").click();
    for (const it of await page.getByRole("tab").all()) {
      const name = await it.textContent();
      await tab(page, name);
      await page.waitForTimeout(150);
      await expectNone(page, `the tab ${name}`);
    }
    await tab(page, "Verdicts");
    await page.locator('.verdict[data-property="causal order"] button.why').click();
    await expectNone(page, "a witness");
    await page.locator(".name").first().click();
    await page.locator(".menu").waitFor();
    await expectNone(page, "the menu of a moment");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    await expectNone(page, "the sheet of keys");
    await page.keyboard.press("Escape");
    await page.locator("#share").click();
    await page.locator(".share-dialog[open]").waitFor();
    await expectNone(page, "the share dialog");
    await page.keyboard.press("Escape");
    await tab(page, "View");
    await page.getByLabel("Timestamps").selectOption("vector");
    await page.getByRole("button", { name: "Show cut" }).click();
    await page.locator(".cut-handle").nth(1).press("Home");
    await expectNone(page, "timestamps and an inconsistent cut");
    await page.keyboard.press("f");
    await page.keyboard.press("Home");
    await expectNone(page, "a hidden future");
    await reader.leave();
  });
}

test("axe would notice a control without a name, and text that is too pale", async () => {
  const { reader, page } = await open({});
  await page.evaluate(() => {
    document.querySelector(".title").style.color = "#c8c8c8";
    document.querySelector(".lens").append(document.createElement("button"));
  });
  const rules = (await objections(page)).map((found) => found.split(" ")[0]);
  assert.deepEqual([...new Set(rules)].sort(), ["button-name", "color-contrast"]);
  await reader.leave();
});

test("axe objects to nothing in a long run, nor in a link that cannot be opened", async () => {
  const long = broadcasts(5_000, { every: 3 });
  const { reader, page } = await open({}, long);
  for (let step = 0; step < 3; step += 1) await page.locator("#zoom-in").click();
  await page.waitForTimeout(300);
  await expectNone(page, "a long run");
  const broken = await reader.open("#s=deflate.nonsense");
  await expectNone(broken, "a damaged link");
  await reader.leave();
});

for (const width of [320, 390]) {
  test(`at ${width} pixels the page does not scroll sideways`, async () => {
    const { reader, page } = await open({ viewport: { width, height: 700 }, hasTouch: true });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok((await wide()) <= width, `at first: ${await wide()}`);
    for (const it of await page.getByRole("tab").all()) {
      await it.click();
      await page.waitForTimeout(100);
      assert.ok((await wide()) <= width, `${await it.textContent()}: ${await wide()}`);
    }
    await page.locator("#picker").click();
    await page.locator(".gallery .card").first().waitFor();
    assert.ok((await wide()) <= width, `the gallery: ${await wide()}`);
    await page.keyboard.press("Escape");
    await page.locator(".name").first().click();
    assert.ok((await wide()) <= width, `the menu: ${await wide()}`);
    await reader.leave();
  });
}

test("everything is large enough to be hit: 24 pixels, the main controls 44 where fingers do it", async () => {
  const { reader, page } = await open({ viewport: PHONE, hasTouch: true, isMobile: true });
  const small = () => page.evaluate(() => {
    const controls = document.querySelectorAll("button, select, input, summary, a[href], [role=tab]");
    const shown = [...controls].filter((it) => it.checkVisibility({ opacityProperty: true }) && !it.closest(".unseen"));
    return shown.flatMap((it) => {
      const { width, height } = it.getBoundingClientRect();
      // Words in a sentence are exempt, as links are (WCAG 2.5.8).
      const inline = getComputedStyle(it).display === "inline" || it.closest("p, li > .link");
      const least = it.closest(".transport") && it.matches("button") ? 44 : 24;
      const name = it.id || it.getAttribute("aria-label") || it.textContent.trim();
      return inline || (width >= least - 0.5 && height >= least - 0.5) ? [] : [`${name}: ${width} by ${height}`];
    });
  });
  for (const name of ["Verdicts", "Changes", "Settings", "View"]) {
    await tab(page, name);
    assert.deepEqual(await small(), [], name);
  }
  await page.locator("#more").click();
  await page.locator("#more-menu").waitFor();
  assert.deepEqual(await small(), [], "the menu of the page");
  await page.keyboard.press("Escape");
  await page.locator("#picker").click();
  await page.locator(".gallery .card").first().waitFor();
  assert.deepEqual(await small(), [], "the gallery");
  await reader.leave();
});

test("on paper there is the run and what is said of it, and nothing is cut", async () => {
  const { reader, page } = await open({ colorScheme: "dark" }, await bundled(ORDERS));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const shows = (selector) => page.locator(selector).first().isVisible();
  for (const there of [".title", ".sheet svg", ".outcome", ".chip"]) assert.ok(await shows(there), there);
  for (const gone of [".transport", ".deeds", ".workbench", ".overview", ".tabs", "header", "#break-it", ".lasso-button"]) {
    assert.equal(await shows(gone), false, gone);
  }
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)");
  const cut = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.querySelector(".stage");
    return scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
  });
  assert.equal(cut, false);
  await reader.leave();
});

test("who prefers less motion sees none", async () => {
  const { reader, page } = await open({});
  const moving = await page.evaluate(() =>
    document.getAnimations().filter((animation) => animation.effect.getTiming().duration > 1).length,
  );
  assert.equal(moving, 0);
  await reader.leave();
});
