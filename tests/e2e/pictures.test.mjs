// Pictures that a reader saves: pixels, paper, an animation, the trace; and the run in words, to read and to hear.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { command } from "../npm/command.mjs";
import { calm, openShare, startPlayground, tab, until } from "./playground.mjs";
import { OPENING, ORDERS, broadcasts, bundled } from "./runs.mjs";
import { tasksOf, watch } from "./tasks.mjs";

const LICENCE = "https://creativecommons.org/licenses/by/4.0/";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const opened = (fragment, options) => openShare(playground, fragment, options);

/** Presses a button, and returns the name and the bytes of the file that the browser saves. */
async function saved(page, dialog, button) {
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), dialog.getByRole("button", { name: button }).click()]);
  return [file.suggestedFilename(), await readFile(await file.path())];
}

/** The texts of a PNG, by their keys. */
function textsOf(png) {
  const texts = {};
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString("latin1", at + 4, at + 8) !== "iTXt") continue;
    const [key] = data.toString("latin1").split("\0", 1);
    texts[key] = data.subarray(key.length + 5).toString();
  }
  return texts;
}

/** A page of another reader in which pictures are decoded: without a policy, or, for what only a host's pages have, a file of the host. */
async function decoder(reader, address = "about:blank") {
  const context = await reader.context.browser().newContext();
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Sizes of a PNG and of an SVG, the SVG drawn by the browser at the size of the PNG, and the share of their pixels that differ plainly. */
const compare = (page, png, svg) =>
  page.evaluate(
    async ([png, svg]) => {
      const load = async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        return image;
      };
      const pixels = await load(`data:image/png;base64,${png}`);
      const drawing = await load(`data:image/svg+xml;base64,${svg}`);
      const { width, height } = pixels;
      const data = (image) => {
        const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
        context.drawImage(image, 0, 0, width, height);
        return context.getImageData(0, 0, width, height).data;
      };
      const [one, other] = [data(pixels), data(drawing)];
      let apart = 0;
      let inked = 0;
      for (let at = 0; at < one.length; at += 4) {
        const far = (from) => Math.max(...[0, 1, 2].map((part) => Math.abs(one[at + part] - from(part))));
        if (far((part) => other[at + part]) > 40) apart += 1;
        if (far((part) => one[part]) > 40) inked += 1;
      }
      return { size: [width, height], drawn: [drawing.width, drawing.height], apart: apart / (width * height), inked: inked / (width * height) };
    },
    [png.toString("base64"), svg.toString("base64")],
  );

test("the picture in pixels is the picture of the SVG, at each scale, with title, licence and link", async () => {
  const { reader, page, dialog } = await opened(await bundled("election/bully/leader-crashes"));
  const other = await decoder(reader);
  for (const [colours, scale] of [["light", 1], ["dark", 2]]) {
    await dialog.getByLabel("Colours of the picture").selectOption(colours);
    const [, svg] = await saved(page, dialog, "Save picture (SVG)");
    await dialog.getByLabel(/^Size in pixels/).selectOption(`${scale}×`);
    const [name, png] = await saved(page, dialog, "Save picture (PNG)");
    assert.match(name, /^[a-z0-9-]+\.png$/);
    await dialog.getByText(`The browser saves ${name}.`).waitFor();
    const { size, drawn, apart, inked } = await compare(other, png, svg);
    assert.deepEqual(size, drawn.map((side) => side * scale));
    assert.ok(apart < 0.002, `${apart} of the pixels differ`);
    assert.ok(inked > 0.01, "something is drawn");
    const texts = textsOf(png);
    assert.equal(texts.Title, await page.locator(".title span").first().innerText());
    assert.equal(texts.Copyright, LICENCE);
    assert.match(texts.Source, /#s=deflate\./);
  }
  await dialog.getByLabel(/^Size in pixels/).selectOption("wide");
  await dialog.getByLabel(/^Width in pixels/).fill("1234");
  await dialog.getByLabel(/^Width in pixels/).press("Enter");
  const [, png] = await saved(page, dialog, "Save picture (PNG)");
  assert.equal(png.readUInt32BE(16), 1234);
  await dialog.getByLabel(/^Width in pixels/).fill("16000");
  await dialog.getByLabel(/^Width in pixels/).press("Enter");
  await dialog.getByRole("button", { name: "Save picture (PNG)" }).click();
  await dialog.getByText(/^A picture of 16000 × \d+ pixels is too large/).waitFor();
  await reader.leave();
});

test("the trace is that of the command line, byte for byte", async () => {
  for (const path of [OPENING, "byzantine/interactive-consistency/three-generals"]) {
    const { reader, page, dialog } = await opened(await bundled(path));
    await dialog.getByLabel("File for another program").selectOption("trace");
    const [name, trace] = await saved(page, dialog, "Save file");
    assert.match(name, /\.trace\.json$/);
    const file = fileURLToPath(new URL(`../../static/scenarios/${path}.json`, import.meta.url));
    assert.equal(trace.toString(), command("run", file, "--json"));
    await reader.leave();
  }
});

/** Number of pages of a PDF. */
const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length;

test("on paper the run has one sheet in its colours, with title, captions and verdicts, and nothing is cut", async () => {
  for (const path of [
    OPENING,
    ORDERS,
    "consensus/paxos/duelling-proposers",
  ]) {
    const reader = await playground.reader({ ...calm, colorScheme: "dark" });
    const page = await reader.open(await bundled(path));
    const printed = page.locator(".printed svg");
    // The part that makes the picture comes last: until then the page itself is printed.
    const isReady = async () => {
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      const count = await printed.count();
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      return count === 1;
    };
    await until(isReady, "the picture for paper can be made");
    for (const landscape of [true, false]) {
      const pdf = await page.pdf({ format: "A4", landscape, margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
      assert.equal(pagesOf(pdf), 1, `${path}, landscape: ${landscape}`);
      await until(async () => (await printed.count()) === 0, "the page is itself again");
      // A4 without margins, in CSS pixels.
      const [width, height] = landscape ? [1031, 702] : [702, 1031];
      await page.setViewportSize({ width, height });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const seen = await printed.evaluate((svg) => {
        const within = [...svg.querySelectorAll("path, rect, circle, text")].every((element) => {
          const box = element.getBoundingClientRect();
          return box.left >= -1 && box.top >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
        });
        const paper = getComputedStyle(svg.querySelector(".wl-paper")).fill;
        return { within, paper, text: svg.textContent, width: svg.getBoundingClientRect().width, isAlone: document.querySelector("#worldlines").offsetHeight === 0 };
      });
      assert.ok(seen.within, "every element is on the sheet");
      assert.ok(seen.isAlone, "the page itself is not printed");
      assert.equal(seen.paper, "rgb(255, 255, 255)");
      assert.ok(seen.text.includes(await page.evaluate(() => document.querySelector("#run-heading").textContent.trim())), "the title is there");
      assert.match(seen.text, /[✓✗…]/);
      await page.emulateMedia({ media: null });
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      assert.equal(await printed.count(), 0);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    await reader.leave();
  }
});

test("what the picture does not say is printed from the page: a hidden future, the task of an exercise", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open(await bundled("ordering/fifo-multicast/exercise-reply-first"));
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator(".printed").count(), 0);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".exercise").isVisible());
  await reader.leave();
});

/** Frames of a GIF as the browser shows them: their number, times in ms, sizes, and how many pixels are inked in the first, the middle and the last. */
const framesOf = (page, gif) =>
  page.evaluate(async (gif) => {
    const data = Uint8Array.from(atob(gif), (character) => character.charCodeAt(0));
    const images = new ImageDecoder({ data, type: "image/gif" });
    await images.tracks.ready;
    await images.completed;
    const { frameCount, repetitionCount } = images.tracks.selectedTrack;
    const frames = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
      const { image } = await images.decode({ frameIndex });
      const { displayWidth: width, displayHeight: height, duration } = image;
      const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      let inked = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] + data[at + 1] + data[at + 2] < 600) inked += 1;
      }
      frames.push({ size: [width, height], duration: duration / 1000, inked });
      image.close();
    }
    return { frames, loops: repetitionCount };
  }, gif.toString("base64"));

test("the animation plays the run at the chosen speed, tells its licence and link, and can be cancelled", async () => {
  const { reader, page, dialog } = await opened(await bundled(OPENING));
  await dialog.getByLabel(/^Size in pixels/).selectOption("1");
  const begun = Date.now();
  const [name, gif] = await saved(page, dialog, "Save animation (GIF)");
  const took = Date.now() - begun;
  assert.match(name, /^[a-z0-9-]+\.gif$/);
  await dialog.getByText(`The browser saves ${name}.`).waitFor();
  const framesIn = async (gif) => {
    const other = await decoder(reader, `${playground.url}embed.js`);
    const read = await framesOf(other, gif);
    await other.context().close();
    return read;
  };
  const { frames, loops } = await framesIn(gif);
  console.log(`animation: ${gif.length} bytes, ${frames.length} frames of ${frames[0].size.join(" by ")}, ${took} ms`);
  assert.ok(loops === Infinity, "it is repeated");
  assert.ok(frames.length >= 20 && frames.length <= 200, `${frames.length} frames`);
  assert.ok(frames.every(({ size }) => size[0] === 960), "a pixel for each of 960");
  const length = frames.reduce((sum, { duration }) => sum + duration, 0);
  assert.ok(length > 8_000 && length < 10_000, `seven seconds and two for the end: ${length} ms`);
  const [first, middle, last] = [0, Math.floor(frames.length / 2), frames.length - 1].map((place) => frames[place].inked);
  assert.ok(first < middle && middle < last, `more and more is drawn: ${first}, ${middle}, ${last}`);
  const text = gif.toString("latin1");
  assert.ok(text.includes(LICENCE) && /#s=deflate\./.test(text), "licence and link stand in it");
  await dialog.getByLabel(/^Speed of the animation/).selectOption("200");
  const [, quick] = await saved(page, dialog, "Save animation (GIF)");
  const faster = (await framesIn(quick)).frames.reduce((sum, { duration }) => sum + duration, 0);
  assert.ok(faster > 5_000 && faster < 6_500, `${faster} ms`);
  await dialog.getByLabel(/^Size in pixels/).selectOption("3×");
  await dialog.getByLabel(/^Speed of the animation/).selectOption("10");
  let files = 0;
  page.on("download", () => (files += 1));
  await dialog.getByRole("button", { name: "Save animation (GIF)" }).click();
  await dialog.getByRole("progressbar").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await dialog.getByRole("progressbar").count(), 0);
  await page.waitForTimeout(1_000);
  assert.equal(files, 0, "nothing is saved");
  assert.ok(await dialog.getByRole("button", { name: "Save animation (GIF)" }).isEnabled());
  await reader.leave();
});

/** A voice that reads a line in 60 ms, and keeps what it was given. */
const withVoice = () => {
  const said = (window.said = []);
  let timer;
  const voice = {
    cancel: () => clearTimeout(timer),
    speak: (utterance) => {
      said.push(utterance.text);
      utterance.onstart?.();
      timer = setTimeout(() => utterance.onend?.(), 60);
    },
  };
  Object.defineProperty(window, "speechSynthesis", { value: voice });
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
};

/** The tab of the events with the run in words, unfolded. */
async function told(prepare, fragment = "") {
  const reader = await playground.reader(calm);
  await reader.context.addInitScript(prepare);
  const page = await reader.open(fragment);
  await tab(page, "Events");
  const words = page.locator(".in-words");
  await words.locator("summary").click();
  await words.locator(".narration p").first().waitFor();
  return { reader, page, words };
}

test("the run in words is read in its tab, and each line leads to its moment", async () => {
  const { reader, page, words } = await told(withVoice);
  const lines = (await words.locator(".narration").innerText()).split("\n").filter(Boolean);
  await page.locator("#share").click();
  const text = await page.getByRole("dialog").getByRole("textbox", { name: "Run in words" }).inputValue();
  assert.deepEqual(lines, text.split("\n").filter(Boolean));
  await page.keyboard.press("Escape");
  await words.getByRole("button", { name: /^At 52 ms/ }).click();
  assert.match(await page.locator(".clock").textContent(), /^52 ms/);
  assert.match(await words.locator("[aria-current]").innerText(), /^At 52 ms/);
  await reader.leave();
});

test("the run is read out line by line, the playhead follows, and the voice stops when it is told to", async () => {
  const { reader, page, words } = await told(withVoice);
  const lines = (await words.locator(".narration").innerText()).split("\n").filter(Boolean);
  await page.getByRole("button", { name: "Read aloud" }).click();
  const said = () => page.evaluate(() => window.said);
  await until(async () => (await page.getByRole("button", { name: "Read aloud" }).count()) === 1 && (await said()).length > 0, "it is read to the end");
  assert.deepEqual(await said(), lines);
  const last = await words.locator(".narration button").last().innerText();
  assert.ok((await page.locator(".clock").textContent()).startsWith(last.match(/\d+ ms/)[0]), last);
  await page.getByRole("button", { name: "Read aloud" }).click();
  await page.getByRole("button", { name: "Stop reading" }).click();
  const before = (await said()).length;
  await page.waitForTimeout(300);
  assert.equal((await said()).length, before);
  await page.getByRole("button", { name: "Read aloud" }).click();
  await tab(page, "Network");
  const left = (await said()).length;
  await page.waitForTimeout(300);
  assert.equal((await said()).length, left, "another tab ends it");
  await reader.leave();
});

test("a browser without speech has no such button, and one without a voice says so", async () => {
  const without = await told(() => Object.defineProperty(window, "speechSynthesis", { value: undefined }));
  assert.equal(await without.page.locator("#read-out").count(), 0);
  await without.reader.leave();
  const voiceless = await told(() => {
    Object.defineProperty(window, "speechSynthesis", { value: { cancel() {}, speak: (it) => it.onerror() } });
    window.SpeechSynthesisUtterance = class {};
  });
  await voiceless.page.locator("#read-out").click();
  await voiceless.page.getByText("The browser did not read: it has no voice").waitFor();
  await voiceless.reader.leave();
});

/** A browser that takes half a second for the pixels of a picture, and remembers the canvases that it made. */
const slowPixels = () => {
  window.canvases = [];
  const make = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...rest) {
    const element = make.call(this, name, ...rest);
    if (name === "canvas") window.canvases.push(element);
    return element;
  };
  const { toBlob } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (then, ...rest) {
    setTimeout(() => toBlob.call(this, then, ...rest), 500);
  };
};

test("a picture that is called off or whose dialog is closed is not saved, and the next one is", async () => {
  const { reader, page, dialog } = await opened("", { prepare: slowPixels });
  let files = 0;
  page.on("download", () => (files += 1));
  const button = dialog.getByRole("button", { name: "Save picture (PNG)" });
  await button.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.waitForTimeout(1_000);
  assert.equal(files, 0, "nothing is saved after it was called off");
  assert.equal(await dialog.getByText(/^The browser saves/).count(), 0);
  await button.click();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(1_000);
  assert.equal(files, 0, "nothing is saved after the dialog was closed");
  await page.locator("#share").click();
  await saved(page, dialog, "Save picture (PNG)");
  assert.equal(files, 1);
  await reader.leave();
});

test("frames that are too large for an animation are refused before a canvas is made, and a cancelled animation keeps none", async () => {
  const { reader, page, dialog } = await opened("", { prepare: slowPixels });
  await dialog.getByLabel(/^Size in pixels/).selectOption("wide");
  await dialog.getByLabel(/^Width in pixels/).fill("5000");
  await dialog.getByLabel(/^Width in pixels/).press("Enter");
  await dialog.getByRole("button", { name: "Save animation (GIF)" }).click();
  await dialog.getByText(/^Frames of 5000 × \d+ pixels are too large for an animation: a frame can have 4000000 pixels\./).waitFor();
  const largest = () => page.evaluate(() => Math.max(0, ...window.canvases.map(({ width, height }) => width * height)));
  assert.equal(await largest(), 0);
  await dialog.getByLabel(/^Size in pixels/).selectOption("1×");
  await dialog.getByLabel(/^Speed of the animation/).selectOption("10");
  await dialog.getByRole("button", { name: "Save animation (GIF)" }).click();
  await dialog.getByRole("progressbar").waitFor();
  assert.ok((await largest()) > 0);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await largest(), 0, "its canvas has no pixels any more");
  await reader.leave();
});

test("a printed picture has the link of the run that is shown, whatever the address has", async () => {
  const reader = await playground.reader(calm);
  // As in a frame that may not change its address.
  await reader.context.addInitScript(() => (history.replaceState = () => {}));
  const page = await reader.open(await bundled(OPENING));
  await page.locator(".deed.fault").getByRole("button", { name: /^Remove/ }).click();
  await page.locator("#share").click();
  const link = await page.locator("#share-link").inputValue();
  await page.keyboard.press("Escape");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const source = await page.locator(".printed svg").evaluate((svg) => svg.querySelector("metadata").textContent);
  assert.ok(source.includes(link), `${source} has ${link}`);
  assert.notEqual(new URL(link).hash, new URL(page.url()).hash);
  await reader.leave();
});

test("the trace of a large run is written without a long stop, and not if the dialog is closed", { timeout: 300_000 }, async () => {
  const reader = await playground.reader(calm);
  await watch(reader.context);
  const page = await reader.open(broadcasts(100_000, { every: 2 }));
  await page.locator(".working").waitFor({ state: "detached", timeout: 200_000 });
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.getByLabel("File for another program").selectOption("trace");
  // The link of the run is made meanwhile.
  await page.locator("#share-link, #share-file").first().waitFor({ timeout: 100_000 });
  let trace;
  const tasks = await tasksOf(page, async () => {
    [, trace] = await saved(page, dialog, "Save file");
  });
  const { events, messages } = JSON.parse(trace.toString());
  assert.ok(events.length > 90_000 && messages.length > 40_000, `${events.length} events, ${messages.length} messages`);
  const longest = Math.max(0, ...tasks);
  console.log(`longest task: ${longest} ms for a trace of ${trace.length} bytes`);
  // Machines of tests are busy: what is asked for is 50 ms.
  assert.ok(longest <= 250, `${longest} ms`);
  let files = 0;
  page.on("download", () => (files += 1));
  await dialog.getByRole("button", { name: "Save file" }).click();
  await dialog.getByText("The file is being written…").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(5_000);
  assert.equal(files, 0, "nothing is saved after the dialog was closed");
  await reader.leave();
});

test("with a hidden future the run in words tells the events that are shown, and the end when it is shown", async () => {
  const { reader, page, words } = await told(withVoice);
  const lines = async () => (await words.locator(".narration").innerText()).split("\n").filter(Boolean);
  const all = await lines();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Home");
  const early = await lines();
  assert.ok(all[0].startsWith(early[0]) && early[0] !== all[0], early[0]);
  const end = /^The (promised|other|run)|^When the run ends|is violated/;
  assert.ok(all.some((line) => end.test(line)));
  assert.ok(!early.some((line) => end.test(line)), early.join("\n"));
  assert.ok(early.some((line) => line.startsWith("At ")), "moments to come are there, as in the picture");
  await page.keyboard.press("f");
  const seen = [];
  while (await page.locator("#step").isEnabled()) {
    seen.push((await lines()).filter((line) => line.startsWith("At ")).join("\n"));
    await page.keyboard.press("ArrowRight");
  }
  // The last event is not the end of the time that is shown.
  await page.keyboard.press("End");
  await until(async () => (await lines()).join() === all.join(), "all of it is told").catch(() => {});
  assert.deepEqual(await lines(), all, "at the end all of it is told");
  const moments = all.filter((line) => line.startsWith("At ")).length;
  assert.ok(new Set(seen).size > moments, "moments grow event by event");
  await reader.leave();
});

test("a voice that is stopped before its script has come says nothing, and hiding the future stops it", async () => {
  const reader = await playground.reader(calm);
  await reader.context.addInitScript(withVoice);
  const page = await reader.open();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/voice.js", async (route) => {
    await held;
    await route.continue();
  });
  await tab(page, "Events");
  await page.locator(".in-words summary").click();
  const fetched = page.waitForResponse("**/voice.js");
  await page.getByRole("button", { name: "Read aloud" }).click();
  await page.getByRole("button", { name: "Stop reading" }).click();
  release();
  await fetched;
  await page.waitForTimeout(500);
  const said = () => page.evaluate(() => window.said.length);
  assert.equal(await said(), 0);
  await page.getByRole("button", { name: "Read aloud" }).click();
  await until(async () => (await said()) > 1, "it is read");
  await page.keyboard.press("f");
  await page.getByText("Show the future to have the run read aloud.").waitFor();
  const before = await said();
  await page.waitForTimeout(400);
  assert.equal(await said(), before);
  await page.keyboard.press("f");
  await page.getByRole("button", { name: "Read aloud" }).waitFor();
  await reader.leave();
});
