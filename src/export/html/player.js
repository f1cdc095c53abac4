// Plays the run of this file: it hides what is still to come in the picture, which shows the whole run. Without it the
// picture stands as it is.
"use strict";
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const figure = document.querySelector("figure");
  const diagram = figure.querySelector(".wl-diagram");
  // Lengths are in tenths of a pixel.
  run.origin /= 10;
  run.scale /= 10_000;
  run.after = run.after.map((length) => length / 10);
  run.captions = run.captions.map((length) => length / 10);
  const events = run.said.length;
  const SVG = "http://www.w3.org/2000/svg";
  const FAR = 1e5;
  /** Real seconds that a run takes, whatever its virtual time. */
  const SECONDS = Math.min(30, Math.max(6, events / 6));
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // The part of the plane up to the playhead.
  const clip = diagram.appendChild(document.createElementNS(SVG, "clipPath"));
  clip.id = "wl-past";
  const past = clip.appendChild(document.createElementNS(SVG, "rect"));
  past.setAttribute("x", -FAR);
  past.setAttribute("y", -FAR);
  // Lines of nodes are faint where they are still to come.
  for (const lane of diagram.querySelectorAll(".lane")) {
    const rest = lane.cloneNode(true);
    rest.setAttribute("class", "lane wl-rest");
    rest.querySelectorAll("path").forEach((path) => path.setAttribute("class", "up"));
    lane.before(rest);
  }
  const playhead = diagram.appendChild(document.createElementNS(SVG, "path"));
  playhead.setAttribute("class", "wl-playhead");

  const all = (selector) => [...diagram.querySelectorAll(selector)];
  const number = (element, name) => Number(element.dataset[name] ?? Infinity);
  const marks = all("[data-event]").map((element) => [element, number(element, "event")]);
  const later = all("[data-since]").map((element) => [element, number(element, "since")]);
  const arrows = all("[data-sent]").map((element) => {
    const label = element.querySelector(".label");
    const box = label?.getBBox();
    // A text is shown once the message has passed all of it.
    const end = box && (run.down ? box.y + box.height : box.x + box.width);
    return [element, number(element, "sent"), number(element, "ended"), label, end];
  });
  const flags = all(".flag").map((element) => [element, run.captions[number(element, "caption")]]);
  const captions = [...document.querySelectorAll(".captions li")];
  all(".lane:not(.wl-rest), .band, .wall, .section, .clash, .strike, .held-back, .merged, .curve").forEach((element) =>
    element.classList.add("wl-grows"),
  );

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const button = (id, sign, label, onclick) => {
    const made = element("button", { id, type: "button", title: label, onclick }, sign);
    made.setAttribute("aria-label", label.split(" (")[0]);
    return made;
  };
  const first = button("first", "⇤", "To the start (Home)", () => go(0));
  const back = button("back", "←", "Back one event (left arrow)", () => go(cursor - 1));
  const play = button("play", "▶", "Play (space)", () => toggle());
  const next = button("next", "→", "Forward one event (right arrow)", () => go(cursor + 1));
  const end = button("last", "⇥", "To the end (End)", () => go(events));
  const slider = element("input", { id: "moment", type: "range", min: 0, max: events, step: 1 });
  slider.setAttribute("aria-label", "Event");
  slider.oninput = () => go(Number(slider.value));
  const said = element("output", { id: "said" });
  said.setAttribute("for", "moment");
  const player = element("div", { className: "player" }, first, back, play, next, end, slider, said);
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", "Time");
  figure.after(player);

  // The picture as it stands: the run is over.
  let cursor = events;
  let time = run.end;
  let playing = null;

  /** The playhead's place along the axis of time. */
  const along = () => (cursor === events && playing === null ? FAR : Math.max(run.origin + time * run.scale, run.after[cursor]));

  const draw = () => {
    const place = along();
    const over = place === FAR;
    past.setAttribute(run.down ? "height" : "width", FAR + place);
    past.setAttribute(run.down ? "width" : "height", 2 * FAR);
    playhead.setAttribute("d", over ? "" : run.down ? `M0 ${place}H${run.breadth}` : `M${place} 0V${run.breadth}`);
    diagram.classList.toggle("wl-playing", !over);
    for (const [mark, event] of marks) {
      mark.classList.toggle("wl-future", event >= cursor);
      mark.classList.toggle("wl-now", !over && event === cursor - 1);
    }
    for (const [piece, since] of later) piece.classList.toggle("wl-future", since >= cursor);
    for (const [arrow, sent, ended, label, end] of arrows) {
      const isUnderWay = !over && sent < cursor && ended >= cursor;
      arrow.classList.toggle("wl-future", sent >= cursor);
      arrow.classList.toggle("wl-under-way", isUnderWay);
      label?.classList.toggle("wl-future", sent >= cursor || (isUnderWay && end > place));
    }
    for (const [flag, at] of flags) flag.classList.toggle("wl-future", !over && at > place);
    const last = over ? -1 : run.captions.findLastIndex((at) => at <= place);
    captions.forEach((caption, index) => {
      caption.classList.toggle("to-come", !over && run.captions[index] > place);
      caption.classList.toggle("now", index === last);
    });
    slider.value = cursor;
    first.disabled = back.disabled = cursor === 0;
    next.disabled = end.disabled = cursor === events && over;
    const what = cursor === 0 ? "Before the first event" : `${run.time[cursor - 1]} ms: ${run.said[cursor - 1]}`;
    said.textContent = `${cursor} of ${events}. ${what}`;
    slider.setAttribute("aria-valuetext", said.textContent);
    play.firstChild.data = playing === null ? "▶" : "\u275a\u275a";
    play.setAttribute("aria-label", playing === null ? "Play" : "Pause");
  };

  const stop = () => {
    if (playing !== null) cancelAnimationFrame(playing);
    playing = null;
  };

  /** Shows the run after so many events. */
  const go = (to) => {
    stop();
    cursor = Math.min(events, Math.max(0, to));
    time = cursor === 0 ? 0 : run.time[cursor - 1];
    said.setAttribute("aria-live", "polite");
    draw();
  };

  const toggle = () => {
    if (playing !== null) {
      stop();
      draw();
      return;
    }
    if (cursor === events) [cursor, time] = [0, 0];
    // A text that changes many times a second is not announced.
    said.setAttribute("aria-live", "off");
    let before = null;
    const frame = (now) => {
      const passed = before === null ? 0 : now - before;
      before = now;
      time = Math.min(run.end, time + (passed / 1000 / SECONDS) * run.end);
      const drawn = cursor;
      while (cursor < events && run.time[cursor] <= time) cursor += 1;
      if (time >= run.end) {
        stop();
        cursor = events;
      } else {
        playing = requestAnimationFrame(frame);
      }
      // A reader who asked for less motion sees one event after the other.
      if (playing === null || drawn !== cursor || !still.matches) draw();
    };
    playing = requestAnimationFrame(frame);
    draw();
  };

  const KEYS = { ArrowLeft: () => go(cursor - 1), ArrowRight: () => go(cursor + 1), Home: () => go(0), End: () => go(events), " ": toggle };
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || !(key in KEYS)) return;
    // A control has the space bar and the arrows for itself.
    if (target.closest("a, summary, input") || (key === " " && target.closest("button"))) return;
    event.preventDefault();
    KEYS[key]();
  });
  diagram.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-event]");
    if (mark !== null) go(number(mark, "event") + 1);
  });
  draw();
})();
