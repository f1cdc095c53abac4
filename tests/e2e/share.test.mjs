// The share dialog: the link and its QR code, the text that embeds the run, files, the run in words.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { clipboard, openShare, startPlayground, until } from "./playground.mjs";

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground.stop());

const opened = (options) => openShare(playground, "", options);

test("the link is copied, and the same run opens by it", async () => {
  const { reader, page, dialog } = await opened();
  const link = await dialog.getByLabel("Link", { exact: true }).inputValue();
  assert.match(link, /#s=deflate\.[\w-]+&d=[0-9a-f]{8}$/);
  await dialog.getByRole("button", { name: "Copy link" }).click();
  await dialog.getByRole("button", { name: "Link copied" }).waitFor();
  assert.equal(await clipboard(page), link);
  assert.match(await dialog.getByRole("img", { name: "QR code of the link" }).locator("path").getAttribute("d"), /^M4 4h7v1h-7z/);
  const title = await page.locator(".title").innerText();
  const other = await reader.open(new URL(link).hash);
  assert.equal(await other.locator(".title").innerText(), title);
  await reader.leave();
});

test("where the clipboard is refused the text is selected", async () => {
  const prepare = () => {
    const refuse = () => Promise.reject(new Error("refused"));
    Object.defineProperty(navigator, "clipboard", { value: { writeText: refuse } });
  };
  const { reader, page, dialog } = await opened({ prepare });
  const selected = () => {
    const field = document.activeElement;
    return field.value?.slice(field.selectionStart, field.selectionEnd);
  };
  for (const [button, field] of [
    ["Copy link", "Link"],
    ["Copy HTML", "HTML to paste"],
  ]) {
    await dialog.getByRole("button", { name: button }).click();
    const text = await dialog.getByLabel(field, { exact: true }).inputValue();
    await until(async () => (await page.evaluate(selected)) === text, `${field} is selected`);
    await dialog.getByText("does not let this page copy").first().waitFor();
  }
  await reader.leave();
});

test("the text that embeds the run follows the choices, and the preview shows it", async () => {
  const { reader, page, dialog } = await opened();
  const html = () => dialog.getByLabel("HTML to paste").inputValue();
  assert.match(await html(), /<script type="module" src="[^"]*\/embed\.js"><\/script>\n<world-lines scenario="#s=[^"]*" controls="focus"/);
  await dialog.getByLabel("Controls").selectOption({ label: "Time and verdicts, no changes" });
  await dialog.getByLabel("Theme").selectOption("dark");
  await dialog.getByLabel("Starts").selectOption("now");
  assert.match(await html(), /controls="locked" theme="dark" start="[1-9]\d*" title="/);
  await dialog.getByLabel("Language").selectOption({ label: "German" });
  assert.match(await html(), /theme="dark" lang="de" start=/);
  await dialog.getByLabel(/^Verdicts/).selectOption("uniform agreement");
  await dialog.getByLabel("Hide the future").check();
  await dialog.getByLabel("Play in a loop").check();
  assert.match(await html(), / property="uniform-agreement" future="hidden" loop="" title="/);
  await dialog.getByLabel("As high as its content").uncheck();
  await dialog.getByLabel("Height in pixels").fill("600");
  await dialog.getByLabel("Height in pixels").press("Enter");
  assert.match(await html(), / height="600"/);
  await dialog.getByLabel(/^Form/).selectOption("frame");
  assert.match(await html(), /^<iframe src="[^"]*\?embed#s=[^"]*&amp;controls=locked&amp;theme=dark&amp;lang=de&amp;start=\d+&amp;property=uniform-agreement&amp;future=hidden&amp;loop=&amp;height=600"[^>]* height="600"\s+sandbox="allow-scripts"/);
  await dialog.getByRole("button", { name: "Copy HTML" }).click();
  await dialog.getByRole("button", { name: "HTML copied" }).waitFor();
  assert.equal(await clipboard(page), await html());
  await dialog.getByRole("button", { name: "Show preview" }).click();
  const preview = dialog.frameLocator("iframe");
  await preview.locator("#worldlines > .page .stage svg").first().waitFor();
  await preview.locator('html[lang="de"]').waitFor();
  await until(async () => (await preview.locator(".strip [data-verdict]:visible").count()) === 1, "the preview has the one verdict");
  await dialog.getByRole("button", { name: "Hide preview" }).click();
  assert.equal(await dialog.locator("iframe").count(), 0);
  await reader.leave();
});

test("the picture, the scenario and the words of the run are taken away", async () => {
  const { reader, page, dialog } = await opened();
  const saved = async (button) => {
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: button }).click()]);
    return [file.suggestedFilename(), await readFile(await file.path(), "utf8")];
  };
  await dialog.getByLabel("Colours of the picture").selectOption("dark");
  const [picture, svg] = await saved("Save picture (SVG)");
  assert.match(picture, /^[a-z0-9-]+\.svg$/);
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="worldlines-dark"/);
  assert.match(svg, /<dc:source>[^<]*#s=deflate\./);
  await dialog.getByText(`The browser saves ${picture}.`).waitFor();
  const [scenario, json] = await saved("Save scenario");
  assert.match(scenario, /\.json$/);
  assert.equal(JSON.parse(json).version, 1);
  for (const [kind, name, begins] of [
    ["html", /\.html$/, /^<!doctype html>/],
    ["tikz", /\.tex$/, /\\documentclass/],
    ["shiviz", /\.log$/, /\{"/],
    ["mermaid", /\.mmd$/, /^sequenceDiagram\n/],
    ["csv", /\.csv$/, /^[a-z]+,/],
    ["words", /\.txt$/, /At \d+ ms/],
  ]) {
    await dialog.getByLabel("File for another program").selectOption(kind);
    const [file, text] = await saved("Save file");
    assert.match(file, name);
    assert.match(text, begins, kind);
  }
  await dialog.getByRole("button", { name: "Copy text" }).click();
  await dialog.getByRole("button", { name: "Text copied" }).waitFor();
  assert.match(await clipboard(page), /At \d+ ms/);
  await reader.leave();
});

test("the dialog keeps the focus, rests the page, closes at Esc and gives the focus back", async () => {
  const { reader, page, dialog } = await opened();
  await until(() => page.evaluate(() => document.activeElement.id === "copy-share-link"), "the copy button has the focus");
  const clock = await page.locator(".clock").textContent();
  await page.keyboard.press("Home");
  assert.equal(await page.locator(".clock").textContent(), clock, "the page's keys rest meanwhile");
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    const inside = () => document.activeElement === document.body || !!document.activeElement.closest("dialog");
    assert.ok(await page.evaluate(inside), "the focus stays in the dialog");
  }
  const hasFocus = () => page.evaluate(() => document.activeElement.id === "share");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await until(hasFocus, "Share has the focus again");
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "hidden" });
  await until(hasFocus, "Share has the focus again");
  await reader.leave();
});
