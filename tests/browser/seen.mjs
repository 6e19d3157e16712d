// What somebody sees who looks at everything: the pages, the storage, the frames. For telling whether anything changed.
import { createHash } from "node:crypto";
import { decoded } from "./cbor.mjs";
import { go } from "./people.mjs";

/** The page as it stands, without the numbers that are counted up each time a page is made. */
async function drawn(page) {
  return await page.evaluate(() => {
    const plain = (html) => html.replaceAll(/\b(field|passphrase|scale|choice|yes-no|goes)-\d+/g, "$1-#");
    return [document.title, location.pathname, plain(document.body.innerHTML)].join("\n");
  });
}

/** Everything in the browser's storage for this page; what is long as a hash. */
async function stored(page) {
  const rows = await page.evaluate(async () => {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const text = (value) => (value instanceof Uint8Array ? Array.from(value).join(",") : JSON.stringify(value));
    const rows = [...Object.entries(localStorage), ...Object.entries(sessionStorage)].map((row) => row.join("="));
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const store = database.transaction(table).objectStore(table);
        const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
        keys.forEach((key, at) => {
          const bytes = new Uint8Array(key instanceof ArrayBuffer ? key : (key.buffer ?? []));
          rows.push(`${name} ${table} ${text(bytes)}=${text(values[at])}`);
        });
      }
      database.close();
    }
    return rows;
  });
  return rows.sort().map((row) => (row.length < 200 ? row : createHash("sha256").update(row).digest("hex")));
}

/** Each of the pages, drawn, and what is stored. The pages are gone through as a person would, without loading anew. */
export async function everythingSeen(page, paths) {
  const seen = { stored: await stored(page) };
  for (const path of paths) {
    await go(page, path);
    await page.locator("h1").waitFor();
    // Until what is drawn is settled: the same in two frames that follow each other.
    await page.waitForFunction(() => {
      const now = document.body.innerHTML;
      const same = globalThis.drawnBefore === now;
      globalThis.drawnBefore = now;
      return same;
    });
    seen[path] = await drawn(page);
  }
  return seen;
}

/** A ping or its answer: `[4, [number]]`. */
const SIGN_OF_LIFE_BYTES = 4;

/**
 * What went in and out through the protocol. Without what a device does by the clock, whatever happens: the signs of life of
 * an idle stream, and the look at its own vault that goes with them.
 */
export function spoken(traffic) {
  return traffic
    .filter(({ what }) => what.includes("/v1/") && !what.includes("/v1/vault"))
    .filter(({ what, bytes }) => !(what.endsWith("frame") && bytes.length <= SIGN_OF_LIFE_BYTES));
}

const MORE = 1;

/** The numbers that the relay gave to what it handed on over the stream. */
export function numbersHandedOn(traffic) {
  return spoken(traffic)
    .filter(({ way, what }) => way === "in" && what.endsWith("frame"))
    .map(({ bytes }) => decoded(bytes))
    .filter(([kind]) => kind === MORE)
    .flatMap(([, [, [entries]]]) => entries.map(([number]) => number));
}
