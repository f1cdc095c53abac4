// The tasks of a page: how long it is busy without a pause, and a line and a processor that make them longer.

/** Has a page, or all of a context, write down how long its tasks over 50 ms are, in ms. */
export const watch = (pages) =>
  pages.addInitScript(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.tasks.push(Math.round(duration));
    }).observe({ type: "longtask", buffered: true });
  });

const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

/** Gives a page the line and the processor of a poor phone: 1.6 Mbit/s, 150 ms to each answer, four times slower. */
export async function slowed(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", LINE);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

/** Does something; answers its tasks over 50 ms, and those that come of it until nothing happens for a while. */
export async function tasksOf(page, act, wait = 300) {
  await page.evaluate(() => {
    globalThis.tasks.length = 0;
  });
  await act();
  for (let quiet = 0, before = -1; quiet < 4; ) {
    await page.waitForTimeout(wait);
    const now = await page.evaluate(() => globalThis.tasks.length);
    const works = await page.locator(".working").count();
    quiet = now === before && works === 0 ? quiet + 1 : 0;
    before = now;
  }
  return page.evaluate(() => globalThis.tasks);
}
