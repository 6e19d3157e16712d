// What the other tests stand on: a search that would not find a word proves nothing by finding none.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { encodings, scenario, sightings } from "./harness.mjs";

test("a word is found in every encoding, wherever in a stream it stands", () => {
  const word = "marmalade-canary-äß";
  const utf16 = Buffer.from(word, "utf16le");
  for (let before = 0; before < 7; before += 1) {
    const stream = Buffer.concat([randomBytes(before), Buffer.from(word), randomBytes(5)]);
    const written = [
      stream,
      Buffer.concat([randomBytes(before), utf16]),
      Buffer.concat([randomBytes(before), Buffer.from(utf16).swap16()]),
      Buffer.from(stream.toString("hex")),
      Buffer.from(stream.toString("hex").toUpperCase()),
      Buffer.from(stream.toString("base64")),
      Buffer.from(stream.toString("base64url")),
      Buffer.from(encodeURIComponent(`x${word}`)),
    ];
    for (const [at, bytes] of written.entries()) {
      assert.notDeepEqual(sightings([word], [{ what: "here", bytes }]), [], `${at} after ${before}`);
    }
  }
  assert.deepEqual(sightings([word], [{ what: "here", bytes: randomBytes(100_000) }]), []);
  assert.ok(encodings(word).every(([, bytes]) => bytes.length >= 8));
});

scenario("what a page sends and receives is kept, and what its console complains of is noticed", async (world) => {
  const person = await world.person("A");
  const page = await person.open();
  await page.evaluate(async () => {
    const answer = await fetch("/v1/marmalade-canary", { method: "POST", body: "apricot-canary" });
    await answer.text();
  });
  await page.evaluate(() => console.error("quince-canary"));
  await page.evaluate(() => console.warn("medlar-canary"));
  await person.network.settled();
  const out = person.network.traffic.filter(({ way }) => way === "out");
  assert.equal(sightings(["marmalade-canary"], out).length > 0, true);
  assert.equal(sightings(["apricot-canary"], out).length > 0, true);
  const answers = person.network.traffic.filter(({ way, what }) => way === "in" && what.includes("marmalade"));
  assert.notEqual(answers.length, 0);
  assert.ok(person.unexpected().some((trouble) => trouble.includes("quince-canary")));
  assert.ok(person.unexpected().some((trouble) => trouble.includes("medlar-canary")));
  person.expectTrouble(/quince-canary|medlar-canary|Failed to load resource/);
});
