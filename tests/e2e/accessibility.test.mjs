// Everyone can use the page: axe-core finds nothing in its representative states, nothing needs a sideways scroll at
// 320 px, targets are large enough to hit, and print shows the picture, its title and the verdicts.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { startPlayground } from "./playground.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** WCAG 2.2 A and AA, and what axe-core recommends beyond. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { viewport: { width: 1440, height: 900 } };
const NARROW = { viewport: { width: 390, height: 844 }, hasTouch: true };

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** Fails with what axe-core finds on the page, each with the first elements that it is about. */
async function expectNoViolations(page, state) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.map(({ id, help, nodes }) => {
      const places = nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.any[0]?.message ?? node.html.slice(0, 120)}`);
      return `${id} (${nodes.length}): ${help}\n    ${places.join("\n    ")}`;
    });
  }, RULES);
  assert.equal(found.join("\n"), "", state);
}

/** The page with its run told, in which nothing moves. */
async function still(options, fragment) {
  const reader = await playground.reader({ reducedMotion: "reduce", ...options });
  return { reader, page: await reader.open(fragment) };
}

const LOOKS = [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["with more contrast", { contrast: "more" }],
  ["with forced colours", { forcedColors: "active" }],
];

for (const [size, options] of [["wide", WIDE], ["narrow", NARROW]]) {
  for (const [look, preference] of LOOKS) {
    test(`${size} and ${look}, the opening page has no barrier`, async () => {
      const { reader, page } = await still({ ...options, ...preference });
      await expectNoViolations(page, "as it opens");
      await page.keyboard.press("Home");
      await expectNoViolations(page, "at the start");
      await reader.leave();
    });
  }

  test(`${size}, what opens over and below the diagram has no barrier`, async () => {
    const { reader, page } = await still(options);
    await page.locator(".arrow").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".menu").waitFor();
    await expectNoViolations(page, "the menu of a message");
    await page.keyboard.press("Escape");
    await page.locator(".names .name").first().click();
    await page.locator(".menu").waitFor();
    await expectNoViolations(page, "the menu of a moment");
    await page.keyboard.press("Escape");
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      await expectNoViolations(page, `the panel ${await tab.innerText()}`);
    }
    for (const button of await page.locator("button.why").all()) {
      await button.click();
      await expectNoViolations(page, "a violation's witness");
    }
    for (const summary of await page.locator("summary:visible").all()) await summary.click();
    await expectNoViolations(page, "everything unfolded");
    await page.evaluate(() => {
      location.hash = "#s=deflate.AAAA";
    });
    await page.locator(".banner").waitFor();
    await expectNoViolations(page, "what could not be opened");
    await reader.leave();
  });
}

test("a barrier is found", async () => {
  const { reader, page } = await still(WIDE);
  await page.evaluate(() => document.querySelector("main").append(document.createElement("button")));
  await assert.rejects(expectNoViolations(page, "a button without a name"), /button-name/);
  await reader.leave();
});

test("at 320 px nothing needs a sideways scroll of the page", async () => {
  const { reader, page } = await still({ viewport: { width: 320, height: 640 }, hasTouch: true });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok((await width()) <= 320, `as it opens: ${await width()}`);
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    assert.ok((await width()) <= 320, `${await tab.innerText()}: ${await width()}`);
  }
  await page.locator(".names .name").first().click();
  assert.ok((await width()) <= 320, `the menu: ${await width()}`);
  await reader.leave();
});

for (const [size, options, least] of [["a mouse", WIDE, 24], ["a finger", { ...NARROW, isMobile: true }, 24]]) {
  test(`targets are large enough for ${size}`, async () => {
    const { reader, page } = await still(options);
    const small = await page.evaluate((least) => {
      const targets = "button, select, summary, input:not([type=radio]), [role=button]:not(g), [role=slider], [role=tab]";
      const seen = [...document.querySelectorAll(targets)].filter((it) => it.checkVisibility());
      return seen.flatMap((it) => {
        // A label is part of its field's target.
        const { width, height } = (it.closest("label.field") ?? it).getBoundingClientRect();
        return Math.min(width, height) < least - 0.5 ? [`${it.outerHTML.slice(0, 90)}: ${width} by ${height}`] : [];
      });
    }, least);
    assert.deepEqual(small, []);
    if (options.hasTouch) {
      for (const main of await page.locator(".transport button, #copy-link, .next").all()) {
        const { width, height } = await main.boundingBox();
        assert.ok(Math.min(width, height) >= 43.5, `${await main.innerText()}: ${width} by ${height}`);
      }
    }
    await reader.leave();
  });
}

test("print shows the title, the whole picture and the verdicts, dark on light", async () => {
  const { reader, page } = await still({ ...WIDE, colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  for (const shown of [".title", ".stage svg", ".verdicts"]) {
    assert.ok(await page.locator(shown).first().isVisible(), `${shown} is printed`);
  }
  for (const hidden of [".transport", ".settings", ".deeds", ".workbench", ".next", "#copy-link", ".overview"]) {
    assert.equal(await page.locator(`${hidden}:visible`).count(), 0, `${hidden} is not`);
  }
  const { paper, clipped } = await page.evaluate(() => ({
    paper: getComputedStyle(document.documentElement).backgroundColor,
    clipped: document.querySelector(".stage").scrollWidth > document.querySelector(".stage").clientWidth + 1,
  }));
  assert.deepEqual({ paper, clipped }, { paper: "rgb(255, 255, 255)", clipped: false });
  await reader.leave();
});
