// Starts the program: in the page, and in a worker of it, which has no document.
const root = globalThis.document?.documentElement;
const { embed, language, offline, unsupported } = root?.dataset ?? {};

/** Has the attempts at an exercise reported; a package of one with variants waits for the student's id. */
const report = async () => {
  root.dataset.heard = "";
  let reporter;
  let tries = 0;
  const fetched = () => {
    // A browser remembers that a module could not be fetched, by its address: another try needs another one.
    const address = `./report.js${tries > 0 ? `?again=${tries}` : ""}`;
    return (reporter ??= import(address).then(({ listen }) => listen()));
  };
  const tell = ({ detail }) =>
    fetched().then(
      ({ attempt }) => attempt(detail),
      () => {
        reporter = undefined;
        tries += 1;
        setTimeout(tell, 5000, { detail });
      },
    );
  addEventListener("worldlines-attempt", tell);
  if ("student" in root.dataset) root.dataset.student = (await fetched()).student;
};

let languageTries = 0;
/** The script for other languages than English. */
const languages = () =>
  import(`./language.js${languageTries > 0 ? `?again=${languageTries}` : ""}`).catch((error) => {
    languageTries += 1;
    throw error;
  });
/** Shows the page in the language that was asked for; in English if that cannot be fetched. */
const speak = async () => {
  try {
    await (await languages()).show(language);
  } catch (error) {
    console.warn("Worldlines: the language could not be fetched:", error);
    delete root.dataset.language;
  }
};
// The button that names the other language, in the menu of the page.
root?.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("#language");
  if (!button) return;
  button.querySelector("small")?.remove();
  try {
    await (await languages()).choose(button.lang);
  } catch (error) {
    console.warn("Worldlines: the language could not be changed:", error);
    const failed = Object.assign(document.createElement("small"), { role: "alert", lang: "en" });
    failed.textContent = " could not be fetched. Check the connection and try again.";
    button.append(failed);
  }
});

try {
  // Without WebAssembly the page is a picture with a sentence (early.js).
  if (unsupported === undefined) {
    // It must hear all that the program tells.
    const embedded = embed === undefined ? undefined : import("./embedded.js");
    // A page around, or a window that opened this one, may want the score of an exercise.
    const reports = root && (embedded || parent !== window || opener) ? report() : undefined;
    // The file that the address asks for is fetched beside the program.
    const asks = /[?&]src=./.test(root && location.search);
    const source = asks ? Promise.all([import("./source.js"), reports]).then(([{ serve }]) => serve()) : undefined;
    const spoken = language && speak();
    const { default: init } = await import("./playground.js");
    await Promise.all([embedded, reports, source, spoken]);
    await init({ module_or_path: new URL("./playground_bg.wasm", import.meta.url) });
    // Where it does not come, the page works by the network alone.
    if (offline !== undefined) import("./offline.js").catch(() => {});
  }
} catch (error) {
  // Anything but a panic: a file could not be fetched.
  if (!(error instanceof WebAssembly.RuntimeError)) dispatchEvent(new Event("worldlines-not-fetched"));
  throw error;
}
