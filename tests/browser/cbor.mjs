// Just enough of CBOR for a relay that lies: where the parts of a message stand, and the few that are made here.

/** Calls `found(start, length)` for every byte string of a message, however deep. Returns where the message ends. */
function walk(bytes, at, found) {
  const major = bytes[at] >> 5;
  const low = bytes[at] & 31;
  if (low === 31) throw new Error("not of a known length");
  const extra = low < 24 ? 0 : 2 ** (low - 24);
  const size = extra === 0 ? low : Number(extra === 8 ? bytes.readBigUInt64BE(at + 1) : bytes.readUIntBE(at + 1, extra));
  let next = at + 1 + extra;
  if (major === 2) found(next, size);
  if (major === 2 || major === 3) return next + size;
  const items = { 4: size, 5: 2 * size, 6: 1 }[major] ?? 0;
  for (let item = 0; item < items; item += 1) next = walk(bytes, next, found);
  return next;
}

/** A copy in which one bit in the middle of the longest byte string is another. */
export function withOneBitChanged(bytes) {
  let longest = { start: 0, length: 0 };
  walk(bytes, 0, (start, length) => {
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
