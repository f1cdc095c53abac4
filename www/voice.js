// Has a run in words read out, sentence by sentence. The program asks by events of the window (`src/ui/narration.rs`), and hears which
// line is being read.

/** Time within which a browser that has a voice begins, in ms. */
const PATIENCE = 6_000;

const answer = (detail) => dispatchEvent(new CustomEvent("worldlines-spoken", { detail: String(detail) }));

/** The reading that is under way: what another one has begun says nothing any more. */
let reading = 0;

const hush = () => {
  reading += 1;
  speechSynthesis.cancel();
};

const speak = (lines) => {
  hush();
  const own = reading;
  const timer = setTimeout(() => {
    if (own !== reading) return;
    hush();
    answer("failed");
  }, PATIENCE);
  const next = (place) => {
    if (own !== reading) return;
    if (place >= lines.length) return answer("end");
    const utterance = new SpeechSynthesisUtterance(lines[place]);
    utterance.lang = "en";
    utterance.onstart = () => {
      clearTimeout(timer);
      if (own === reading) answer(place);
    };
    utterance.onend = () => next(place + 1);
    utterance.onerror = () => {
      if (own !== reading) return;
      clearTimeout(timer);
      hush();
      answer("failed");
    };
    speechSynthesis.speak(utterance);
  };
  next(0);
};

addEventListener("worldlines-speak", ({ detail }) => speak(JSON.parse(detail)));
addEventListener("worldlines-hush", hush);
addEventListener("pagehide", hush);
