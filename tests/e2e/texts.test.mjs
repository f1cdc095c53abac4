// Texts of the diagram as the browser draws them: none lies over another. All examples are judged natively, with estimated
// widths (tests/it/diagram/texts.rs); here the letters are the browser's own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { calm, startPlayground, until } from "./playground.mjs";
import { bundled } from "./runs.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

/** Examples of all families, among them the densest. */
const EXAMPLES = [
  "reliable/best-effort-broadcast/sender-crashes-half-way", "reliable/reliable-broadcast/lost-copies",
  "reliable/nack-multicast/last-message-lost", "reliable/uniform-broadcast/split-taken-for-crashes",
  "ordering/fifo-multicast/three-orders", "ordering/causal-multicast/three-orders", "ordering/abcast/three-orders",
  "mutex/maekawa/deadlock", "mutex/maekawa/voter-forgets", "mutex/token-ring-lock/two-tokens",
  "byzantine/interactive-consistency/three-generals", "byzantine/interactive-consistency/exercise-7-3",
  "byzantine/interactive-consistency/note-004-table", "consensus/paxos/duelling-proposers",
  "consensus/paxos/acceptor-restarts", "recovery/snapshot/money-in-flight", "recovery/snapshot/marker-lost",
  "election/bully/late-answer", "clocks/physical-clock/asymmetric-delay", "membership/virtual-synchrony/overtaken",
];

/** Pairs of texts of the diagram of which one lies over the other by more than `allowed` pixels on both axes. */
const overlaps = (page, allowed) =>
  page.evaluate((allowed) => {
    const shown = (it) => it.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && it.textContent.trim() !== "";
    const texts = [...document.querySelectorAll(".stage .canvas svg text")].filter(shown);
    const boxes = texts.map((it) => ({ text: it.textContent, ...it.getBoundingClientRect().toJSON() }));
    const found = [];
    for (const [place, one] of boxes.entries()) {
      for (const other of boxes.slice(place + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const tall = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > allowed && tall > allowed) found.push(`${one.text} / ${other.text}: ${Math.round(wide)} by ${Math.round(tall)}`);
      }
    }
    return { found, count: boxes.length };
  }, allowed);

test("no text of the diagram lies over another in twenty examples, on a desktop and on a phone", async () => {
  let all = 0;
  for (const viewport of [{ width: 1280, height: 720 }, { width: 390, height: 844 }]) {
    const reader = await playground.reader({ ...calm, tab: null, viewport });
    for (const path of EXAMPLES) {
      const page = await reader.open(await bundled(path));
      await page.keyboard.press("End");
      await until(async () => (await overlaps(page, 0)).count > 0, `${path} has texts`);
      // The line of a text is higher than its letters.
      const { found, count } = await overlaps(page, 3);
      assert.deepEqual(found, [], `${path} at ${viewport.width} px`);
      all += count;
      await page.close();
    }
    await reader.leave();
  }
  assert.ok(all > 400, `${all} texts`);
});
