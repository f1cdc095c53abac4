// An exercise reports its score and its result code by SPLICE and by SCORM 1.2: against a host that checks every
// message, and against the SCORM run-time of an npm package.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Scorm12API } from "scorm-again/scorm12";

import { connect, listen } from "../../www/report.js";
import { advance, framed, leave, top, within } from "./fake-window.mjs";

const CODE = "w1.ATQAy_97ImZhdWx0cyI6W3siZGVsYXkiOnsiYnkiOjUwLCJtZXNzYWdlIjoiUDE-UDIjMSJ9fV19.5b27c5bb";
const OTHER = "w1.AAAA.01234567";

/** The reports among messages, without their ids. */
const reports = (heard) =>
  heard
    .filter(({ subject }) => subject === "SPLICE.reportScoreAndState")
    .map(({ message_id, score, state }) => {
      assert.equal(typeof message_id, "string");
      return [score, state];
    });

/** A page in a host, and what the host answers to its question. */
const open = (options = {}) => {
  const site = framed();
  const restored = [];
  const reporter = connect({ window: site.frame, restore: (code) => restored.push(code), ...options });
  const question = site.heard.find(({ subject }) => subject === "SPLICE.getState");
  const answer = (state, more = {}) =>
    site.say({ subject: "SPLICE.getState.response", message_id: question.message_id, state, ...more });
  return { ...site, reporter, restored, question, answer };
};

test("splice asks for the state at once and restores it on the answer", () => {
  const { reporter, restored, question, answer, heard, clock } = open();
  assert.equal(reporter.kind, "splice");
  assert.equal(typeof question.message_id, "string");
  answer(CODE);
  assert.deepEqual(restored, [CODE]);
  reporter.report(1, CODE);
  advance(clock, 5000);
  assert.deepEqual(reports(heard), [], "what the host has is no news to it");
  answer(OTHER);
  assert.deepEqual(restored, [CODE], "once");
});

test("splice reports null before anything was tried, then scores with the code", () => {
  const { reporter, answer, heard, clock } = open();
  answer(undefined);
  assert.deepEqual(reports(heard), [[null, ""]]);
  reporter.report(0, "");
  reporter.report(0, "");
  advance(clock, 1000);
  reporter.report(0.5, "");
  reporter.report(1, CODE);
  advance(clock, 1000);
  reporter.report(0, "");
  reporter.report(1, OTHER);
  advance(clock, 1000);
  assert.deepEqual(reports(heard), [[null, ""], [0, ""], [1, CODE], [1, OTHER]], "the best is kept");
  assert.equal(new Set(heard.map(({ message_id }) => message_id)).size, heard.length, "ids are unique");
});

test("splice without an answer waits a little, and a reached goal does not", () => {
  const { reporter, heard, clock } = open();
  reporter.report(0, "");
  advance(clock, 1000);
  assert.deepEqual(reports(heard), [], "it might replace the work of an earlier session");
  advance(clock, 3000);
  assert.deepEqual(reports(heard), [[0, ""]]);
  const soon = open();
  soon.reporter.report(1, CODE);
  advance(soon.clock, 300);
  assert.deepEqual(reports(soon.heard), [[1, CODE]]);
});

test("splice keeps what the reader did before the answer", () => {
  const { reporter, restored, answer, heard, clock } = open();
  reporter.report(0, "");
  answer(CODE);
  advance(clock, 5000);
  assert.deepEqual(restored, [], "the reader has gone on");
  assert.deepEqual(reports(heard), [], "the goal was reached in an earlier session");
  const reached = open();
  reached.reporter.report(1, OTHER);
  reached.answer(CODE);
  advance(reached.clock, 300);
  assert.deepEqual([reports(reached.heard), reached.restored], [[[1, OTHER]], []]);
});

test("splice flushes when the page is hidden or left", () => {
  const { reporter, answer, heard, frame } = open();
  answer(null);
  reporter.report(0.5, "");
  leave(frame);
  reporter.report(1, CODE);
  assert.deepEqual(reports(heard).at(-1), [0.5, ""], "nothing follows the end");
  const hidden = open();
  hidden.answer(null);
  hidden.reporter.report(1, CODE);
  hidden.frame.document.visibilityState = "hidden";
  hidden.frame.document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(reports(hidden.heard).at(-1), [1, CODE]);
  // A page in the cache for back and forward may come back.
  leave(hidden.frame, true);
  hidden.reporter.report(1, OTHER);
  hidden.reporter.flush();
  assert.deepEqual(reports(hidden.heard).at(-1), [1, OTHER]);
});

test("splice answers of a wrong source or shape change nothing", () => {
  const { restored, question, answer, say, host, heard } = open();
  const message_id = question.message_id;
  const subject = "SPLICE.getState.response";
  say({ subject, message_id, state: CODE }, host);
  say({ subject, message_id: "another", state: CODE });
  say({ subject: "SPLICE.getState", message_id, state: CODE });
  for (const data of [null, 7, "text", [], undefined]) say(data);
  assert.deepEqual(restored, []);
  answer(JSON.stringify(CODE));
  assert.deepEqual(restored, [CODE], "some hosts keep the state as JSON");
  for (const state of [{ code: CODE }, "w1.", `${CODE}<script>`, "\"".repeat(1e6), 5, "\"\\\"\"", `w1.${"a".repeat(70000)}.01234567`]) {
    const other = open();
    other.answer(state);
    assert.deepEqual([other.restored, reports(other.heard)], [[], [[null, ""]]]);
  }
  const refused = open();
  refused.answer(CODE, { error: { code: "bad_request", message: "no" } });
  assert.deepEqual(refused.restored, []);
  assert.equal(heard.filter((message) => message.subject === "SPLICE.getState").length, 1);
});

test("splice tells the reader's work to the origin that answered", () => {
  const { reporter, answer, targets, clock } = open();
  assert.deepEqual(targets, ["*"]);
  answer(null);
  reporter.report(1, CODE);
  advance(clock, 300);
  assert.deepEqual(targets.slice(1), ["https://course.example", "https://course.example"]);
});

test("events go to the host", () => {
  const { reporter, heard } = open();
  reporter.event("broke", { property: "agreement" });
  const event = heard.at(-1);
  assert.equal(event.subject, "SPLICE.sendEvent");
  assert.deepEqual([event.name, event.data], ["broke", { property: "agreement" }]);
});

test("work that came along is not replaced, and reported once something is tried", () => {
  const { reporter, restored, answer, heard, clock } = open({ resumed: true });
  reporter.report(null, "");
  answer(CODE);
  advance(clock, 5000);
  assert.deepEqual([restored, reports(heard)], [[], []]);
  const unkept = open({ resumed: true });
  unkept.reporter.report(null, "");
  unkept.answer(null);
  advance(unkept.clock, 5000);
  assert.deepEqual(reports(unkept.heard), [], "the site may know of attempts");
  unkept.reporter.report(1, OTHER);
  advance(unkept.clock, 300);
  assert.deepEqual(reports(unkept.heard), [[1, OTHER]]);
});

test("report of a wrong score or state is an error", () => {
  const { reporter } = open();
  for (const score of [2, -1, Number.NaN, "1", undefined]) assert.throws(() => reporter.report(score, ""), /score: found/);
  assert.throws(() => reporter.report(1, {}), /state: found object/);
});

test("a page that stands alone reports to none", () => {
  const { window, clock } = top();
  const reporter = connect({ window });
  assert.equal(reporter.kind, "none");
  reporter.report(1, CODE);
  reporter.event("x");
  advance(clock, 9999);
  leave(window);
});

test("what the program tells reaches the host, and the code comes back to it", () => {
  const { frame, heard, clock } = framed();
  const restored = [];
  frame.addEventListener("worldlines-restore", ({ detail }) => restored.push(detail));
  const { attempt } = listen(frame);
  attempt(JSON.stringify({ score: 1, state: CODE }));
  const note = (name, data) => frame.dispatchEvent(new CustomEvent("worldlines-note", { detail: JSON.stringify({ name, data }) }));
  note("attempt", { reached: true });
  advance(clock, 300);
  assert.deepEqual(heard.map(({ subject }) => subject), ["SPLICE.getState", "SPLICE.sendEvent", "SPLICE.reportScoreAndState"]);
  const other = framed();
  other.frame.addEventListener("worldlines-restore", ({ detail }) => restored.push(detail));
  const { attempt: begin } = listen(other.frame);
  other.say({ subject: "SPLICE.getState.response", message_id: other.heard[0].message_id, state: CODE });
  assert.deepEqual(restored, [], "the program has not begun");
  begin(JSON.stringify({ score: null, state: "" }));
  begin(JSON.stringify({ score: null, state: "" }));
  assert.deepEqual(restored, [CODE]);
  note("unrestored", { why: "no" });
  assert.deepEqual(frame.warnings, ["The result of an earlier session cannot be shown: no"]);
  // An element that was parked.
  const woken = framed();
  woken.frame.location.search = "?embed=again";
  woken.frame.addEventListener("worldlines-restore", () => restored.push("again"));
  listen(woken.frame).attempt(JSON.stringify({ score: null, state: "" }));
  woken.say({ subject: "SPLICE.getState.response", message_id: woken.heard[0].message_id, state: CODE });
  assert.deepEqual(restored, [CODE]);
});

/** An LMS with the npm package's run-time, and what it keeps at each commit. */
const lms = (kept = {}) => {
  const api = new Scorm12API({ autocommit: false, logLevel: 5 });
  api.loadFromJSON({ cmi: { core: { student_id: "s1", student_name: "Anna", lesson_status: "not attempted" }, ...kept } });
  const { window } = top();
  window.API = api;
  return { window, api };
};

test("scorm finds the API up the parents and through the opener", () => {
  const { window } = lms();
  const found = connect({ window: within(window, 3).window });
  assert.deepEqual([found.kind, found.student], ["scorm", "s1"]);
  const other = lms();
  const popup = top();
  popup.window.opener = within(other.window, 2).window;
  assert.equal(connect({ window: within(popup.window, 1).window }).kind, "scorm");
  const none = framed();
  none.frame.opener = null;
  const splice = connect({ window: none.frame });
  assert.deepEqual([splice.kind, splice.student], ["splice", ""], "another origin hides its windows");
});

test("scorm keeps score, status and code for the next session", () => {
  const { window, api } = lms();
  const { window: page, clock } = within(window, 1);
  const problems = [];
  const restored = [];
  const reporter = connect({ window: page, problem: (text) => problems.push(text), restore: (code) => restored.push(code) });
  assert.equal(api.cmi.core.lesson_status, "incomplete");
  reporter.report(0, "");
  advance(clock, 300);
  assert.deepEqual([api.cmi.core.score.raw, api.cmi.core.lesson_status], ["0", "incomplete"]);
  reporter.report(1, CODE);
  advance(clock, 75_000);
  assert.deepEqual([api.cmi.core.score.raw, api.cmi.core.score.max, api.cmi.core.lesson_status], ["100", "100", "passed"]);
  assert.equal(api.cmi.suspend_data, CODE);
  leave(page);
  assert.ok(api.isTerminated());
  assert.equal(api.cmi.getCurrentTotalTime(), "00:01:15.30");
  assert.deepEqual([problems, restored], [[], []]);

  const next = new Scorm12API({ autocommit: false, logLevel: 5 });
  next.loadFromJSON({ cmi: { core: { lesson_status: "passed", entry: "resume", score: { raw: "100" } }, suspend_data: CODE } });
  const again = top();
  again.window.API = next;
  const second = within(again.window, 2);
  connect({ window: second.window, restore: (code) => restored.push(code) }).report(0, "");
  advance(second.clock, 5000);
  assert.deepEqual(restored, [CODE]);
  assert.deepEqual([next.cmi.core.score.raw, next.cmi.core.lesson_status], ["100", "passed"], "a goal that was reached stays reached");
});

test("scorm keeps codes under 4096 characters, and says so of longer ones", () => {
  const code = (length) => `w1.${"a".repeat(length - 12)}.01234567`;
  for (const [length, fits] of [[4095, true], [4096, false]]) {
    const { window, api } = lms();
    const { window: page, clock } = within(window, 1);
    const problems = [];
    connect({ window: page, problem: (text) => problems.push(text) }).report(1, code(length));
    advance(clock, 300);
    assert.equal(api.cmi.suspend_data, fits ? code(length) : "");
    assert.equal(api.cmi.core.lesson_status, "passed");
    assert.equal(problems.length, fits ? 0 : 1);
  }
});

test("an LMS that refuses or throws stops nothing", () => {
  for (const api of [
    { LMSInitialize: () => "false", LMSGetLastError: () => "101", LMSGetErrorString: () => "General exception" },
    { LMSInitialize: () => { throw new Error("no"); } },
    { LMSInitialize: () => "true" },
    { LMSInitialize: () => "true", LMSGetValue: () => "\0".repeat(9), LMSSetValue: () => "false", LMSCommit: () => "false", LMSFinish: () => "false" },
  ]) {
    const { window, clock } = top();
    window.API = api;
    const problems = [];
    const reporter = connect({ window, problem: (text) => problems.push(text) });
    reporter.report(1, CODE);
    advance(clock, 300);
    leave(window);
    assert.ok(problems.length > 0 && problems.every((text) => text.startsWith("The learning system ")), problems.join("\n"));
  }
});
