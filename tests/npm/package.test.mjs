// The package of `worldlines scorm` in a learning system: its manifest leads to a page that is in it, and the page's
// `report.js` speaks with the SCORM run-time of an npm package.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { Scorm12API } from "scorm-again/scorm12";

import { unzip } from "./archive.mjs";
import { command } from "./command.mjs";
import { advance, leave, top, within } from "./fake-window.mjs";

const EXERCISE = "static/scenarios/ordering/fifo-multicast/exercise-reply-first.json";
const CODE = "w1.ATQAy_97ImZhdWx0cyI6W3siZGVsYXkiOnsiYnkiOjUwLCJtZXNzYWdlIjoiUDE-UDIjMSJ9fV19.5b27c5bb";

let folder;
let files;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "worldlines-package-"));
  const build = join(folder, "page", "0123456789abcdef");
  mkdirSync(build, { recursive: true });
  const html = readFileSync("www/index.html", "utf8").replace('data-files="./"', 'data-files="./0123456789abcdef/"');
  writeFileSync(join(folder, "page", "index.html"), html);
  for (const name of ["early.js", "report.js", "start.js"]) copyFileSync(join("www", name), join(build, name));
  const out = join(folder, "exercise.zip");
  command("scorm", EXERCISE, "--page", join(folder, "page"), "-o", out);
  files = unzip(readFileSync(out));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a learning system reads of the manifest: where to begin, and the mastery score. */
const launch = (manifest) => {
  const attribute = (element, name) => new RegExp(`<${element}\\b[^>]*\\s${name}="([^"]*)"`).exec(manifest)?.[1];
  assert.equal(attribute("item", "identifierref"), attribute("resource", "identifier"));
  assert.equal(attribute("resource", "adlcp:scormtype"), "sco");
  return { href: attribute("resource", "href"), parameters: attribute("item", "parameters"), mastery: /masteryscore>(\d+)</.exec(manifest)[1] };
};

/** A page as far as `early.js` uses it, at this address. */
const opened = (html, address) => {
  const url = new URL(address);
  const data = {};
  for (const [, name, value] of /<html[^>]*>/.exec(html)[0].matchAll(/data-([a-z]+)="([^"]*)"/g)) data[name] = value;
  const location = { hash: url.hash, search: url.search, href: url.href };
  const history = { state: null, replaceState: (_, __, to) => Object.assign(location, { search: new URL(to, url).search, hash: new URL(to, url).hash }) };
  const script = files.get("0123456789abcdef/early.js").toString();
  const run = new Function("document", "location", "history", "localStorage", "matchMedia", "addEventListener", script);
  run({ documentElement: { dataset: data } }, location, history, { getItem: () => null }, () => ({ matches: false }), () => {});
  return { location, data };
};

test("the manifest leads to the page, and the page to the exercise", () => {
  const { href, parameters, mastery } = launch(files.get("imsmanifest.xml").toString());
  assert.equal(mastery, "100");
  const canonical = command("open", command("link", EXERCISE).trim()).trim();
  const html = files.get(href).toString();
  const base = `https://lms.example/package/${href}`;
  for (const address of [base, base + parameters, `${base}?user=7`, `${base}?user=7#top`]) {
    const { location, data } = opened(html, address);
    const asked = new URLSearchParams(location.search).get("src");
    assert.equal(files.get(asked).toString(), canonical);
    assert.equal(data.opens, "link", "no other picture is shown first");
    assert.ok(location.search.startsWith(new URL(address).search), "the parameters of the system stay");
  }
});

test("the package's script reports to the run-time of a learning system", async () => {
  const script = join(folder, "report.mjs");
  writeFileSync(script, files.get("0123456789abcdef/report.js"));
  const { listen } = await import(pathToFileURL(script));
  const api = new Scorm12API({ autocommit: false, logLevel: 5 });
  api.loadFromJSON({ cmi: { core: { lesson_status: "not attempted" }, student_data: { mastery_score: "100" } } });
  const lms = top();
  lms.window.API = api;
  const { window, clock } = within(lms.window, 1);
  listen(window).attempt(JSON.stringify({ score: 1, state: CODE }));
  advance(clock, 300);
  leave(window);
  assert.deepEqual(window.warnings, []);
  assert.deepEqual([api.cmi.core.lesson_status, api.cmi.core.score.raw, api.cmi.suspend_data], ["passed", "100", CODE]);
  assert.ok(api.isTerminated());
  // What the system keeps is a code that counts.
  assert.equal(command("check", EXERCISE, api.cmi.suspend_data), "reached\n");
});
