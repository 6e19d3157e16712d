// A scenario: the real relay, real browsers, and people in them. Waits for conditions, never for time to pass.
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Network } from "./network.mjs";
import { Relay, given } from "./relay.mjs";

export { Relay } from "./relay.mjs";
export { encodings, filesBelow, sightings } from "./canary.mjs";

/** How long a page may take for anything that it is waited for. */
const PATIENCE_MS = 20_000;
const SCENARIO_MS = 120_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const launching = () => ({ executablePath: given("CHROMIUM"), args: FLAGS });
const axeSource = () => readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One person at one browser: a context of their own, with everything that it says and sends. */
export class Person {
  /** Errors and warnings in the console, and thrown errors. A scenario fails where one is left that was not expected. */
  troubles = [];
  #expected = [];

  constructor(world, name, context) {
    this.world = world;
    this.name = name;
    this.context = context;
    this.network = new Network(context);
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      const { url } = message.location();
      this.troubles.push(`${message.text()}${url ? ` (${url})` : ""}`);
    });
    context.on("weberror", (error) => this.troubles.push(String(error.error().stack ?? error.error())));
  }

  /** The page that was opened last, or a first one. */
  async page() {
    return this.context.pages().at(-1) ?? (await this.context.newPage());
  }

  /** Opens an address of the relay and returns the page. */
  async open(path = "/") {
    const page = await this.page();
    await page.goto(this.world.relay.url + path);
    return page;
  }

  /** Lets an error or a warning pass: what the browser itself writes when the relay is gone, say. */
  expectTrouble(pattern) {
    this.#expected.push(pattern);
  }

  /** The errors and warnings that nobody expected. */
  unexpected() {
    return this.troubles.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble)));
  }

  /** What axe-core finds wrong with the page as it is now, in a line each. */
  async axe(page) {
    // Evaluated, because a script tag would not pass the page's own policy.
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource());
    const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map((n) => `${id} (${impact}): ${n.target.join(" ")}: ${[...n.any, ...n.all, ...n.none].map((c) => c.message).join("; ")}`),
    );
  }

  /** Waits until the service worker has this page, so that it opens without a network. */
  async installed(page) {
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }

  async close() {
    await this.network.settled();
    await this.context.close();
  }
}

export class World {
  people = [];
  #folders = [];

  static async make(options = {}) {
    const world = new World();
    world.relay = await Relay.start(options.relay);
    return world;
  }

  /** The browser that people without a profile of their own share. */
  async #shared() {
    this.browser ??= await chromium.launch(launching());
    return this.browser;
  }

  /**
   * A person in a fresh context. With `profile`, a folder (see `folder`), in a browser of their own that keeps what it
   * has there: closing the person closes the browser. The rest goes to Playwright's context: viewport, colorScheme, …
   */
  async person(name, { profile, ...options } = {}) {
    const context = profile
      ? await chromium.launchPersistentContext(profile, { ...launching(), ...options })
      : await (await this.#shared()).newContext(options);
    const person = new Person(this, name, context);
    this.people.push(person);
    return person;
  }

  /** A folder that is removed at the end. */
  async folder(name) {
    const dir = await mkdtemp(join(tmpdir(), `alongside-${name}-`));
    this.#folders.push(dir);
    return dir;
  }

  /** Errors and warnings in all people's consoles that nobody expected. */
  unexpected() {
    return this.people.flatMap((person) => person.unexpected().map((trouble) => `${person.name}: ${trouble}`));
  }

  /** Pictures and the relay's words, for whoever looks into a failure. */
  async report(name) {
    const dir = join(given("ALONGSIDE_WEB"), "..", "browser-failures", name.replaceAll(/[^\w-]+/g, "-"));
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    const lines = [`pictures in ${dir}`];
    for (const person of this.people) {
      for (const [at, page] of person.context.pages().entries()) {
        // A page that has crashed has no picture; the others still have.
        await page.screenshot({ path: join(dir, `${person.name}-${at}.png`), timeout: 5_000 }).catch(() => {});
        lines.push(`${person.name} is at ${page.url()}`);
      }
      lines.push(...person.troubles.map((trouble) => `${person.name}'s console: ${trouble}`));
    }
    lines.push("the relay said:", this.relay.said.toString().split("\n").slice(-40).join("\n"));
    return lines.join("\n");
  }

  async close() {
    const closing = [...this.people.map((person) => person.context.close()), this.browser?.close()];
    await Promise.allSettled(closing);
    await this.relay.remove();
    await Promise.all(this.#folders.map((dir) => rm(dir, { recursive: true, force: true })));
  }
}

/** A test with a relay and people. It fails on any error or warning in a console that it did not expect, too. */
export function scenario(name, body, { timeout = SCENARIO_MS, ...options } = {}) {
  test(name, async () => {
    const world = await World.make(options);
    let late;
    // Not the runner's own deadline: that would leave the relay and the browser behind, and no word of why.
    const deadline = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done after ${timeout / 1000} s`)), timeout);
    });
    try {
      await Promise.race([body(world), deadline]);
      const troubles = world.unexpected();
      if (troubles.length > 0) throw new Error(`unexpected in the console:\n${troubles.join("\n")}`);
    } catch (error) {
      console.error(`\n${name}:\n${await world.report(name)}`);
      throw error;
    } finally {
      clearTimeout(late);
      await world.close();
    }
  });
}
