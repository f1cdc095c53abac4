// A link that compares runs (docs/link.md): made by "Copy link", opened elsewhere, kept while its runs are changed.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { startPlayground, until, whole } from "./playground.mjs";
import { bundled } from "./runs.mjs";

const ORDERS = "ordering/fifo-multicast/three-orders";
const calm = { reducedMotion: "reduce" };

let playground;
before(async () => {
  playground = await startPlayground();
});
after(() => playground?.stop());

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const parts = (page) => page.locator(".compared .parts").innerText();
const second = (page) => page.locator(".canvas.second svg");
const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });

/** Fields of an address that hold differences from the first run. */
const differences = (list) => `&c=deflate.${deflateRawSync(JSON.stringify(list)).toString("base64url")}`;

test("Copy link includes the second run and says so, and the link opens both", async () => {
  const reader = await playground.reader(calm);
  const page = await reader.open(await bundled(ORDERS));
  await page.locator("#copy-link").click();
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.doesNotMatch(await clipboard(page), /&c=/);
  await page.locator("#compare").selectOption({ label: "Causal multicast" });
  await second(page).waitFor();
  const said = await parts(page);
  await page.locator("#copy-link").click();
  await page.getByRole("button", { name: "Link to both runs copied" }).waitFor();
  const link = await clipboard(page);
  assert.match(link, /#s=deflate\.[\w-]+&d=[0-9a-f]{8}&c=deflate\.[\w-]+&e=[0-9a-f]{8}$/);
  await page.locator("#share").click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.getByText("It also holds the second run beside this one.").waitFor();
  assert.equal(await dialog.getByLabel("Link", { exact: true }).inputValue(), link);
  await shot(page, "share-both");
  await page.keyboard.press("Escape");

  const { hash } = new URL(link);
  const there = await reader.open(hash);
  await second(there).waitFor();
  assert.equal(await parts(there), said);
  assert.equal(await there.locator("#compare").inputValue(), "causal-multicast");
  assert.equal(await there.locator(".banner").count(), 0);
  assert.equal(new URL(there.url()).hash, hash, "the address stays as it was given");
  await shot(there, "both");
  // A change of the run changes both, and the address has both.
  await there.locator('.canvas:not(.second) .arrow[data-message="Alice>Carol#1"]').focus();
  await there.keyboard.press("Enter");
  await there.locator(".menu").getByRole("button", { name: /^Drop/ }).click();
  await there.locator(".theatre.edited").waitFor();
  await until(() => new URL(there.url()).hash !== hash && /&c=.*&e=/.test(there.url()), "the address follows");
  const changed = await parts(there);
  await there.waitForLoadState("networkidle");
  await there.reload();
  await whole(there);
  await second(there).waitFor();
  assert.equal(await parts(there), changed);
  assert.ok(await there.locator("#undo").isEnabled(), "it is the reader's work");
  await there.locator(".compared").getByRole("button", { name: "Close second run" }).click();
  await there.locator("#copy-link").click();
  await there.getByRole("button", { name: "Link copied" }).waitFor();
  assert.doesNotMatch(await clipboard(there), /&c=/);
  await reader.leave();
});

test("a link of several runs offers each, and a damaged one is refused with its text", async () => {
  const reader = await playground.reader({ ...calm, viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const first = await bundled(ORDERS);
  const page = await reader.open(first + differences([{ seed: 8, title: "Another seed" }, { protocol: "abcast", title: null, until: 900 }]));
  await second(page).waitFor();
  assert.match(await parts(page), /in “Another seed”|Both runs are the same/);
  const options = await page.locator('#compare optgroup[label="Run of the link"] option').allInnerTexts();
  assert.deepEqual(options, ["Another seed", "run 3"]);
  await page.locator("#compare").selectOption({ label: "run 3" });
  await until(async () => /under Abcast|under .*ABCAST/i.test(await page.locator(".both thead").innerText()), "the other is shown");
  await shot(page, "several-phone");
  const damaged = await reader.open(`${first}${differences([{ nodes: 0 }])}`);
  await damaged.locator(".banner .why").waitFor();
  assert.match(await damaged.locator(".banner .why").innerText(), /^c\[0\]\.nodes: found 0, expected/);
  assert.match(await damaged.locator(".banner textarea").inputValue(), /&c=deflate/);
  await reader.leave();
});

test("an embed shows both runs of a link", async () => {
  const { origin } = new URL(playground.url);
  const fragment = (await bundled(ORDERS)) + differences([{ protocol: "causal-multicast" }]);
  const policy = `default-src 'none'; script-src 'self' ${origin}; frame-src ${origin}; style-src 'self'`;
  const course = createServer((request, answer) => {
    if (request.url !== "/") return answer.writeHead(204).end();
    const html = `<!doctype html><html lang="en"><title>A course</title><body><world-lines scenario="${fragment}"></world-lines>
      <script type="module" src="${playground.url}embed.js"></script>`;
    return answer.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(html);
  });
  await new Promise((resolve) => course.listen(0, "127.0.0.1", resolve));
  const site = `http://localhost:${course.address().port}`;
  const reader = await playground.reader({ ...calm, origins: [site] });
  const page = await reader.context.newPage();
  await page.goto(`${site}/`);
  const place = page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  const frame = place.frameLocator("iframe");
  await frame.locator("#worldlines > .page .canvas.second svg").waitFor();
  await frame.locator(".compared .both").waitFor();
  await until(async () => place.evaluate((it) => /&c=/.test(it.link)), "the element knows the link of both");
  await shot(page, "embed-both");
  await place.evaluate((it) => it.park());
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  await frame.locator("#worldlines > .page .canvas.second svg").waitFor();
  await reader.leave();
  course.closeAllConnections();
  await new Promise((resolve) => course.close(resolve));
});
