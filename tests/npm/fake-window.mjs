// Windows for tests of scripts of the page: events, messages between a frame and its parent, and a clock that the test moves.

class FakeWindow extends EventTarget {
  constructor({ origin, clock }) {
    super();
    this.origin = origin;
    this.clock = clock;
    this.parent = this;
    this.opener = null;
    this.location = { search: "" };
    this.CustomEvent = CustomEvent;
    this.console = { warn: (text) => this.warnings.push(text) };
    this.warnings = [];
    this.crypto = { randomUUID: () => `id-${(clock.ids += 1)}` };
    this.performance = { now: () => clock.now };
    this.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    this.setTimeout = (work, ms) => {
      const task = { due: clock.now + ms, work };
      clock.tasks.push(task);
      return task;
    };
    this.clearTimeout = (task) => {
      clock.tasks = clock.tasks.filter((other) => other !== task);
    };
  }
  /** Delivers a message at once, unless it is for another origin. `source` is the window that sends. */
  deliver(data, source, target = "*") {
    if (target !== "*" && target !== this.origin) return;
    const event = Object.assign(new Event("message"), { data: structuredClone(data), source, origin: source.origin });
    this.dispatchEvent(event);
  }
}

/** A frame of our page in a host of another origin. `heard` has the messages to the host, in their order. */
export const framed = () => {
  const clock = { now: 0, tasks: [], ids: 0 };
  const host = new FakeWindow({ origin: "https://course.example", clock });
  const frame = new FakeWindow({ origin: "https://worldlines.example", clock });
  const heard = [];
  const targets = [];
  // Another origin sees no more of a window than this. (The origin is for the event.)
  const shown = {
    origin: host.origin,
    postMessage: (data, target) => {
      targets.push(target);
      host.deliver(data, frame, target);
    },
  };
  frame.parent = new Proxy(shown, {
    get(known, name, self) {
      if (name === "parent") return self;
      if (name in known) return known[name];
      throw new DOMException(`Blocked a frame from accessing ${String(name)}`, "SecurityError");
    },
  });
  host.addEventListener("message", (event) => heard.push(event.data));
  return { frame, host, heard, targets, clock, say: (data, source = frame.parent) => frame.deliver(data, source) };
};

/** Moves the clock, and does what is due. */
export const advance = (clock, ms) => {
  clock.now += ms;
  for (;;) {
    const due = clock.tasks.find((task) => task.due <= clock.now);
    if (!due) return;
    clock.tasks = clock.tasks.filter((task) => task !== due);
    due.work();
  }
};

/** A window of an LMS around frames of the same origin, `depth` of them, the innermost of which is returned. */
export const within = (lms, depth) => {
  const clock = { now: 0, tasks: [], ids: 0 };
  let parent = lms;
  for (let level = 0; level < depth; level += 1) {
    const window = new FakeWindow({ origin: "https://lms.example", clock });
    window.parent = parent;
    parent = window;
  }
  return { window: parent, clock };
};

/** A window that stands alone. */
export const top = () => {
  const clock = { now: 0, tasks: [], ids: 0 };
  return { window: new FakeWindow({ origin: "https://lms.example", clock }), clock };
};

/** Dispatches `pagehide`, as a browser does when a page is left. */
export const leave = (window, persisted = false) => window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted }));
