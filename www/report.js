// Reports an exercise's score and result code to the page around it: to a course site by SPLICE
// (https://cssplice.org/slcp/), to an LMS by SCORM 1.2. Nothing of it needs a server of ours.
//
// `connect` has the interface; `listen` joins it to the program. `start.js` fetches this file with the first attempt that the
// program tells: only of an exercise, and only where there is another page.

/** Greatest length of `cmi.suspend_data` in SCORM 1.2, in characters, and one more. */
const SUSPEND_DATA = 4096;
/** Greatest number of windows on the way to the LMS. */
const FAR = 100;
/** Time in which reports are joined to one, in ms. */
const TOGETHER = 250;
/** Time after which a course site is taken to keep nothing, in ms. A later answer still counts. */
const PATIENCE = 3000;
/** Form of a result code. Whatever else a host answers is no state of ours. */
const CODE = /^w1\.[A-Za-z0-9_-]{1,65536}\.[0-9a-f]{8}$/;

/** Returns a result code in what a host has kept: some hosts keep it as JSON. None if it is none. */
const codeIn = (state) => {
  if (typeof state !== "string" || state.length > 2 * 65536) return undefined;
  if (CODE.test(state)) return state;
  if (!state.startsWith('"')) return undefined;
  try {
    return codeIn(JSON.parse(state));
  } catch {
    return undefined;
  }
};

/** Returns the SCORM API in a window or in one around it; none where there is none, or where another origin hides it. */
const apiAround = (start) => {
  let window = start;
  for (let far = 0; far < FAR && window; far += 1) {
    try {
      if (window.API && typeof window.API.LMSInitialize === "function") return window.API;
    } catch {
      return undefined;
    }
    if (window.parent === window) return undefined;
    window = window.parent;
  }
  return undefined;
};

/** Returns the SCORM API for a window: around it, or around the one that opened it or a window around it. */
const findApi = (start) => {
  const found = apiAround(start);
  if (found) return found;
  let window = start;
  for (let far = 0; far < FAR && window; far += 1) {
    try {
      if (window.opener) return apiAround(window.opener);
      if (window.parent === window) return undefined;
      window = window.parent;
    } catch {
      return undefined;
    }
  }
  return undefined;
};

/** Returns a time in ms as SCORM 1.2 writes it: `0000:01:30.00`. */
const spanOf = (ms) => {
  const hundredths = Math.max(0, Math.floor(ms / 10));
  const digits = (number, count) => String(number).padStart(count, "0");
  const hours = Math.min(9999, Math.floor(hundredths / 360000));
  const minutes = Math.floor(hundredths / 6000) % 60;
  const seconds = Math.floor(hundredths / 100) % 60;
  return `${digits(hours, 4)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(hundredths % 100, 2)}`;
};

/** The way to an LMS by SCORM 1.2. None if it refuses to begin. */
const scorm = (window, api, problem) => {
  const begun = window.performance.now();
  let ended = false;
  /** Calls the LMS, which may throw; false where it refuses. */
  const call = (name, ...values) => {
    try {
      const answer = api[name](...values);
      if (String(answer) !== "false") return answer ?? true;
      const code = String(api.LMSGetLastError?.() ?? "");
      const words = code && code !== "0" ? `: ${api.LMSGetErrorString?.(code) || `error ${code}`}` : "";
      problem(`The learning system refused ${name}(${values.slice(0, 1).join("")})${words}`);
    } catch (error) {
      problem(`The learning system failed in ${name}: ${error}`);
    }
    return false;
  };
  const set = (element, value) => call("LMSSetValue", element, value);
  if (call("LMSInitialize", "") === false) return undefined;
  const get = (element) => {
    const value = call("LMSGetValue", element);
    return typeof value === "string" ? value : "";
  };
  const status = get("cmi.core.lesson_status");
  if (status === "" || status === "not attempted") set("cmi.core.lesson_status", "incomplete");
  const raw = get("cmi.core.score.raw");
  return {
    kind: "scorm",
    student: get("cmi.core.student_id").trim(),
    /** Score of an earlier session. */
    best: raw !== "" && Number.isFinite(Number(raw)) ? Math.min(1, Math.max(0, Number(raw) / 100)) : null,
    restore: (answer) => answer(codeIn(get("cmi.suspend_data"))),
    send({ score, state }) {
      if (ended) return;
      if (score !== null) {
        set("cmi.core.score.min", "0");
        set("cmi.core.score.max", "100");
        set("cmi.core.score.raw", String(Math.round(score * 100)));
        set("cmi.core.lesson_status", score === 1 ? "passed" : "incomplete");
      }
      if (state.length < SUSPEND_DATA) {
        set("cmi.suspend_data", state);
      } else {
        problem(`The result code has ${state.length} characters; the learning system keeps fewer than ${SUSPEND_DATA}`);
      }
      call("LMSCommit", "");
    },
    event() {},
    end(forGood) {
      if (ended) return;
      // The state is kept for the next session.
      set("cmi.core.exit", "suspend");
      set("cmi.core.session_time", spanOf(window.performance.now() - begun));
      call("LMSCommit", "");
      if (!forGood) return;
      ended = true;
      call("LMSFinish", "");
    },
  };
};

/** The way to a course site by SPLICE: messages to the window around this one. */
const splice = (window) => {
  const { parent } = window;
  // The site's origin is known with its first answer: then no other one gets the reader's work.
  let origin = "*";
  const say = (subject, fields) => {
    parent.postMessage({ subject, message_id: newId(), ...fields }, origin);
  };
  const newId = () => window.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  let heard;
  return {
    kind: "splice",
    best: null,
    restore(answer) {
      const message_id = newId();
      heard = (event) => {
        const data = event.data;
        if (event.source !== parent || typeof data !== "object" || data === null) return;
        if (data.subject !== "SPLICE.getState.response" || data.message_id !== message_id) return;
        window.removeEventListener("message", heard);
        if (event.origin && event.origin !== "null") origin = event.origin;
        answer(data.error ? undefined : codeIn(data.state));
      };
      window.addEventListener("message", heard);
      say("SPLICE.getState", { message_id });
    },
    send: ({ score, state }) => say("SPLICE.reportScoreAndState", { score, state }),
    event: (name, data) => say("SPLICE.sendEvent", { name, data }),
    end(forGood) {
      if (forGood) window.removeEventListener("message", heard);
    },
  };
};

/** The way to nowhere: the page stands alone. */
const alone = () => ({ kind: "none", best: null, restore: (answer) => answer(undefined), send() {}, event() {}, end() {} });

/**
 * Connects the page with what is around it.
 *
 * `restore(code)` is called at most once, with the result code of an earlier session, and not if the reader has tried
 * something in the meantime: the page starts at once, without waiting for an answer. `problem(text)` is called where the
 * host refuses something. `resumed`: the reader's work came along, so it is later than what the host keeps: the code of an
 * earlier session is not restored, nor is it told that nothing was tried.
 *
 * Returns `kind` (`"scorm"`, `"splice"` or `"none"`), `student` (the id in the learning system; empty if none tells it) and the
 * functions
 * - `report(score, state)`: score null until something was tried, then 0 to 1; state is the result code, or empty. The
 *   best is kept: a goal that was reached stays reached.
 * - `event(name, data)`: something for the log of the course site.
 * - `flush()`: sends what waits.
 * - `close()`: sends what waits and ends the session.
 */
export const connect = ({ restore = () => {}, problem = () => {}, resumed = false, window = globalThis.window } = {}) => {
  const framed = window.parent && window.parent !== window;
  const api = findApi(window);
  const way = (api && scorm(window, api, problem)) ?? (framed ? splice(window) : alone());
  /** The best report, and the one that was sent last. */
  let best = { score: way.best, state: "" };
  let sent;
  let timer;
  /** True once the host has told what it keeps, or was given time enough. */
  let answered = false;
  let closed = false;
  const flush = () => {
    window.clearTimeout(timer);
    timer = undefined;
    // Until the host has told what it keeps, nothing but a goal that is reached may replace it.
    if (closed || (!answered && best.score !== 1)) return;
    if (sent && sent.score === best.score && sent.state === best.state) return;
    if (resumed && best.score === null) return;
    sent = best;
    way.send(best);
  };
  const report = (score, state = "") => {
    if (score !== null && !(typeof score === "number" && score >= 0 && score <= 1)) {
      throw new RangeError(`score: found ${score}, expected null or a number from 0 to 1`);
    }
    if (typeof state !== "string") throw new TypeError(`state: found ${typeof state}, expected a result code`);
    const isBetter = (score ?? -1) > (best.score ?? -1);
    const isAsGood = score === best.score && (state !== "" || best.state === "");
    if (closed || !(isBetter || isAsGood)) return;
    best = { score, state };
    timer ??= window.setTimeout(flush, TOGETHER);
  };
  const patience = window.setTimeout(() => {
    answered = true;
    if (way.kind === "splice") flush();
  }, PATIENCE);
  way.restore((code) => {
    window.clearTimeout(patience);
    if (closed) return;
    answered = true;
    const untouched = best.score === way.best && best.state === "";
    // There are codes of goals that were reached only. What the host has is no news to it.
    if (code !== undefined && (untouched || best.score !== 1)) {
      best = { score: 1, state: code };
      sent = best;
      window.clearTimeout(timer);
      timer = undefined;
    }
    if (code !== undefined && untouched && !resumed) restore(code);
    else if (timer === undefined && way.kind === "splice") flush();
  });
  const leave = (event) => {
    flush();
    way.end(!event.persisted);
    if (!event.persisted) {
      closed = true;
      window.clearTimeout(patience);
    }
  };
  const hide = () => {
    if (window.document?.visibilityState === "hidden") flush();
  };
  window.addEventListener("pagehide", leave);
  window.document?.addEventListener("visibilitychange", hide);
  return {
    kind: way.kind,
    student: way.student ?? "",
    report,
    flush,
    event: (name, data = {}) => {
      if (!closed) way.event(name, data);
    },
    close: () => {
      leave({ persisted: false });
      window.removeEventListener("pagehide", leave);
      window.document?.removeEventListener("visibilitychange", hide);
    },
  };
};

/**
 * Joins `connect` to the program: returns it with the function `attempt`, which takes `{ score, state }` as JSON; the program's
 * events `worldlines-note` have `{ name, data }` as JSON, and the result code of an earlier session goes to it as `worldlines-restore`.
 */
export const listen = (window = globalThis.window) => {
  const problem = (text) => window.console.warn(text);
  // A package connects before the program has begun: until that tells of the exercise it hears nothing.
  let hears = false;
  let early;
  const restore = (code) => {
    if (hears) window.dispatchEvent(new window.CustomEvent("worldlines-restore", { detail: code }));
    else early = code;
  };
  // An element that was parked brings its reader's work along (`embed.js`).
  const resumed = /[?&]embed=again(?:&|$)/.test(window.location.search);
  const connection = connect({ window, restore, problem, resumed });
  window.addEventListener("worldlines-note", ({ detail }) => {
    const { name, data } = JSON.parse(detail);
    if (name === "unrestored") problem(`The result of an earlier session cannot be shown: ${data.why}`);
    connection.event(name, data);
  });
  const attempt = (detail) => {
    const { score, state } = JSON.parse(detail);
    hears = true;
    if (early !== undefined) restore(early);
    early = undefined;
    connection.report(score, state);
  };
  return { ...connection, attempt };
};
