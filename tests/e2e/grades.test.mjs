// An exercise reports its score and its result code: to a course site of another origin by SPLICE, and to a learning system by
// SCORM 1.2, in a package of `worldlines scorm`.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { unzip } from "../npm/archive.mjs";
import { command } from "../npm/command.mjs";
import { arrived, element, script, startCourses } from "./course.mjs";
import { DIST, calm, openExample, until } from "./playground.mjs";
import { OPENING, bundled, link } from "./runs.mjs";
import { serveFolder } from "./static-server.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXERCISE = path.join(ROOT, "static/scenarios/ordering/fifo-multicast/exercise-reply-first.json");
/** The exercise with a variant for each of three students; the delay that solves one does not give the code of another. */
const VARIANTS = {
  ...JSON.parse(readFileSync(EXERCISE, "utf8")),
  nodes: ["P1", "P2", "P3"],
};
VARIANTS.goal.variants = [{ later: 3 }, { later: 17 }, { later: 31 }];
const OF_STUDENTS = { s1000: "", s1001: "", s1002: "", s1003: "", s1004: "" };

/** Folder for what the tests make. */
let folder;
let playground;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "worldlines-grades-"));
  writeFileSync(path.join(folder, "variants.json"), JSON.stringify(VARIANTS));
  const ids = path.join(folder, "ids.txt");
  writeFileSync(ids, Object.keys(OF_STUDENTS).join("\n"));
  const table = command("variants", path.join(folder, "variants.json"), "--students", ids);
  for (const row of table.trim().split("\r\n").slice(1)) OF_STUDENTS[row.split(",")[0]] = row.split(",")[1];
  playground = await startCourses();
});
/** Learning systems, which a test that fails leaves behind. */
const servers = [];
after(async () => {
  for (const server of servers) await server.stop();
  await playground?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Two students with different variants. */
const neighbours = () => {
  const [first, ...others] = Object.keys(OF_STUDENTS);
  return [first, others.find((id) => OF_STUDENTS[id] !== OF_STUDENTS[first])];
};

/** Delays a message of the run in a frame, as a reader does. */
async function delay(page, frame, message, by) {
  await frame.locator(`.arrow[data-message="${message}"]`).focus();
  await page.keyboard.press("Enter");
  const form = frame.locator(".menu form", { has: page.locator('[data-do="delay"]') });
  await form.locator("input").fill(String(by));
  await page.keyboard.press("Enter");
  await frame.locator(".theatre.edited").waitFor();
}

/** For a course site that keeps what is reported, and answers what it keeps, also after a reload. */
function keep() {
  if (window !== window.top) return;
  addEventListener("message", ({ data, source }) => {
    if (data.subject === "SPLICE.reportScoreAndState") sessionStorage.setItem("kept", data.state);
    if (data.subject !== "SPLICE.getState") return;
    const state = sessionStorage.getItem("kept");
    source.postMessage({ subject: "SPLICE.getState.response", message_id: data.message_id, state }, "*");
  });
}

/** Opens such a course site with this body. */
async function open(body) {
  const asked = [];
  const prepare = async (context) => {
    await context.addInitScript(keep);
    context.on("request", (request) => asked.push(request.url()));
  };
  const { page, leave } = await playground.openCourse(body, { ...calm, prepare });
  const heard = (subject) => page.evaluate((subject) => window.heard.filter((it) => it.subject === subject), subject);
  return {
    page,
    heard,
    /** Names of the files that were asked for. */
    files: () => asked.map((it) => new URL(it).pathname.split("/").at(-1)),
    reports: async () => (await heard("SPLICE.reportScoreAndState")).map(({ score, state }) => [score, state]),
    leave,
  };
}

for (const [name, attributes] of [["a frame", ""], ["a frame in a sandbox", 'sandbox="allow-scripts"']]) {
  test(`${name} reports no score, then the score with the code, and is restored after a reload`, async () => {
    const source = `${playground.url}?embed${link(readFileSync(EXERCISE, "utf8"))}`;
    const site = await open(`<input id="own" /><iframe ${attributes} width="900" height="600" src="${source}"></iframe>`);
    const { page, reports } = site;
    const frame = page.frameLocator("iframe");
    await arrived(frame);
    await until(async () => (await reports()).length === 1, "it tells that nothing was tried");
    assert.deepEqual(await reports(), [[null, ""]]);
    assert.ok(site.files().indexOf("report.js") > site.files().indexOf("playground_bg.wasm"), "the program comes first");

    await delay(page, frame, "P1>P3#1", 5);
    await until(async () => (await reports()).length === 2, "an attempt is reported");
    assert.deepEqual((await reports())[1], [0, ""]);
    await delay(page, frame, "P1>P2#1", 60);
    await frame.locator(".exercise .hint").getByText("more faults").waitFor();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await frame.locator(".theatre:not(.edited)").waitFor();
    await delay(page, frame, "P1>P2#1", 60);
    await until(async () => (await reports()).length === 3, "the goal that is reached is reported");
    const [score, code] = (await reports())[2];
    assert.equal(score, 1);
    assert.equal(code, await frame.locator("#result-code").inputValue());
    assert.equal(command("check", EXERCISE, code), "reached\n");
    const notes = await site.heard("SPLICE.sendEvent");
    assert.deepEqual(new Set(notes.map((it) => it.name)), new Set(["attempt"]));
    assert.deepEqual([notes[0].data.reached, notes.at(-1).data.reached], [false, true]);
    const heights = await site.heard("lti.frameResize");
    assert.ok(heights.every((it, place) => it.height !== heights[place - 1]?.height), "each height is told once");

    await page.reload();
    await page.locator("#own").focus();
    await arrived(frame);
    await frame.locator("#result-code").waitFor();
    assert.equal(await frame.locator("#result-code").inputValue(), code);
    await frame.locator('.arrow[data-message="P1>P2#1"]').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "own", "the reader's focus stays");
    await page.waitForTimeout(600);
    assert.deepEqual(await reports(), [], "what the site keeps is no news to it");

    // The reader goes back to the exercise, and on in another way: a late answer changes nothing.
    await frame.locator(".stage").click({ position: { x: 5, y: 5 } });
    await page.keyboard.press("Control+z");
    await frame.locator("#result-code").waitFor({ state: "detached" });
    await delay(page, frame, "P3>P1#1", 5);
    const inner = page.frames().find((it) => it.url().startsWith(playground.url));
    const title = await frame.locator(".exercise").innerText();
    await inner.evaluate((code) => dispatchEvent(new CustomEvent("worldlines-restore", { detail: code })), code);
    await page.waitForTimeout(300);
    assert.equal(await frame.locator(".exercise").innerText(), title);
    assert.deepEqual(await reports(), [], "the best is kept");
    await site.leave();
  });
}

test("a frame whose run is no exercise reports nothing, whatever its reader opens in it", async () => {
  const fragment = await bundled(OPENING);
  const source = `${playground.url}?embed${fragment}&amp;controls=full`;
  const site = await open(`<iframe width="1200" height="700" src="${source}"></iframe>`);
  const frame = site.page.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await site.heard("lti.frameResize")).length > 0, "it tells its height");
  await openExample(frame, "ordering/fifo-multicast/exercise-reply-first");
  await frame.locator(".exercise").waitFor();
  await frame.locator("body").click({ position: { x: 2, y: 2 } });
  await delay(site.page, frame, "P1>P2#1", 60);
  await frame.locator("#result-code").waitFor();
  await site.page.waitForTimeout(600);
  const subjects = await site.page.evaluate(() => window.heard.map((it) => it.subject).filter(Boolean));
  assert.deepEqual([...new Set(subjects)], ["lti.frameResize"]);
  assert.ok(!site.files().includes("report.js"));
  await site.leave();
});

test("an element opens the variant of its student, and a parked one goes on with the reader's work", async () => {
  const [own, neighbour] = neighbours();
  const file = path.join(folder, "variants.json");
  const fragment = command("link", file).trim();
  assert.doesNotMatch(fragment, /&d=/, "the digest of a variant's run is another");
  const site = await open(element(fragment, `student="${own}"`) + script(playground.url));
  const { page, reports } = site;
  const place = page.locator("world-lines");
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  const frame = place.frameLocator("iframe");
  await arrived(frame);
  await until(async () => (await reports()).length === 1, "nothing was tried");
  assert.equal(await frame.locator(".banner").count(), 0, "no other digest was promised");
  await delay(page, frame, "P1>P2#1", 60);
  await until(async () => (await reports()).length === 2, "the goal is reached");
  const [score, code] = (await reports())[1];
  assert.equal(score, 1);
  assert.equal(command("check", file, code, "--student", own), "reached\n");
  assert.match(command("check", file, code, "--student", neighbour), /^not reached: .*another variant/);
  // Another attempt, which the site's code must not replace.
  await page.keyboard.press("Control+z");
  await delay(page, frame, "P3>P1#1", 7);
  await until(() => place.evaluate((it, code) => !it.link.includes(code) && it.link.includes("#s="), code), "the change is told");
  await page.waitForTimeout(200);
  await place.evaluate((it) => it.park());
  await place.locator(".still svg").waitFor();
  await place.evaluate((it) => it.wake());
  await arrived(frame);
  await until(async () => (await site.heard("SPLICE.getState")).length === 2, "it is live again");
  await page.waitForTimeout(600);
  assert.equal(await frame.locator("#result-code").count(), 0);
  assert.equal((await reports()).length, 2, "what was reached stays reached");
  await site.leave();
});

/** The page in one part: the step `dist` makes it; `cargo xtask serve` makes no other. */
const wholePage = () => {
  const folders = [path.join(ROOT, "target/whole"), DIST];
  const isWhole = (it) =>
    existsSync(path.join(it, "index.html")) &&
    readdirSync(it, { recursive: true }).every((name) => path.basename(name) !== "parts.js");
  const found = folders.find(isWhole);
  assert.ok(found, "cargo xtask dist --whole target/whole makes the page in one part");
  return found;
};

/** A learning system: the run-time of an npm package, which keeps what is committed, also after a reload. */
const LMS = `
  const api = new Scorm12API({ autocommit: false, logLevel: 5 });
  const kept = JSON.parse(sessionStorage.getItem("kept") ?? "null");
  const student = new URLSearchParams(location.search).get("student") ?? "";
  const first = { core: { student_id: student, student_name: "A student", lesson_status: "not attempted" }, student_data: { mastery_score: "100" } };
  api.loadFromJSON(kept ?? { cmi: first });
  if (kept) api.loadFromJSON({ cmi: { core: { student_id: student, entry: "resume" } } });
  const keep = () => {
    const { core, suspend_data } = api.cmi;
    const { lesson_status, score } = core;
    sessionStorage.setItem("kept", JSON.stringify({ cmi: { core: { lesson_status, score: { raw: score.raw } }, suspend_data } }));
  };
  api.on("LMSCommit", keep);
  window.API = api;
  document.body.append(Object.assign(document.createElement("iframe"), { src: "package/index.html?src=exercise.json", width: 1200, height: 700 }));
`;

/** Addresses of learning systems, by the exercise that they play. */
const systems = new Map();

/** Makes a package, and a learning system that plays it; answers its address. */
async function system(exercise) {
  if (systems.has(exercise)) return systems.get(exercise);
  const root = mkdtempSync(path.join(folder, "lms-"));
  const out = path.join(root, "exercise.zip");
  command("scorm", exercise, "--page", wholePage(), "-o", out);
  for (const [name, content] of unzip(readFileSync(out))) {
    const file = path.join(root, "package", name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  copyFileSync(path.join(ROOT, "node_modules/scorm-again/dist/scorm12.min.js"), path.join(root, "scorm12.js"));
  copyFileSync(path.join(ROOT, "static/icon.svg"), path.join(root, "icon.svg"));
  writeFileSync(path.join(root, "lms.js"), LMS);
  const html = '<!doctype html><html lang="en"><title>LMS</title><link rel="icon" href="icon.svg"><body><script src="scorm12.js"></script><script src="lms.js"></script>';
  writeFileSync(path.join(root, "index.html"), html);
  const server = await serveFolder(root);
  servers.push(server);
  systems.set(exercise, server.url);
  return server.url;
}

const grades = (page) =>
  page.evaluate(() => [API.cmi.core.score.raw, API.cmi.core.lesson_status, API.cmi.suspend_data]);

test("a package opens the variant of its student, reports to the learning system, and is restored", async () => {
  const exercise = path.join(folder, "variants.json");
  const [own, neighbour] = neighbours();
  const url = await system(exercise);
  const reader = await playground.reader({ origins: [new URL(url).origin], ...calm });
  const page = await reader.context.newPage();
  await page.goto(`${url}?student=${own}`);
  const frame = page.frameLocator("iframe");
  await arrived(frame);
  await frame.locator(".exercise").waitFor();
  assert.deepEqual(await grades(page), ["", "incomplete", ""]);
  await frame.locator("body").click({ position: { x: 2, y: 2 } });
  await delay(page, frame, "P1>P2#1", 60);
  const code = await frame.locator("#result-code").inputValue();
  await until(async () => (await grades(page))[1] === "passed", "the learning system knows");
  assert.deepEqual(await grades(page), ["100", "passed", code]);
  const handedIn = mkdtempSync(path.join(folder, "handed-in-"));
  for (const id of [own, neighbour]) writeFileSync(path.join(handedIn, id), code);
  const table = command("grade", exercise, handedIn);
  assert.match(table, new RegExp(`^${own},reached,1,`, "m"));
  assert.match(table, new RegExp(`^${neighbour},not reached,0,.*another variant`, "m"));

  await page.reload();
  await frame.locator("#result-code").waitFor();
  assert.equal(await frame.locator("#result-code").inputValue(), code);
  assert.deepEqual(await grades(page), ["100", "passed", code]);
  await reader.leave();
});

test("a package without variants opens its exercise, and one with variants needs to know the student", async () => {
  const reports = await system(EXERCISE);
  const nameless = await system(path.join(folder, "variants.json"));
  const reader = await playground.reader({ origins: [reports, nameless].map((url) => new URL(url).origin), ...calm });
  const page = await reader.context.newPage();
  await page.goto(reports);
  const frame = page.frameLocator("iframe");
  await frame.locator(".exercise").waitFor();
  await frame.locator("body").click({ position: { x: 2, y: 2 } });
  await delay(page, frame, "P1>P2#1", 60);
  await until(async () => (await grades(page))[1] === "passed", "the learning system knows");
  assert.equal(command("check", EXERCISE, (await grades(page))[2]), "reached\n");
  await page.goto(nameless);
  const why = await frame.locator(".banner .why").innerText();
  assert.equal(why, "exercise.json: v: found nothing, expected the id of a student: each has a variant");
  assert.equal(await frame.locator(".exercise").count(), 0);
  await reader.leave();
});
