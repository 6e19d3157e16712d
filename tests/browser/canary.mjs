// Words that people type, looked for in places where they must not be, in every way in which they could be written.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The bytes that would show the word, by name of the encoding. */
export function encodings(word) {
  const utf8 = Buffer.from(word, "utf8");
  const utf16 = Buffer.from(word, "utf16le");
  const found = [
    ["UTF-8", utf8],
    ["UTF-16 little", utf16],
    ["UTF-16 big", Buffer.from(utf16).swap16()],
    ["hex", Buffer.from(utf8.toString("hex"))],
    ["HEX", Buffer.from(utf8.toString("hex").toUpperCase())],
    ["percent", Buffer.from(encodeURIComponent(word))],
    ["JSON", Buffer.from(JSON.stringify(word).slice(1, -1))],
  ];
  for (const offset of [0, 1, 2]) {
    // Where the word begins inside a group of three decides how it looks; the ends depend on what stands beside it.
    const padded = Buffer.concat([Buffer.alloc(offset), utf8]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString("base64");
    const inner = whole.slice(offset === 0 ? 0 : 4);
    found.push([`base64 +${offset}`, Buffer.from(inner)]);
    found.push([`base64url +${offset}`, Buffer.from(inner.replaceAll("+", "-").replaceAll("/", "_"))]);
  }
  return found;
}

/** Where a word is, of `[{ what, bytes }]`. Words of eight letters and more: shorter ones could be there by chance. */
export function sightings(words, places) {
  const seen = [];
  for (const word of words) {
    if (word.length < 8) throw new Error(`"${word}" is too short to be looked for`);
    for (const [encoding, bytes] of encodings(word)) {
      for (const place of places) {
        if (place.bytes.includes(bytes)) seen.push(`"${word}" as ${encoding} in ${place.what}`);
      }
    }
  }
  return seen;
}

/** Every file below a folder, as places to look in: its name too. */
export async function filesBelow(dir) {
  const places = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      places.push({ what: `the name of ${path}`, bytes: Buffer.from(entry.name) }, ...(await filesBelow(path)));
    } else if (entry.isFile()) {
      places.push({ what: path, bytes: Buffer.concat([Buffer.from(`${entry.name}\n`), await readFile(path)]) });
    }
  }
  return places;
}
