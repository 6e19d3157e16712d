// The real program on a free loopback port, as a process that can be killed and started again on the same data.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SERVES_AT = /Alongside is at (http:\/\/\S+)/;
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

/** Whether the program is the release, with the web client in it. */
export const EMBEDDED = process.env.ALONGSIDE_EMBEDDED === "1";

/** The value of a variable that `cargo xtask test` sets. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these through \`cargo xtask test\``);
  return value;
}

export class Relay {
  /** Starts one on an empty store, or on what lies in `data`. `args` go to `alongside serve` after the usual ones. */
  static async start({ args = [], env = {}, data } = {}) {
    const relay = new Relay();
    relay.data = data ?? (await mkdtemp(join(tmpdir(), "alongside-relay-")));
    relay.args = args;
    relay.env = env;
    relay.port = 0;
    relay.output = [];
    await relay.#launch();
    return relay;
  }

  /** Everything that it has written to its standard output and error, over all its lives. */
  get said() {
    return Buffer.concat(this.output);
  }

  async #launch() {
    const { args, env, port, data } = this;
    const web = EMBEDDED ? [] : ["--web", given("ALONGSIDE_WEB")];
    const line = ["serve", "--listen", `127.0.0.1:${port}`, "--data", data, ...web, ...args];
    // Its own pipes: a server that inherits the test's output keeps that open after the test has died.
    const child = spawn(given("ALONGSIDE_PROGRAM"), line, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    let words = "";
    const served = new Promise((resolve, reject) => {
      const failed = (why) => reject(new Error(`the relay ${why}; it said:\n${words}`));
      const deadline = setTimeout(() => failed("does not serve"), START_DEADLINE_MS);
      const read = (chunk) => {
        this.output.push(chunk);
        words += chunk.toString();
        const found = SERVES_AT.exec(words);
        if (found) {
          clearTimeout(deadline);
          resolve(found[1].replace(/\/$/, ""));
        }
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", (error) => failed(`cannot be started (${error.message})`));
      child.once("exit", (code, signal) => {
        clearTimeout(deadline);
        failed(`ended (${code ?? signal})`);
      });
    });
    try {
      this.url = await served;
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
    this.port = Number(new URL(this.url).port);
  }

  /** As a power cut would: no goodbye. */
  async kill() {
    this.child.kill("SIGKILL");
    return await this.exited;
  }

  /** As an operator would. Returns how it ended. */
  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return await this.exited;
    this.child.kill("SIGTERM");
    const patience = setTimeout(() => this.child.kill("SIGKILL"), STOP_DEADLINE_MS);
    const end = await this.exited;
    clearTimeout(patience);
    return end;
  }

  /** Again, on the same port and data. */
  async restart() {
    await this.stop();
    await this.#launch();
  }

  /** Stops it and removes its data. */
  async remove() {
    await this.stop();
    // Its pipes close a moment after it, and what is still in them counts for what it said.
    await Promise.all([this.child.stdout, this.child.stderr].map((pipe) => pipe.closed || once(pipe, "close")));
    await rm(this.data, { recursive: true, force: true });
  }
}
