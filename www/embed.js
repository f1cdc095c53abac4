// The element `<world-lines>`: a run of Worldlines in any page (docs/embedding.md). A plain iframe works as well.
//
//   <script type="module" src="https://HOST/worldlines/embed.js"></script>
//   <world-lines scenario="#s=deflate.…" controls="focus"><svg>…</svg></world-lines>
//
// The element shows a still picture until its reader comes to it. At most three runs on a page are live; others are parked: the
// picture stands for them, and their reader's work is kept and comes back. What its author wrote within the element is for readers
// without scripts, for paper, and for the time until the picture is drawn.

/** Where the page of Worldlines is: beside this file. */
const BASE = new URL("./", import.meta.url);
/** Greatest number of live runs on a page. */
const MOST_LIVE = 3;
/** Height of a run before it has told its own, in CSS pixels. */
const HEIGHT = 450;
/** Greatest height that a run may have, in CSS pixels. */
const HIGHEST = 5000;
/** Distance from the window, in CSS pixels, within which a picture is drawn. */
const NEAR = "600px";
/** Time after a reader's change at which its picture is drawn, in ms. */
const SETTLED = 1000;
/** Time after which a picture is given up, in ms. A file that does not come is given up before (`source.js`). */
const PATIENCE = 40_000;

/** Attributes that are keys of the fragment: `embedded.js` reads them. */
const KEYS = ["controls", "start", "loop", "speed", "property", "future", "height", "lang"];
/** The element's own words, by language: those of the button on the picture, and the title of the frame. */
const WORDS = { en: ["Run it", "A run of Worldlines"], de: ["Starten", "Ein Lauf von Worldlines"] };

const STYLE = `
  :host { display: block; position: relative; min-height: 120px; contain: layout; }
  :host([hidden]) { display: none; }
  iframe { display: block; width: 100%; border: 0; color-scheme: normal; }
  .still { cursor: pointer; }
  .still svg { display: block; width: 100%; height: auto; }
  .go { position: absolute; inset: auto 8px 8px auto; padding: 6px 12px; border: 0; border-radius: 6px; cursor: pointer; background: #1f5fbf; color: #fff; font: 600 14px system-ui, sans-serif; }
  .go:focus-visible { outline: 3px solid #1f5fbf; outline-offset: 2px; }
  ::slotted(*) { max-width: 100%; height: auto; }
  .still.fixed svg, .still.fixed ::slotted(*) { height: 100%; }
  @media screen { .still.below { display: none; } }
  @media print { iframe, .go { display: none; } .still:not(.fixed) { height: auto !important; } }
`;

const base = new CSSStyleSheet();
base.replaceSync(STYLE);

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
/** Attributes of a page's root by which it changes its theme. */
const THEMED = ["data-theme", "data-bs-theme", "class", "style"];

/** The theme of the page around: `data-theme` or `color-scheme` of its root, or else the system's. */
const themeAround = () => {
  const root = document.documentElement;
  const said = root.dataset.theme ?? root.dataset.bsTheme ?? getComputedStyle(root).colorScheme;
  if (/^dark\b/.test(said)) return "dark";
  if (/^light\b/.test(said) && !/dark/.test(said)) return "light";
  return prefersDark.matches ? "dark" : "light";
};

/** True for a message of our page in a frame. A frame may have been led to another page, as to one where its reader signs in. */
const isFrom = (frame, event) => event.source === frame.contentWindow && event.origin === BASE.origin;

/** Elements with a live run, the one that was used last at the end. */
const live = [];

/** Draws pictures: one hidden frame with the program, for all elements of the page, one picture after the other. */
const drawing = {
  ready: undefined,
  frame: undefined,
  queue: Promise.resolve(),
  last: 0,

  start() {
    // The page around may have removed it.
    if (this.frame?.isConnected === false) this.ready = undefined;
    this.ready ??= new Promise((resolve, reject) => {
      const frame = document.createElement("iframe");
      this.frame = frame;
      frame.src = new URL("?embed=picture", BASE);
      frame.title = "";
      frame.ariaHidden = "true";
      frame.tabIndex = -1;
      Object.assign(frame.style, { position: "absolute", width: "0", height: "0", border: "0", visibility: "hidden" });
      const end = (done, value) => {
        clearTimeout(timer);
        removeEventListener("message", hear);
        done(value);
      };
      const hear = (event) => {
        if (isFrom(frame, event) && event.data?.worldlines === "ready") end(resolve, frame);
      };
      const timer = setTimeout(() => {
        this.stop();
        end(reject, new Error("The program did not start."));
      }, PATIENCE);
      addEventListener("message", hear);
      document.body.append(frame);
    });
    return this.ready;
  },

  /** Removes a frame that does not answer: the next picture begins with another one. */
  stop() {
    this.ready = undefined;
    this.frame.remove();
  },

  /** Returns the picture of a run, or of that of a file if there is one: SVG with its text alternative. */
  picture(wish) {
    const one = async () => {
      const frame = await this.start();
      const id = (this.last += 1);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          this.stop();
          end(reject, new Error("The picture did not come."));
        }, PATIENCE);
        const hear = (event) => {
          const data = event.data;
          if (!isFrom(frame, event) || data?.worldlines !== "picture" || data.id !== id) return;
          if (typeof data.svg === "string") end(resolve, data);
          else end(reject, new Error(String(data.message)));
        };
        const end = (done, value) => {
          clearTimeout(timer);
          removeEventListener("message", hear);
          done(value);
        };
        addEventListener("message", hear);
        frame.contentWindow.postMessage({ worldlines: "picture", id, ...wish }, BASE.origin);
      });
    };
    const made = this.queue.then(one);
    this.queue = made.catch(() => {});
    return made;
  },
};

/** All elements of the page. */
const elements = new Set();
const retheme = () => {
  for (const element of elements) element.retheme();
};
prefersDark.addEventListener("change", retheme);
new MutationObserver(retheme).observe(document.documentElement, { attributeFilter: THEMED });

const nearWindow = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) target.move(isIntersecting);
  },
  { rootMargin: NEAR },
);

class WorldLines extends HTMLElement {
  static observedAttributes = ["scenario", "src", "integrity", "student", "theme", ...KEYS];

  #root = this.attachShadow({ mode: "open" });
  #frame;
  #picture;
  /** Link of the run that was live, with its reader's changes, and the moment that was shown; none before it was live. */
  #kept;
  #time;
  /** Link that the run told last. */
  #link;
  /** True if the run is no longer that of the attribute. */
  #isChanged = false;
  /** Wishes that the frame hears once it is ready, or the next one, if it is parked before; none when it is. */
  #wishes;
  /** Theme of the frame. */
  #themed;
  /** Wish for the picture that is drawn or awaited; empty if there is none, or it failed. */
  #drawn = "";
  #isNear = false;
  #redrawn;
  /** Greatest height that the run has told, in CSS pixels: what is below does not move up and down as it is played. */
  #highest = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [base];
  }

  connectedCallback() {
    addEventListener("message", this.#hear);
    nearWindow.observe(this);
    elements.add(this);
    if (!this.#frame) this.#show();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    nearWindow.unobserve(this);
    elements.delete(this);
    this.park();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) return;
    if (["scenario", "src", "integrity", "student"].includes(name)) {
      this.#kept = this.#link = undefined;
      this.#isChanged = false;
      // Wishes to the run before are not meant for this one.
      this.#wishes = undefined;
    }
    if (name !== "height" && name !== "theme") this.#time = undefined;
    if (name === "theme") return this.retheme();
    this.#drawn = "";
    if (this.#frame) this.#begin();
    else if (this.#isNear) this.comeNear();
  }

  /** Takes the theme that the page around has now. */
  retheme() {
    if (!this.#frame) {
      if (this.#isNear) this.comeNear();
      return;
    }
    const theme = this.#theme();
    // Other changes of the root are none of the frame's.
    if (theme === this.#themed) return;
    this.#themed = theme;
    this.#ask({ worldlines: "theme", theme });
  }

  /** The link of the run that is shown, with the reader's changes. */
  get link() {
    return this.#link ?? new URL(`#${this.#fragment()}`, BASE).href;
  }

  /** True while the run is live. */
  get live() {
    return this.#frame !== undefined;
  }

  play() {
    this.#ask({ worldlines: "play" });
  }

  pause() {
    this.#ask({ worldlines: "pause" });
  }

  seek(time) {
    this.#ask({ worldlines: "seek", time });
  }

  /** Shows another run: a link, its part from `#s=` on, or the JSON of a scenario. */
  load(scenario) {
    this.#isChanged = true;
    this.#ask({ worldlines: "load", scenario });
  }

  #ask(wish) {
    this.wake();
    if (this.#wishes) this.#wishes.push(wish);
    else this.#frame.contentWindow?.postMessage(wish, BASE.origin);
  }

  /** Id of the student, which picks a variant; undefined without one, or once the reader has changed the run. */
  #student() {
    return this.#kept ? undefined : this.getAttribute("student")?.trim() || undefined;
  }

  /** The part of the link that holds the run: `s=…`, with its digest; empty if there is none. */
  #fragment() {
    const given = this.#kept ?? this.getAttribute("scenario") ?? "";
    const fragment = given.includes("#") ? given.slice(given.indexOf("#") + 1) : given.trim();
    const student = given ? this.#student() : undefined;
    // The digest in the link of an exercise is not that of a variant.
    const ofRun = (field) => (student ? /^[sce]=/ : /^[sdvce]=/).test(field);
    const fields = fragment.split("&").filter(ofRun);
    if (student) fields.push(`v=${encodeURIComponent(student)}`);
    return fields.join("&");
  }

  #theme() {
    const theme = this.getAttribute("theme") ?? "auto";
    return theme === "light" || theme === "dark" ? theme : themeAround();
  }

  #address() {
    const fields = [this.#fragment(), `theme=${this.#theme()}`];
    for (const name of KEYS) {
      const value = name === "start" ? this.#start() : this.getAttribute(name);
      // A link has no spaces.
      if (value !== null) fields.push(`${name}=${encodeURIComponent(value.trim().replace(/[\s,]+/g, name === "controls" ? "." : "-"))}`);
    }
    const file = Object.entries(this.#file() ?? {}).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
    // The score of a changed run is not that of an untouched exercise (`report.js`).
    const search = `?embed${this.#isChanged ? "=again" : ""}${file.join("")}`;
    return new URL(`${search}#${fields.filter(Boolean).join("&")}`, BASE);
  }

  /** The file that holds the run, with its checksum and its reader's key if the page has them; none once the reader has a run of their own. */
  #file() {
    const [src, integrity] = ["src", "integrity"].map((name) => this.getAttribute(name));
    if (!src || this.#kept) return undefined;
    const v = this.#student();
    return { src, ...(integrity && { integrity }), ...(v && { v }) };
  }

  /** The moment at which the reader left the run, if it was parked, or else the one at which it begins. */
  #start() {
    return this.#time === undefined ? this.getAttribute("start") : String(Math.round(this.#time));
  }

  /** The parts of a picture's wish that its run does not tell. */
  #shown() {
    const shown = {};
    if (this.getAttribute("future") === "hidden") shown.until = Number(this.#start()) || 0;
    const property = this.getAttribute("property")?.trim();
    if (property) shown.property = property.slice(0, 100);
    return shown;
  }

  #words() {
    const language = this.getAttribute("lang")?.trim().toLowerCase().split("-")[0];
    return Object.hasOwn(WORDS, language ?? "") ? WORDS[language] : WORDS.en;
  }

  /** Returns the still picture, or what its author wrote, with the button that makes the run live. */
  #still() {
    const still = document.createElement("div");
    still.className = "still";
    still.part = "still";
    if (this.#isFixed()) {
      still.classList.add("fixed");
      still.style.height = `${this.#height()}px`;
    }
    const go = document.createElement("button");
    go.type = "button";
    go.className = "go";
    go.textContent = this.getAttribute("label") ?? this.#words()[0];
    if (this.#picture) {
      // Not as `<img src="data:…">`, nor with the style in it: the host's policy may forbid both.
      this.#root.adoptedStyleSheets = [base, this.#picture.sheet];
      still.append(document.importNode(this.#picture.svg, true));
      const title = this.#picture.svg.querySelector("title")?.textContent;
      if (title) go.ariaLabel = `${go.textContent}: ${title}`;
    } else {
      still.append(document.createElement("slot"));
      if (this.childElementCount === 0) still.style.height = `${this.#height()}px`;
    }
    still.append(go);
    still.addEventListener("click", (event) => {
      // A link in what its author wrote stays a link.
      if (event.target.closest("a") === null) this.wake(true);
    });
    return still;
  }

  #show() {
    this.#root.replaceChildren(this.#still());
  }

  /** True if its author has chosen the height. */
  #isFixed() {
    return (this.getAttribute("height") ?? "auto") !== "auto";
  }

  #height() {
    const height = Number(this.getAttribute("height"));
    return height >= 100 && height <= HIGHEST ? height : HEIGHT;
  }

  /** Draws the still picture when the element comes near the window. */
  move(isNear) {
    this.#isNear = isNear;
    if (isNear) this.comeNear();
  }

  /** Draws the still picture, once for each run and form; one that failed is tried again when the element next comes near. */
  async comeNear() {
    const width = Math.max(320, Math.min(1600, Math.round(this.clientWidth || 800)));
    const wish = { scenario: this.#fragment(), theme: this.#theme(), ...this.#shown(), ...this.#file() };
    const wanted = JSON.stringify(wish);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    try {
      const { svg } = await drawing.picture({ ...wish, width });
      if (wanted !== this.#drawn) return;
      // Taken out before it is read: the host's policy may forbid styles in documents.
      const styles = [];
      const plain = svg.replace(/<style>([^]*?)<\/style>/g, (_, style) => {
        styles.push(style.replace(/<!\[CDATA\[|\]\]>/g, ""));
        return "";
      });
      const parsed = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
      if (parsed.localName !== "svg") throw new Error("The picture cannot be read.");
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles.join("\n"));
      this.#picture = { svg: parsed, sheet };
    } catch (error) {
      console.warn(`<world-lines>: ${error.message}`);
      if (wanted !== this.#drawn) return;
      this.#drawn = "";
      // The picture that is there may be that of another run: what its author wrote is not.
      this.#picture = undefined;
    }
    // Below a live run it is for paper.
    const shown = this.#root.querySelector(".still");
    const still = this.#still();
    still.classList.toggle("below", this.#frame !== undefined);
    const hadFocus = shown.contains(this.#root.activeElement);
    shown.replaceWith(still);
    if (hadFocus) still.querySelector(".go").focus({ preventScroll: true });
  }

  /** Makes the run live; another one is parked if there are too many. */
  wake(focus = false) {
    if (this.#frame) return;
    while (live.length >= MOST_LIVE) live[0].park();
    live.push(this);
    this.#begin();
    if (focus) this.#frame.focus();
  }

  #begin() {
    this.#highest = 0;
    // The theme is in the address.
    this.#wishes = (this.#wishes ?? []).filter(({ worldlines }) => worldlines !== "theme");
    this.#themed = this.#theme();
    const still = this.#root.querySelector(".still") ?? this.#still();
    const before = this.#frame ?? still;
    const height = before?.getBoundingClientRect().height || this.#height();
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("title") ?? this.#words()[1];
    frame.allow = "clipboard-write; fullscreen";
    frame.style.height = `${Math.round(this.#isFixed() ? this.#height() : height)}px`;
    frame.src = this.#address();
    this.#frame = frame;
    still.classList.add("below");
    this.#root.replaceChildren(still, frame);
  }

  /** Puts the still picture in the place of the live run. What its reader did is kept. */
  park() {
    if (!this.#frame) return;
    this.#frame = undefined;
    const place = live.indexOf(this);
    if (place >= 0) live.splice(place, 1);
    this.#show();
    // The picture of what the reader made.
    if (this.isConnected) this.comeNear();
  }

  #hear = (event) => {
    if (!this.#frame || !isFrom(this.#frame, event)) return;
    const data = event.data;
    if (typeof data !== "object" || data === null || typeof data.worldlines !== "string") return;
    switch (data.worldlines) {
      case "resize":
        if (this.#isFixed()) break;
        if (!Number.isFinite(data.height)) break;
        this.#highest = Math.min(HIGHEST, Math.max(100, this.#highest, data.height));
        this.#frame.style.height = `${this.#highest}px`;
        break;
      case "ready": {
        const wishes = this.#wishes ?? [];
        this.#wishes = undefined;
        for (const wish of wishes) this.#ask(wish);
        break;
      }
      case "scenario":
        if (typeof data.link !== "string") break;
        this.#link = data.link;
        this.#isChanged ||= data.edited === true;
        // The run of the attribute needs no other picture.
        if (!this.#isChanged && !this.hasAttribute("src")) break;
        this.#kept = data.link;
        clearTimeout(this.#redrawn);
        this.#redrawn = setTimeout(() => this.isConnected && this.comeNear(), SETTLED);
        break;
      case "verdict":
        this.#highest = 0;
        break;
      case "time":
        if (Number.isFinite(data.time)) this.#time = data.time;
        // The one that is used is parked last.
        if (document.activeElement === this) live.push(...live.splice(live.indexOf(this), 1));
        break;
      default:
    }
    this.dispatchEvent(new CustomEvent(data.worldlines, { detail: data }));
  };
}

customElements.define("world-lines", WorldLines);
