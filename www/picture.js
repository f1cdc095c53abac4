// Exported pictures in the page: on paper, as pixels, and as the frames of an animation. The program makes the pictures, as texts of SVG,
// and speaks with this script by events of the window (`src/ui/picture_files.rs`, `src/ui/printing.rs`).
//
// A strict policy (docs/hosting.md) lets a page load no image from memory, so no browser can be asked for the pixels of an SVG. A picture has
// few kinds of elements: they are laid out by the browser, out of sight, and drawn on a canvas.

/** Greatest side of a canvas in every browser, in pixels, and greatest number of its pixels. */
const LONGEST = 16_384;
const MOST = 100_000_000;

/** Reads a picture: its element, and its styles as a sheet, since no document may hold any. */
const read = (text) => {
  const styles = [];
  const plain = text.replace(/<style>([^]*?)<\/style>/g, (_, style) => {
    styles.push(style);
    return "";
  });
  const svg = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  if (svg.localName !== "svg") throw new Error("The picture cannot be read.");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles.join("\n"));
  return { svg: document.importNode(svg, true), sheet };
};

/** Puts a picture into the document: in a root of its own, where its styles concern nothing else. */
const put = ({ svg, sheet }, className, rules) => {
  const place = document.createElement("div");
  place.className = className;
  place.ariaHidden = "true";
  for (const rule of rules) sheet.insertRule(rule, sheet.cssRules.length);
  const root = place.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(svg);
  document.body.append(place);
  return place;
};

// On paper

const ON_PAPER = [
  ":host { display: none; }",
  `@media print {
    :host { display: block; }
    svg { display: block; width: 100%; height: auto; max-height: 100vh; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  }`,
];
let printed;

/** Puts a picture in the place of the page, for paper. */
addEventListener("worldlines-print", ({ detail }) => {
  printed?.remove();
  printed = put(read(detail), "printed", ON_PAPER);
  document.documentElement.dataset.printed = "";
});
addEventListener("afterprint", () => {
  printed?.remove();
  printed = undefined;
  delete document.documentElement.dataset.printed;
});

// As pixels

const number = (element, name) => Number(element.getAttribute(name) ?? 0);

/** Outline of an element. */
const outline = (element) => {
  const [x, y, wide, high, radius] = ["x", "y", "width", "height", "rx"].map((name) => number(element, name));
  switch (element.localName) {
    case "path":
      return new Path2D(element.getAttribute("d"));
    case "circle": {
      const path = new Path2D();
      path.arc(number(element, "cx"), number(element, "cy"), number(element, "r"), 0, 2 * Math.PI);
      return path;
    }
    case "rect": {
      const [across, down] = [Math.min(radius, wide / 2), Math.min(radius, high / 2)];
      const corner = (dx, dy) => (radius > 0 ? `a${across} ${down} 0 0 1 ${dx} ${dy}` : "");
      return new Path2D(
        `M${x + across} ${y}h${wide - 2 * across}${corner(across, down)}v${high - 2 * down}${corner(-across, down)}` +
          `h${2 * across - wide}${corner(-across, -down)}v${2 * down - high}${corner(across, -down)}z`,
      );
    }
    default:
      return undefined;
  }
};

const ALIGN = { start: "left", middle: "center", end: "right" };

/** Everything that a picture draws, in its order, with the styles that the browser has found for it. */
const drawn = (svg) => {
  const items = [];
  for (const element of svg.querySelectorAll("path, circle, rect, text")) {
    const style = getComputedStyle(element);
    if (style.display === "none") continue;
    const colour = (value) => (value === "none" || value === "transparent" ? undefined : value);
    const length = (value) => Number.parseFloat(value) || 0;
    items.push({
      element,
      matrix: element.getCTM(),
      path: outline(element),
      text: element.localName === "text" ? element.textContent : undefined,
      x: number(element, "x"),
      y: number(element, "y"),
      font: `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
      align: ALIGN[style.textAnchor] ?? "left",
      spacing: style.letterSpacing === "normal" ? "0px" : style.letterSpacing,
      fill: colour(style.fill),
      stroke: colour(style.stroke),
      fillAlpha: Number(style.fillOpacity),
      strokeAlpha: Number(style.strokeOpacity),
      alpha: Number(style.opacity),
      strokeFirst: style.paintOrder.startsWith("stroke"),
      width: length(style.strokeWidth),
      dash: style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(length),
      cap: style.strokeLinecap,
      join: style.strokeLinejoin,
      miter: Number(style.strokeMiterlimit) || 4,
    });
  }
  return items;
};

const paint = (context, item, alpha) => {
  const fill = () => {
    if (!item.fill) return;
    context.globalAlpha = alpha * item.fillAlpha;
    context.fillStyle = item.fill;
    if (item.text === undefined) context.fill(item.path);
    else context.fillText(item.text, item.x, item.y);
  };
  const stroke = () => {
    if (!item.stroke || item.width === 0) return;
    context.globalAlpha = alpha * item.strokeAlpha;
    context.strokeStyle = item.stroke;
    context.lineWidth = item.width;
    context.setLineDash(item.dash);
    context.lineCap = item.cap;
    context.lineJoin = item.join;
    context.miterLimit = item.miter;
    if (item.text === undefined) context.stroke(item.path);
    else context.strokeText(item.text, item.x, item.y);
  };
  if (item.text !== undefined) {
    context.font = item.font;
    context.textAlign = item.align;
    context.letterSpacing = item.spacing;
  }
  if (item.strokeFirst) stroke();
  fill();
  if (!item.strokeFirst) stroke();
};

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

/** Draws an item at a scale. Where fill and stroke are translucent together, they are drawn apart first. */
const draw = (context, item, scale, alpha = 1) => {
  const { a, b, c, d, e, f } = item.matrix;
  const place = (on) => on.setTransform(a * scale, b * scale, c * scale, d * scale, e * scale, f * scale);
  if (item.alpha < 1 && item.fill && item.stroke) {
    const apart = canvasOf(context.canvas.width, context.canvas.height);
    const on = apart.getContext("2d");
    place(on);
    paint(on, item, 1);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = item.alpha * alpha;
    context.drawImage(apart, 0, 0);
    return;
  }
  place(context);
  paint(context, item, item.alpha * alpha);
};

const OUT_OF_SIGHT = [":host { position: fixed; top: 0; left: -99999px; visibility: hidden; }"];

/** Lays a picture out, out of sight, calls back with it, and returns the answer. */
const laidOut = async (text, callback) => {
  const place = put(read(text), "drawn-apart", OUT_OF_SIGHT);
  try {
    await document.fonts.ready;
    return await callback(place.shadowRoot.firstChild);
  } finally {
    place.remove();
  }
};

/** Size of a picture in pixels: at a scale, or of a width. */
const sizeOf = (svg, { scale, width }) => {
  const [wide, high] = [number(svg, "width"), number(svg, "height")];
  const factor = width ? width / wide : scale;
  const pixels = (length) => Math.max(1, Math.floor(length * factor + 1e-6));
  return { factor, wide: pixels(wide), high: pixels(high) };
};

const CRCS = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** A chunk of PNG with a text. */
const chunk = (key, text) => {
  const data = new TextEncoder().encode(`iTXt${key}\0\0\0\0\0${text}`);
  const bytes = new Uint8Array(data.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length - 4);
  bytes.set(data, 4);
  const crc = data.reduce((crc, byte) => CRCS[(crc ^ byte) & 0xff] ^ (crc >>> 8), 0xffffffff);
  view.setUint32(data.length + 4, (crc ^ 0xffffffff) >>> 0);
  return bytes;
};

/** Length of what is before the second chunk of a PNG: signature and header. */
const HEADER = 33;

/** Gives bytes to the browser as a file. */
const save = (name, blob) => {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

const answer = (name, detail) => dispatchEvent(new CustomEvent(name, { detail }));

/** The wish that is worked on: what an earlier one, or one that was called off, still makes is dropped. */
let wish = 0;
let film;

const endFilm = () => {
  // A canvas keeps its memory until it is collected, unless it has no pixels.
  if (film) film.context.canvas.width = 0;
  film = undefined;
};

/** Begins a wish. Returns a function that says whether it is still wanted. */
const begin = () => {
  endFilm();
  wish += 1;
  const own = wish;
  return () => own === wish;
};

/** Called off, or done with. */
addEventListener("worldlines-picture-end", begin);

/** A canvas of this size, and its context; undefined where it is too large, or for a browser without the memory for it. */
const contextOf = (wide, high, most, options) => {
  if (wide > LONGEST || high > LONGEST || wide * high > most) return undefined;
  return canvasOf(wide, high).getContext("2d", options) ?? undefined;
};

addEventListener("worldlines-pixels", async ({ detail }) => {
  const { svg, name, texts, ...size } = JSON.parse(detail);
  const isWanted = begin();
  const done = (why) => {
    if (isWanted()) answer("worldlines-pixels-made", why);
  };
  try {
    await laidOut(svg, async (picture) => {
      if (!isWanted()) return;
      const { factor, wide, high } = sizeOf(picture, size);
      const context = contextOf(wide, high, MOST);
      if (!context) return done(`size ${wide} ${high}`);
      for (const item of drawn(picture)) draw(context, item, factor);
      const blob = await new Promise((resolve) => context.canvas.toBlob(resolve, "image/png"));
      if (!isWanted()) return;
      // A browser that has no memory for it gives none.
      if (!blob) return done(`size ${wide} ${high}`);
      const chunks = Object.entries(texts).map(([key, text]) => chunk(key, text));
      save(name, new Blob([blob.slice(0, HEADER), ...chunks, blob.slice(HEADER)], { type: "image/png" }));
      return done("made");
    });
  } catch (error) {
    console.warn(`A picture could not be drawn: ${error.message}`);
    done("failed");
  }
});

// As an animation

const FAR = 1e5;
const GROWS = ".lane, .band, .wall, .section, .clash, .strike, .held-back, .merged, .curve";

/** Adds the data by which an item is shown at a moment. */
const timed = (item, down) => {
  const { element } = item;
  const near = (selector) => element.closest(selector);
  const value = (selector, name) => {
    const holder = near(selector);
    return holder ? Number(holder.dataset[name] ?? Infinity) : undefined;
  };
  const event = value("[data-event]", "event") ?? -1;
  const since = value("[data-since]", "since") ?? -1;
  const arrow = near("[data-sent]");
  const label = arrow && near(".label") ? element.getBBox() : undefined;
  return Object.assign(item, {
    first: Math.max(event, since, value("[data-sent]", "sent") ?? -1),
    ended: value("[data-sent]", "ended") ?? -1,
    isRest: near(".rest") !== null,
    grows: near(GROWS) !== null && near(".rest") === null,
    isLine: arrow !== null && (element.matches(".stroke, .gap") || arrow === element),
    isSign: arrow !== null && (element.matches(".head, .cross") || (near(".oddity") !== null && !arrow.matches(".forged"))),
    // A text is shown once the message has passed all of it.
    passed: label && (down ? label.y + label.height : label.x + label.width),
  });
};

addEventListener("worldlines-film", async ({ detail }) => {
  const { svg, down, breadth, message, accent, most, ...size } = JSON.parse(detail);
  const isWanted = begin();
  const done = (how) => {
    if (isWanted()) answer("worldlines-film-ready", how);
  };
  try {
    await laidOut(svg, (picture) => {
      if (!isWanted()) return;
      const diagram = picture.querySelector(".wl-diagram");
      // Lines of nodes are faint where they are still to come.
      for (const lane of diagram.querySelectorAll(".lane")) {
        const rest = lane.cloneNode(true);
        rest.setAttribute("class", "lane rest");
        rest.querySelectorAll("path").forEach((path) => path.setAttribute("class", "up"));
        lane.before(rest);
      }
      const { factor, wide, high } = sizeOf(picture, size);
      const context = contextOf(wide, high, most, { willReadFrequently: true });
      if (!context) return done(`size ${wide} ${high}`);
      const items = drawn(picture).map((item) => timed(item, down));
      film = { context, items, factor, wide, high, matrix: diagram.getCTM(), down, breadth, message, accent };
      done(`ready ${wide} ${high}`);
    });
  } catch (error) {
    console.warn(`An animation could not be drawn: ${error.message}`);
    done("failed");
  }
});

/** Draws a frame after so many events, with the playhead at a place in the diagram, and answers with its pixels. */
addEventListener("worldlines-frame", ({ detail }) => {
  const [cursor, place] = detail.split(" ").map(Number);
  const { context, items, factor, wide, high, matrix, down, breadth, message, accent } = film;
  const over = !Number.isFinite(place);
  const { a, b, c, d, e, f } = matrix;
  const toDiagram = () => context.setTransform(a * factor, b * factor, c * factor, d * factor, e * factor, f * factor);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, wide, high);
  for (const item of items) {
    if (item.first >= cursor || (item.isRest && over)) continue;
    const underWay = !over && item.ended >= cursor;
    if (underWay && (item.isSign || item.passed > place)) continue;
    const isCut = !over && (item.grows || (underWay && item.isLine));
    if (isCut) {
      context.save();
      toDiagram();
      context.beginPath();
      context.rect(-FAR, -FAR, down ? 2 * FAR : FAR + place, down ? FAR + place : 2 * FAR);
      context.clip();
    }
    const onItsWay = underWay && item.isLine && item.element.matches(".stroke, .lean");
    draw(context, onItsWay ? { ...item, stroke: message, dash: [] } : item, factor, item.isRest ? 0.25 : 1);
    if (isCut) context.restore();
  }
  if (!over) {
    toDiagram();
    Object.assign(context, { globalAlpha: 1, strokeStyle: accent, lineWidth: 2 });
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(down ? 0 : place, down ? place : 0);
    context.lineTo(down ? breadth : place, down ? place : breadth);
    context.stroke();
  }
  answer("worldlines-frame-drawn", new Uint8Array(context.getImageData(0, 0, wide, high).data.buffer));
});

/** Gives an animation to the browser: its name, and its bytes in base64. */
addEventListener("worldlines-film-save", ({ detail }) => {
  const [name, data] = detail.split(" ");
  save(name, new Blob([Uint8Array.from(atob(data), (character) => character.charCodeAt(0))], { type: "image/gif" }));
});
