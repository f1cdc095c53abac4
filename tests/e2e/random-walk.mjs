// A reader who does anything at all: a walk by lot over every tab and control of the page, on a desktop and on a phone.
//
// As a test (robust.test.mjs) it is short. For longer, by hand, against the page in dist/:
//
//     node tests/e2e/random-walk.mjs [MINUTES] [SEED]

import { pathToFileURL } from "node:url";

/** True if the tests may take as long as they need: `cargo xtask test --long`. */
export const LONG = process.env.WORLDLINES_LONG_TESTS !== undefined;

/** Numbers from 0 to 1 by lot, the same for a seed (mulberry32). */
function lot(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Controls that can be pressed, typed into or dragged. */
const CONTROLS =
  "button, select, input, textarea, summary, a[href], [role=tab], [role=slider], [role=option], .arrow, .lean, .lane .hit, " +
  ".mark, .wall .hit, .cut-handle, svg .strip";

const KEYS = [
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Escape", " ", "Home", "End", "PageDown", "Control+z",
  "Control+y", "Delete", "f", "t", "c", "v", "x", "?", "n", "+", "-",
];

const TEXTS = ["0", "1", "2", "7", "100", "1000000000", "-1", "1e9", "", "m1", "Zoë", "{", "\u202eevil", "a>b#1"];

/** Does one thing by lot; answers what it was. Whatever cannot be done is left. */
async function step(page, chance) {
  const below = (bound) => Math.floor(chance() * bound);
  const kind = chance();
  if (kind < 0.15) {
    const key = KEYS[below(KEYS.length)];
    await page.keyboard.press(key);
    return `key ${key}`;
  }
  if (kind < 0.22) {
    // A drag over the diagram: a message, a mark, a wall, a lasso, the playhead.
    const box = await page.locator(".stage").first().boundingBox();
    if (box === null) return "no diagram";
    const place = () => [box.x + chance() * box.width, box.y + chance() * box.height];
    const [from, to] = [place(), place()];
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 3 });
    if (chance() < 0.2) await page.keyboard.press("Escape");
    await page.mouse.up();
    return `drag ${from.map(Math.round)} to ${to.map(Math.round)}`;
  }
  // Tabs and the number of nodes more often: what is picked in a tab must not outlive its run.
  const wanted = kind < 0.32 ? "[role=tab]" : kind < 0.37 ? "#nodes, .gallery a, #undo, #undo-last, #redo" : CONTROLS;
  const done = await page.evaluate(
    ([wanted, one, other, text]) => {
      // An element in closed details has a place, although no reader can press it.
      const all = [...document.querySelectorAll(wanted)].filter(
        (it) => !it.disabled && !it.closest("[inert], [hidden]") && it.checkVisibility() && it.target !== "_blank",
      );
      // Links that leave the page are excluded; those of the gallery are followed within it.
      const own = all.filter((it) => it.tagName !== "A" || it.getAttribute("href").startsWith("#") || it.closest(".gallery"));
      const it = own[Math.floor(one * own.length)];
      if (it === undefined) return "nothing to do";
      const name = `${it.tagName.toLowerCase()}#${it.id}.${it.getAttribute("class") ?? ""} ${it.textContent.trim().slice(0, 30)}`;
      const tell = (kind) => it.dispatchEvent(new Event(kind, { bubbles: true }));
      if (it.tagName === "SELECT") {
        it.selectedIndex = Math.floor(other * it.options.length);
        if (it.selectedOptions[0]?.disabled) return `no such choice: ${name}`;
        tell("input");
        tell("change");
        return `choose ${it.value} of ${name}`;
      }
      const typed = it.tagName === "TEXTAREA" || (it.tagName === "INPUT" && !["checkbox", "radio", "range"].includes(it.type));
      if (typed) {
        it.focus();
        it.value = it.type === "number" && other < 0.7 ? String(Math.floor(other * 12)) : text;
        tell("input");
        tell("change");
        return `type ${it.value} into ${name}`;
      }
      it.focus?.();
      if (it instanceof HTMLElement) it.click();
      else {
        const { x, y, width, height } = it.getBoundingClientRect();
        const at = { bubbles: true, cancelable: true, clientX: x + width / 2, clientY: y + height / 2, pointerId: 1, isPrimary: true, pointerType: "mouse" };
        it.dispatchEvent(new PointerEvent("pointerdown", at));
        it.dispatchEvent(new PointerEvent("pointerup", at));
        it.dispatchEvent(new MouseEvent("click", at));
      }
      return `press ${name}`;
    },
    [wanted, chance(), chance(), TEXTS[below(TEXTS.length)]],
  );
  return done;
}

/**
 * Walks until `isOver(steps)`; throws, with the last things that were done, at the first complaint. Answers the number
 * of steps.
 */
export async function walk(reader, page, seed, isOver) {
  const chance = lot(seed);
  const done = [];
  let steps = 0;
  page.on("dialog", (dialog) => dialog.dismiss());
  for (; !isOver(steps); steps += 1) {
    let what = "nothing";
    try {
      what = await step(page, chance);
    } catch (error) {
      // The walk itself may have navigated; what the page says is below.
      what = `failed: ${String(error).split("\n")[0]}`;
    }
    done.push(what);
    if (chance() < 0.2) await page.waitForTimeout(Math.floor(chance() * 60));
    const stopped = await page.locator(".stopped textarea").inputValue({ timeout: 1 }).catch(() => null);
    if (stopped !== null || reader.complaints.length > 0) {
      const last = done.slice(-25).join("\n  ");
      const address = page.url();
      throw new Error(
        `seed ${seed}, step ${steps}: ${reader.complaints.join("; ")}\n${stopped ?? ""}\nlast:\n  ${last}\nat ${address}`,
      );
    }
  }
  return steps;
}

/** The screens that it walks on. */
export const SCREENS = [
  { viewport: { width: 1440, height: 900 } },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { startPlayground } = await import("./playground.mjs");
  const minutes = Number(process.argv[2] ?? 30);
  let seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  const playground = await startPlayground();
  const end = Date.now() + minutes * 60_000;
  let [steps, faults, pages] = [0, 0, 0];
  while (Date.now() < end) {
    // Every page is walked on for a minute, desktop and phone in turn.
    const reader = await playground.reader(SCREENS[pages % SCREENS.length]);
    const stop = Math.min(end, Date.now() + 60_000);
    try {
      const page = await reader.open();
      steps += await walk(reader, page, seed, () => Date.now() > stop);
    } catch (error) {
      faults += 1;
      console.log(error.message);
    }
    await reader.context.close();
    pages += 1;
    seed += 1;
  }
  await playground.stop();
  console.log(`${steps} steps on ${pages} pages, ${faults} that went wrong`);
  process.exitCode = faults === 0 ? 0 : 1;
}
