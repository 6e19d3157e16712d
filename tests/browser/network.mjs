// Everything that goes between one browser context and the network, kept for looking through afterwards.

const NO_BODY = new Set(["data:", "blob:"]);
const SETTLE_MS = 10_000;

export class Network {
  /** Listens to a context from now on: pages, workers, service worker, sockets. */
  constructor(context) {
    /** What went over, in order: `{ at, way: "out" | "in", what, bytes }`, `at` in milliseconds of performance.now(). */
    this.traffic = [];
    /** Responses whose body could not be read, with the reason. A search that must be complete looks here first. */
    this.missed = [];
    /** What is on its way: requests, and the reading of their answers. */
    this.pending = new Map();
    context.on("request", (request) => this.#request(request));
    context.on("requestfinished", (request) => this.#response(request));
    // One that was given up on has sent something, and may have got something, too.
    context.on("requestfailed", (request) => this.#response(request));
    context.on("page", (page) => this.#sockets(page));
    context.pages().forEach((page) => this.#sockets(page));
  }

  #done(request) {
    this.pending.get(request)?.();
    this.pending.delete(request);
  }

  #keep(way, what, bytes) {
    this.traffic.push({ at: performance.now(), way, what, bytes: Buffer.from(bytes) });
  }

  #request(request) {
    this.pending.set(request, () => {});
    const what = `${request.method()} ${request.url()}`;
    this.#keep("out", what, `${what}\n${JSON.stringify(request.headers())}`);
    const body = request.postDataBuffer();
    if (body) this.#keep("out", `${what} body`, body);
  }

  async #response(request) {
    const url = new URL(request.url());
    const what = `${request.method()} ${request.url()}`;
    try {
      if (NO_BODY.has(url.protocol)) return;
      const response = await request.response();
      if (!response || response.fromServiceWorker()) return;
      this.#keep("in", what, `${response.status()} ${JSON.stringify(response.headers())}`);
      const { "content-length": length } = response.headers();
      if (length === "0" || [204, 304].includes(response.status())) return;
      // Files of the client are the same for everyone.
      if (!url.pathname.startsWith("/assets/")) this.#keep("in", `${what} body`, await response.body());
    } catch (error) {
      this.missed.push({ what, why: error.message });
    } finally {
      this.#done(request);
    }
  }

  #sockets(page) {
    page.on("websocket", (socket) => {
      this.#keep("out", `socket ${socket.url()}`, socket.url());
      socket.on("framesent", ({ payload }) => this.#keep("out", `socket ${socket.url()} frame`, payload));
      socket.on("framereceived", ({ payload }) => this.#keep("in", `socket ${socket.url()} frame`, payload));
    });
  }

  /** Waits until the answers to all that was asked so far are here. */
  async settled() {
    const deadline = performance.now() + SETTLE_MS;
    for (const request of [...this.pending.keys()]) {
      const patience = Math.max(0, deadline - performance.now());
      await new Promise((resolve) => {
        if (!this.pending.has(request)) return resolve();
        const timer = setTimeout(() => {
          this.missed.push({ what: `${request.method()} ${request.url()}`, why: "it did not finish" });
          resolve();
        }, patience);
        this.pending.set(request, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** A place to look from: `since(mark)` is what came after it. */
  mark() {
    return this.traffic.length;
  }

  since(mark) {
    return this.traffic.slice(mark);
  }
}
