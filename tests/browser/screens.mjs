// Pictures of every scene, on a phone and on a desk, light and dark: `node screens.mjs DIR [NAME]`. `ALONGSIDE_DEMO` is the
// program that makes up people and half a year between them.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { World } from "./harness.mjs";
import { given } from "./relay.mjs";
import { firstDay, halfAYearLater } from "./scenes.mjs";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };
const SCHEMES = ["light", "dark"];
const MOST_HIGH = 6000;

const [dir, only] = process.argv.slice(2);
if (!dir) throw new Error("where to? node screens.mjs DIR [NAME]");

/** Everything is where it will be, in the faces that it will have. */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}

async function take(page, name) {
  await settled(page);
  const path = join(dir, `${name}.png`);
  await page.screenshot({ path, animations: "disabled" });
  console.log(path);
}

/** All that is on the page, as on a screen that is high enough. */
async function unscrolled(page, { width, height }) {
  const more = await page.evaluate(() => {
    const main = document.querySelector("main") ?? document.documentElement;
    return Math.max(main.scrollHeight - main.clientHeight, document.documentElement.scrollHeight - innerHeight, 0);
  });
  await page.setViewportSize({ width, height: Math.min(height + more, MOST_HIGH) });
}

async function see(name, page, { whole = false } = {}) {
  if (only && !name.includes(only)) return;
  await page.locator("h1").first().waitFor();
  await page.mouse.move(0, 0);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await take(page, `${name}-${size}-${colorScheme}`);
    }
    if (!whole) continue;
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await unscrolled(page, viewport);
    await take(page, `${name}-${size}-whole`);
  }
  await page.setViewportSize(SIZES.desk);
}

async function inAWorld(options, story) {
  const world = await World.make(options);
  try {
    await story(world);
  } catch (error) {
    console.error(await world.report("screens"));
    throw error;
  } finally {
    await world.close();
  }
}

const OFTEN = { args: ["--rate-factor", "0"] };
await inAWorld({ relay: OFTEN }, (world) => firstDay(world, see));

const data = await mkdtemp(join(tmpdir(), "alongside-demo-"));
try {
  const { stdout } = await promisify(execFile)(given("ALONGSIDE_DEMO"), ["--data", data]);
  const said = (what) => new RegExp(`^ +${what} +(.+)$`, "m").exec(stdout)[1];
  const who = { handle: said("handle"), passphrase: said("passphrase"), words: said("words").split(" ") };
  await inAWorld({ relay: { ...OFTEN, data } }, (world) => halfAYearLater(world, see, who));
} finally {
  await rm(data, { recursive: true, force: true });
}
