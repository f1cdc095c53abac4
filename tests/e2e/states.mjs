// States of the page that show what it is: what the documentation shows, and what its test compares.

import { ORDERS, broadcasts, bundled } from "./runs.mjs";

const WIDE = { width: 1440, height: 900 };
const TALL = { width: 1440, height: 1280 };
const PHONE = { width: 390, height: 844 };

/** A broadcast every 4 ms among five, one of whom crashes half-way: some five thousand events. */
const longRun = () =>
  broadcasts(5_000, { every: 4, faults: (at) => [{ crash: { node: "P2", at } }] });

/**
 * `name` is the file's; `says` stands under the picture; `tab` is the tab of the workbench that is open, if any; `open` gives the
 * address's fragment; `make` brings the page into the state, with the run at its end.
 */
export const STATES = [
  {
    name: "opening",
    says: "The first page: the sender crashes half-way through a broadcast, and agreement is violated.",
    viewport: WIDE,
  },
  {
    name: "phone",
    says: "The same on a phone: time runs downwards.",
    viewport: PHONE,
    scheme: "dark",
  },
  {
    name: "witness",
    says: "Three orders on one set of sends: the witness of a reply that overtook its question is emphasised.",
    viewport: WIDE,
    open: () => bundled(ORDERS),
    tab: "Verdicts",
    make: (page) => page.locator('.verdict[data-property="causal order"] button.why').click(),
  },
  {
    name: "causality",
    says: "A picked event: its past and its future are emphasised in different ways; concurrent events are faint.",
    viewport: WIDE,
    open: () => bundled(ORDERS),
    async make(page) {
      await page.locator(".sheet .mark.delivery").nth(4).locator("path").last().click();
      await page.keyboard.press("Escape");
    },
  },
  {
    name: "cut",
    says: "An inconsistent cut: it contains the receipt of a message but not its send.",
    viewport: WIDE,
    open: () => bundled(ORDERS),
    async make(page) {
      await page.keyboard.press("x");
      const handle = page.locator(".sheet [role=slider]").nth(1);
      await handle.focus();
      for (let step = 0; step < 8; step += 1) await page.keyboard.press("ArrowLeft");
    },
  },
  {
    name: "lasso",
    says: "A lasso across the lines makes a partition; its description is shown before it is closed.",
    viewport: WIDE,
    scheme: "dark",
    open: () => bundled("recovery/two-phase-commit/coordinator-crashes-after-the-votes"),
    async make(page) {
      const { x, y, width, height } = await page.locator(".sheet svg").boundingBox();
      await page.mouse.move(x + width * 0.3, y + height * 0.27);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.55, y + height * 0.62, { steps: 6 });
    },
  },
  {
    name: "side-by-side",
    says: "Two protocols on one scenario, on one time axis, with their first difference marked and described.",
    viewport: TALL,
    open: () => bundled("reliable/reliable-broadcast/delivered-but-not-relayed"),
    tab: "View",
    make: (page) => page.selectOption("#compare", "uniform-broadcast"),
  },
  {
    name: "state",
    says: "The state of every node at the playhead, with the changes of the last step.",
    viewport: TALL,
    open: () => bundled("consensus/paxos/acceptor-restarts"),
    tab: "Details",
    async make(page) {
      await page.locator(".node-state").first().waitFor();
    },
  },
  {
    name: "source",
    says: "The code of the protocol, with the handler that ran and its description beside it.",
    viewport: TALL,
    scheme: "dark",
    open: () => bundled("mutex/ricart-agrawala/smaller-id-goes-first"),
    tab: "Source",
    async make(page) {
      await page.locator(".code").first().waitFor();
    },
  },
  {
    name: "broken",
    says: "A search has found two crashes that violate uniform agreement, and names the decisive message.",
    viewport: TALL,
    open: () => bundled("reliable/reliable-broadcast/exercise-delivered-by-the-dead"),
    tab: "Break it",
    async make(page) {
      await page.selectOption("#break-what", "uniform agreement");
      await page.locator(".may-go-wrong summary").click();
      for (const field of await page.locator(".kinds input").all()) {
        await field.fill((await field.getAttribute("aria-label")) === "crashes" ? "2" : "0");
        await field.blur();
      }
      await page.locator(".may-go-wrong summary").click();
      await page.locator(".breaking .primary").click();
      await page.locator(".finding").waitFor();
      await page.locator(".breaking .primary").waitFor();
      await page.locator(".panel").evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
    },
  },
  {
    name: "overview",
    says: "A part of a long run: the strip below shows the whole run and the visible part.",
    viewport: WIDE,
    open: longRun,
    async make(page) {
      for (let step = 0; step < 2; step += 1) await page.locator("#zoom-in").click();
      await page.locator(".overview [role=slider]").press("Home");
    },
  },
];

/** The page in a state, as a PNG. */
export async function shoot(playground, { viewport, scheme = "light", tab = null, open, make }) {
  const reader = await playground.reader({ viewport, tab, colorScheme: scheme, reducedMotion: "reduce" });
  const page = await reader.open(open ? await open() : "");
  await page.keyboard.press("End");
  await make?.(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  await reader.leave();
  return png;
}

/** Width of this machine's letters: pictures of another machine are similar, not equal. */
export function letters(page) {
  return page.evaluate(() => {
    const context = new OffscreenCanvas(10, 10).getContext("2d");
    return ["15px system-ui", "bold 15px system-ui", "12px ui-monospace"].map((font) => {
      context.font = `${font}, "Segoe UI", Roboto, "DejaVu Sans", sans-serif`;
      return Math.round(context.measureText("Which promise falls, 0123456789?").width * 10) / 10;
    });
  });
}

/** Share of small squares in which two pictures differ: 0 for none, 1 for all. */
export function difference(page, one, other) {
  return page.evaluate(
    async (sources) => {
      const grey = async (source) => {
        // Of bytes, not of an address: the page's policy allows pictures of its own origin only.
        const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      const [one, other] = await Promise.all(sources.map(grey));
      if (one.width !== other.width || one.height !== other.height) return 1;
      const side = 12;
      let [squares, differ] = [0, 0];
      for (let top = 0; top + side <= one.height; top += side) {
        for (let left = 0; left + side <= one.width; left += side) {
          let sum = 0;
          for (let y = top; y < top + side; y += 1) {
            for (let x = left; x < left + side; x += 1) {
              const at = 4 * (y * one.width + x);
              for (let part = 0; part < 3; part += 1) sum += Math.abs(one.data[at + part] - other.data[at + part]);
            }
          }
          squares += 1;
          // More than a letter's edge that falls a little otherwise.
          if (sum / (3 * side * side) > 16) differ += 1;
        }
      }
      return differ / squares;
    },
    [one.toString("base64"), other.toString("base64")],
  );
}
