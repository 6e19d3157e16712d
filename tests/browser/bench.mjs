// What is measured in a browser: opening ten years, and a change until it is on the other's screen. Called by `cargo xtask bench`; writes a report
// as crates/alongside-bench reads it into the folder it is given.
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { allSent, button, go, heading, link, makeAccount, passphraseField, signIn, together } from "./people.mjs";
import { Relay, given } from "./relay.mjs";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];
/** Ten years come over the network first; nothing else takes that long. */
const PATIENCE_MS = 300_000;
/** Nothing that is waited for in a page takes that long. */
const DRAWN_WITHIN_MS = 60_000;
const ENTRIES = 30_000;

const results = process.argv[2];
const quick = process.argv.includes("--quick");
const OPENINGS = quick ? 3 : 9;
const RUNS = quick ? 2 : 5;
const CHANGES = quick ? 10 : 40;

function spread(runs) {
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1), runs: sorted.length };
}

function percentile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)];
}

/** A page in a context of its own. */
async function fresh(browser) {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  return await context.newPage();
}

/** In the page: the moment at which something is first drawn, looked for in the whole document. */
async function watchFor(page, text) {
  await page.evaluate(([text, patience]) => {
    globalThis.drawn = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`never drawn: ${text}`)), patience);
      const look = () => {
        if (!document.body.textContent.includes(text)) return false;
        // The frame in which it stands is the next one.
        requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())));
        return true;
      };
      if (look()) return;
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true });
    });
    // It is asked for later.
    globalThis.drawn.catch(() => {});
  }, [text, DRAWN_WITHIN_MS]);
  return () => page.evaluate(() => globalThis.drawn);
}

/** Presses a button inside the page, where no driver stands in between; returns when. */
const press = (control) =>
  control.evaluate((control) => {
    const now = performance.timeOrigin + performance.now();
    control.click();
    return now;
  });

/** From pressing "Unlock" until this text is drawn. */
async function unlockUntil(page, passphrase, text) {
  await passphraseField(page).fill(passphrase);
  const drawn = await watchFor(page, text);
  const pressed = await press(button(page, "Unlock"));
  return (await drawn()) - pressed;
}

/** Rows in a table of the client's store; and without them, if so wished. */
const checkpoints = (page, clear) =>
  page.evaluate(
    (clear) =>
      new Promise((resolve, reject) => {
        const opened = indexedDB.open("alongside");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction("checkpoint", clear ? "readwrite" : "readonly");
          const table = transaction.objectStore("checkpoint");
          const counted = table.count();
          if (clear) table.clear();
          transaction.oncomplete = () => {
            opened.result.close();
            resolve(counted.result);
          };
        };
      }),
    clear,
  );

/** Loads the first page anew: it is locked then. */
const loadFirst = (page) => page.goto(new URL("/today", page.url()).href);

/** Unlocks, and waits until what was opened is sealed: one for Me and one for the Us. */
async function sealed(page, passphrase) {
  await loadFirst(page);
  await unlockUntil(page, passphrase, "With yourself");
  for (let waited = 0; waited < 30_000; waited += 500) {
    if ((await checkpoints(page, false)) === 2) return true;
    await page.waitForTimeout(500);
  }
  return false;
}

/** Milliseconds from unlocked to the first page, the stretching of the passphrase not counted. */
async function openings(page, passphrase, count, { clear }) {
  const times = [];
  for (let at = 0; at <= count; at += 1) {
    await loadFirst(page);
    await passphraseField(page).waitFor();
    if (clear) await checkpoints(page, true);
    // Wrong first: that costs the stretching alone, here and now.
    const stretched = await unlockUntil(page, `${passphrase}?`, "This is not the passphrase of this device.");
    const opened = await unlockUntil(page, passphrase, "With yourself");
    // The first one warms up.
    if (at > 0) times.push(opened - stretched);
  }
  return times;
}

async function history(browser, measured, missing) {
  const relay = await Relay.start({ args: ["--rate-factor", "0"] });
  try {
    const told = join(results, "filled.told");
    const entries = quick ? ENTRIES / 10 : ENTRIES;
    const fill = ["fill", "--relay", new URL(relay.url).host, "--out", told, "--entries", String(entries)];
    await promisify(execFile)(given("ALONGSIDE_BENCH"), fill);
    const filled = JSON.parse(await readFile(told, "utf8"));
    await rm(told);

    const page = await fresh(browser);
    const began = Date.now();
    await page.goto(`${relay.url}/signin`);
    await signIn(page, filled);
    await heading(page, "With yourself").waitFor();
    await allSent(page);
    await go(page, `/us/${filled.us}`);
    const synced = Date.now() - began;
    const beside = { what: "the same device code, native", value: spread(filled.native_ms) };
    const how =
      "The history is made by two real clients, day by day; one of them signs in on a fresh browser, whose store then has it all. Each run loads the " +
      "page anew and unlocks: from pressing the button until the first page is drawn, less what the same press with a wrong passphrase " +
      "takes, which is the stretching of the passphrase alone. Native: the same replica opens the same rows from memory.";
    const without = await openings(page, filled.passphrase, OPENINGS, { clear: true });
    const budget = (most) => (quick ? undefined : { at_most: most });
    const what = `${entries} entries, from unlocked to the first page`;
    const unit = "ms";
    measured.push({ what: `${what}, without a checkpoint`, unit, ours: spread(without), beside, budget: budget(1500), how });
    if (await sealed(page, filled.passphrase)) {
      const withOne = await openings(page, filled.passphrase, OPENINGS, { clear: false });
      const beside = { what: "the same device code, native", value: spread(filled.native_with_checkpoint_ms) };
      const size = `${(filled.checkpoint_bytes / 1e6).toFixed(1)} MB`;
      const how =
        `The same presses, once both spaces have been sealed as they stand (${size} together): nothing is opened again but that. Each run also ` +
        "sees that the end of the inbox is the one that was sealed.";
      measured.push({ what: `${what}, with a checkpoint`, unit, ours: spread(withOne), beside, budget: budget(300), how });
    } else {
      missing.push("opening with a checkpoint (budget 300 ms): none was made within 30 seconds.");
    }
    measured.push({
      what: `${entries} entries, signing in on a new device until everything is there`, unit, ours: spread([synced]),
      how: "Once: loading the client, sign-in with its two stretchings, and everything over loopback into the browser's store.",
    });
  } finally {
    await relay.remove();
  }
}

async function newcomer(browser, relay, name) {
  const page = await fresh(browser);
  await page.goto(`${relay.url}/start`);
  await makeAccount(page, { handle: name.toLowerCase(), name, passphrase: `lantern gravel otter ${name}` });
  await link(page, "Begin").click();
  await heading(page, "With yourself").waitFor();
  return { page, person: { called: name } };
}

async function change(browser, measured) {
  const relay = await Relay.start({ args: ["--rate-factor", "0"] });
  try {
    const [ada, ben] = [await newcomer(browser, relay, "Ada"), await newcomer(browser, relay, "Ben")];
    const us = await together(ada, ben);
    await go(ada.page, `/us/${us}/names`);
    const p50 = [];
    const p99 = [];
    const field = ada.page.getByLabel("How you are called here");
    const keep = button(ada.page, "Keep").last();
    for (let run = 0; run < RUNS; run += 1) {
      const times = [];
      for (let at = 0; at < CHANGES; at += 1) {
        const name = `Ada ${run}.${at} of the browser`;
        await field.fill(name);
        const drawn = await watchFor(ben.page, name);
        const pressed = await press(keep);
        times.push((await drawn()) - pressed);
      }
      p50.push(percentile(times, 0.5));
      p99.push(percentile(times, 0.99));
    }
    const native = await beside();
    const how =
      "Two contexts of one Chromium, two accounts, one Us. From pressing “Keep” in one page until the frame in which the other page shows it is drawn; " +
      "both clocks are this machine's.";
    const one = (what, runs, most, at) => ({
      what, unit: "ms", ours: spread(runs), beside: native && { what: "two native devices", value: native.measurements[at].ours },
      budget: { at_most: most }, how: at ? "" : how,
    });
    measured.push(one("half are drawn within", p50, 30, 0), one("99 of 100 are drawn within", p99, 150, 1));
  } finally {
    await relay.remove();
  }
}

/** What the same took between two native devices, if that was measured. */
async function beside() {
  try {
    return JSON.parse(await readFile(join(results, "change.json"), "utf8"));
  } catch {
    return undefined;
  }
}

const report = (order, title, about) => ({
  order, title, about, day: new Date().toISOString().slice(0, 10), quick, measurements: [], missing: [],
});
/** One that fails does not keep the other from being measured. */
async function measure(name, told, how) {
  const file = join(results, `${name}.json`);
  await rm(file, { force: true });
  try {
    await how(browser, told.measurements, told.missing);
    await writeFile(file, JSON.stringify(told, null, 2));
  } catch (error) {
    console.error(`${name} could not be measured:`, error);
    process.exitCode = 1;
  }
}

const browser = await chromium.launch({ executablePath: given("CHROMIUM"), args: FLAGS });
try {
  const version = `Chromium ${browser.version()}, headless, the release build of the client.`;
  await measure("browser-open", report(15, "Opening ten years in a browser", version), history);
  await measure("browser-change", report(35, "A change, until the other's page shows it, in a browser", version), change);
} finally {
  await browser.close();
}
