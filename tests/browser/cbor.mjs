// Just enough of CBOR for a relay that lies: where the parts of a message stand, and the few that are made here.

/** Reads the item at a place: `[value, where it ends]`. Calls `found(start, length)` for every byte string, however deep. */
function read(bytes, at, found) {
  const major = bytes[at] >> 5;
  const low = bytes[at] & 31;
  if (low > 27) throw new Error("not of a known length");
  const extra = low < 24 ? 0 : 2 ** (low - 24);
  const size = extra === 0 ? low : Number(extra === 8 ? bytes.readBigUInt64BE(at + 1) : bytes.readUIntBE(at + 1, extra));
  let next = at + 1 + extra;
  if (major === 0) return [size, next];
  if (major === 1) return [-1 - size, next];
  if (major === 2) found(next, size);
  if (major === 2) return [bytes.subarray(next, next + size), next + size];
  if (major === 3) return [bytes.toString("utf8", next, next + size), next + size];
  if (major === 7) return [{ 20: false, 21: true }[low] ?? null, next];
  const values = [];
  const items = major === 5 ? 2 * size : major === 4 ? size : 1;
  for (let item = 0; item < items; item += 1) {
    const [value, end] = read(bytes, next, found);
    values.push(value);
    next = end;
  }
  return [values, next];
}

/** The message, in nested arrays. */
export function decoded(bytes) {
  return read(bytes, 0, () => {})[0];
}

/** A copy in which one bit in the middle of the longest byte string is another. */
export function withOneBitChanged(bytes) {
  let longest = { start: 0, length: 0 };
  read(bytes, 0, (start, length) => {
    if (length > longest.length) longest = { start, length };
  });
  const changed = Buffer.from(bytes);
  changed[longest.start + (longest.length >> 1)] ^= 1;
  return changed;
}

/** The answer to "hello" of a relay that speaks only what comes after this. */
export function helloOfTheFuture() {
  const head = Buffer.from([0x84, 0x18, 99, 0x18, 99, 0x1b]);
  const now = Buffer.alloc(8);
  now.writeBigUInt64BE(BigInt(Date.now()));
  return Buffer.concat([head, now, Buffer.from([0xf5])]);
}
