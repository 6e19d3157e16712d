// Two people, the whole way: accounts, invitation, check-in, revealed together, through reloads, a relay that is killed, a new
// device and a forgotten passphrase. What they type is looked for afterwards wherever it must not be.
import assert from "node:assert/strict";
import { filesBelow, scenario, sightings } from "./harness.mjs";
import {
  admit, allSent, button, checkIn, compareWords, go, heading, invite, knock, link, lock, makeAccount, recover, reload, signIn,
  startUs, unlock,
} from "./people.mjs";
import { everythingSeen, numbersHandedOn, spoken } from "./seen.mjs";

const METRICS_TOKEN = "a-token-for-the-one-who-runs-it";
const A = { handle: "ada.lovely", name: "Adalquince", passphrase: "vellichor gravel otterhound seven" };
const B = { handle: "sam_m", name: "Samwisemedlar", passphrase: "plumbago lantern bicycleclip four" };
const US = "Damsonorchard Together";
const NEW_PASSPHRASE = "threadneedle kumquat barometer nine";
const TYPED = {
  needA: "an hour in the tangerinegrove alone",
  noteA: "the loganberrysecret that stays with me",
  thanksA: "you made elderflowersoup when I came late",
  needB: "to sleep under the mulberrytree",
  noteB: "cloudberryletters came today",
  privateA: "what only persimmonme knows",
};

/**
 * What the browser itself writes to the console on this way: the relay is gone for a while; a device whose session another one
 * ended is refused; of two devices that change the vault at the same time one is told to look again.
 */
const EXPECTED = /net::ERR_|WebSocket connection|status of 401|status of 409 .*\/v1\/vault/;

const filledByA = {
  scales: { "My mood today": 7, "Pressure on me today from outside": 4, [`How close I felt to ${B.name}`]: 8 },
  answers: { [`I noticed something I appreciate about ${B.name}`]: true, "There was tension between us": false },
  words: { "What it was, in words": TYPED.thanksA, "Something I need": TYPED.needA, "A note": TYPED.noteA },
  kept: ["A note", "Pressure on me today from outside"],
};
const filledByB = {
  scales: { "My mood today": 3, "How free I felt to be myself today": 9 },
  answers: { [`I supported ${A.name} today`]: true },
  words: { "Something I need": TYPED.needB, "A note": TYPED.noteB },
};

/** Written into every kind of storage, to show that it would be found. */
const CONTROL = ["apricotcontrol", "mirabellecontrol", "greengagecontrol"];

async function writeInTheOpen([stored, local, cached]) {
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const opening = indexedDB.open("control", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("words");
  const database = await done(opening);
  const writing = database.transaction("words", "readwrite");
  writing.objectStore("words").put(`the ${stored} word`, "key");
  await new Promise((resolve) => (writing.oncomplete = resolve));
  database.close();
  localStorage.setItem("control", `the ${local} word`);
  const cache = await caches.open("control");
  await cache.put("/control", new Response(`the ${cached} word`));
}

/** Everything that the relay ever put anywhere. */
async function placesOfTheRelay(relay) {
  const metrics = await fetch(`${relay.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  assert.equal(metrics.status, 200);
  const files = await filesBelow(relay.data);
  assert.ok(files.some(({ what }) => what.endsWith("-wal")), "the write-ahead log is among the files");
  return [
    ...files,
    { what: "what the relay said", bytes: relay.said },
    { what: "the metrics", bytes: Buffer.from(await metrics.text()) },
  ];
}

/** The moment, by the machine's clock, at which the heading comes to be drawn. Asked for before, read after. */
async function watchForHeading(page, name) {
  await page.evaluate((name) => {
    globalThis.drawnAt = new Promise((resolve) => {
      const look = () => {
        const found = [...document.querySelectorAll("h2")].some((heading) => heading.textContent === name);
        if (found) resolve(Date.now());
        return found;
      };
      if (look()) return;
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document.body, { childList: true, subtree: true });
    });
  }, name);
  return () => page.evaluate(() => globalThis.drawnAt);
}

/** A reads all that both said, and what was kept; on whatever device. */
async function readsAll(page, us, own, other) {
  await go(page, `/us/${us}`);
  await heading(page, "Both pages").waitFor();
  for (const words of other) await page.getByText(words).first().waitFor();
  for (const words of own) await page.getByText(words).first().waitFor({ state: "attached" });
}

scenario("two people go the whole way, and nobody in between learns a word", async (world) => {
  // Each at a browser of their own, whose folder can be looked through once it is closed.
  const [profileA, profileB] = [await world.folder("profile-a"), await world.folder("profile-b")];
  const a = await world.person("A", { profile: profileA });
  const b = await world.person("B", { profile: profileB });
  for (const person of [a, b]) person.expectTrouble(EXPECTED);

  // Accounts. A makes the recovery sheet, too.
  const pageA = await a.open("/start");
  const sheetsA = await makeAccount(pageA, { ...A, recovery: true });
  assert.equal(sheetsA.words.length, 12);
  assert.equal(sheetsA.recoveryWords.length, 12);
  assert.notDeepEqual(sheetsA.words, sheetsA.recoveryWords);
  const pageB = await b.open("/start");
  const sheetsB = await makeAccount(pageB, B);
  await link(pageB, "Begin").click();

  // A invites. A robot that makes previews of links looks at all of it first.
  const us = await startUs(pageA, { name: US });
  const address = await invite(pageA);
  const looked = b.network.mark();
  for (let times = 0; times < 2; times += 1) {
    const preview = await fetch(address);
    assert.equal(preview.status, 200);
    assert.equal(sightings([A.name, US], [{ what: "the preview", bytes: Buffer.from(await preview.text()) }]).length, 0);
  }

  // B opens the link: what stands after # is gone from the address at once, and was never sent.
  await pageB.goto(address);
  await pageB.waitForURL((url) => url.pathname === "/join" && url.hash === "");
  await unlock(pageB, B.passphrase);
  await heading(pageB, `${A.name} invites you`).waitFor();
  const asked = b.network.since(looked).map(({ what }) => /(\/v1\/invitations\/[\w-]+)/.exec(what)?.[1]).find(Boolean);
  assert.equal((await fetch(world.relay.url + asked)).status, 200, "the robot finds the invitation itself, too");
  assert.equal((await fetch(world.relay.url + asked)).status, 200, "and again: to look takes nothing away");
  const wordsB = await knock(pageB);
  await heading(pageA, `${B.name} has opened your invitation`).waitFor();
  const wordsA = await compareWords(pageA);
  assert.equal(wordsA.length, 5);
  assert.deepEqual(wordsA, wordsB);
  assert.equal(await pageB.getByText(US).count(), 0, "knocking alone lets nobody in");
  await admit(pageA, B.name);
  await heading(pageA, US).waitFor();
  await heading(pageB, US).waitFor();
  await pageA.getByText(`You and ${B.name} can read this.`).waitFor();
  await pageB.getByText(`You and ${A.name} can read this.`).waitFor();

  // What A may do at any time, for measuring what it looks like to B.
  const renameA = async (name) => {
    await go(pageA, `/us/${us}/names`);
    await pageA.getByLabel("How you are called here").fill(name);
    await button(pageA, "Keep").nth(1).click();
    await pageB.getByText(name).first().waitFor();
  };
  await allSent(pageB);
  await go(pageB, `/us/${us}`);
  await renameA(`${A.name}1`);
  await allSent(pageA);
  const beforeRename = b.network.mark();
  await renameA(`${A.name}2`);
  await b.network.settled();
  const ofARename = spoken(b.network.since(beforeRename)).map(({ way, what, bytes }) => [way, what, bytes.length]);
  const [lastNumber] = numbersHandedOn(b.network.since(beforeRename)).slice(-1);
  assert.ok(lastNumber > 0, "what A renamed came to B over the stream");

  // A checks in. B looks everywhere, before and after.
  const everywhere = ["/today", `/us/${us}`, `/us/${us}/history`, `/us/${us}/checkin`, `/us/${us}/rhythm`, "/us", "/me"];
  const before = await everythingSeen(pageB, everywhere);
  await go(pageB, `/us/${us}`);
  const quiet = b.network.mark();
  await checkIn(pageA, us, filledByA);
  await pageA.getByText("Yours is in. You will both see this when both are in.").waitFor();
  await allSent(pageA);
  const after = await everythingSeen(pageB, everywhere);
  for (const place of Object.keys(before)) assert.deepEqual(after[place], before[place], place);
  await b.network.settled();
  assert.deepEqual(spoken(b.network.since(quiet)), [], "nothing at all came to B");
  // And what comes to B next has the very next number, and is as large as it was without a check-in.
  await go(pageB, `/us/${us}`);
  const again = b.network.mark();
  await renameA(`${A.name}3`);
  await b.network.settled();
  assert.deepEqual(
    spoken(b.network.since(again)).map(({ way, what, bytes }) => [way, what, bytes.length]),
    ofARename,
    "a frame after the check-in is as one before it",
  );
  assert.deepEqual(numbersHandedOn(b.network.since(again)), [lastNumber + 1], "no number was used up");

  // A has a word with herself, which is nobody's.
  await go(pageA, "/me/checkin");
  await pageA.getByLabel("A note").fill(TYPED.privateA);
  await button(pageA, "Keep it in Me").click();
  await pageA.getByText(TYPED.privateA).waitFor();
  await go(pageA, `/us/${us}`);
  await pageA.getByText("Yours is in.").waitFor();

  // B checks in: both see both, within a second.
  const drawnA = await watchForHeading(pageA, "Both pages");
  const nameOfA = `${A.name}3`;
  await go(pageB, `/us/${us}/checkin`);
  const drawnB = await watchForHeading(pageB, "Both pages");
  await pageB.evaluate(() => {
    addEventListener("click", (event) => {
      if (event.target.closest("button")?.textContent === "Put it in") globalThis.putInAt = Date.now();
    }, true);
  });
  await checkIn(pageB, us, {
    ...filledByB,
    answers: { [`I supported ${nameOfA} today`]: true },
  });
  const seenAt = [await drawnA(), await drawnB()];
  const putInAt = await pageB.evaluate(() => globalThis.putInAt);
  for (const at of seenAt) assert.ok(at - putInAt < 1000, `seen after ${at - putInAt} ms`);
  const saidByA = [TYPED.needA, TYPED.thanksA];
  const saidByB = [TYPED.needB, TYPED.noteB];
  await readsAll(pageA, us, [...saidByA, TYPED.noteA], saidByB);
  await readsAll(pageB, us, saidByB, saidByA);
  const bodyB = await pageB.locator("body").innerHTML();
  assert.ok(!bodyB.includes(TYPED.noteA) && !bodyB.includes("Pressure"), "what A kept is not at B's");

  // Both load anew.
  await reload(pageA, A.passphrase);
  await reload(pageB, B.passphrase);
  await readsAll(pageA, us, [...saidByA, TYPED.noteA], saidByB);
  await readsAll(pageB, us, saidByB, saidByA);
  await allSent(pageA);
  await allSent(pageB);

  // The relay is killed, and comes back.
  await world.relay.kill();
  await world.relay.restart();
  await reload(pageA, A.passphrase);
  await reload(pageB, B.passphrase);
  await allSent(pageA);
  await allSent(pageB);
  await readsAll(pageA, us, [...saidByA, TYPED.noteA], saidByB);
  await readsAll(pageB, us, saidByB, saidByA);

  // A third device, by passphrase and account words.
  const third = await world.person("A3");
  third.expectTrouble(EXPECTED);
  const page3 = await third.open("/signin");
  await signIn(page3, { ...A, words: sheetsA.words });
  await heading(page3, "With yourself").waitFor();
  await readsAll(page3, us, [...saidByA, TYPED.noteA], saidByB);
  await go(page3, "/me");
  await page3.getByText(TYPED.privateA).waitFor();

  // A fourth, the passphrase being forgotten.
  const fourth = await world.person("A4");
  fourth.expectTrouble(EXPECTED);
  const page4 = await fourth.open("/signin");
  await link(page4, "I have forgotten the passphrase").click();
  await recover(page4, { ...A, ...sheetsA, passphrase: NEW_PASSPHRASE });
  await heading(page4, "With yourself").waitFor();
  await readsAll(page4, us, [...saidByA, TYPED.noteA], saidByB);
  await reload(page4, NEW_PASSPHRASE);
  await allSent(page4);

  // Nothing that anybody typed, or was given to write down, is anywhere.
  const sheets = [sheetsA.words, sheetsA.recoveryWords, sheetsB.words];
  const neighbours = sheets.flatMap((words) => words.slice(1).map((word, at) => `${words[at]} ${word}`));
  const glued = sheets.map((words) => words.join(""));
  const secrets = [
    ...Object.values(TYPED), A.name, B.name, A.passphrase, B.passphrase, NEW_PASSPHRASE, US, new URL(address).hash.slice(1),
    ...neighbours.filter((pair) => pair.length >= 8), ...glued,
    ...Object.values(TYPED).flatMap((words) => words.split(" ").filter((word) => word.length >= 10)),
  ];
  for (const person of world.people) await person.network.settled();
  const traffic = world.people.flatMap((person) => person.network.traffic);
  const relay = await placesOfTheRelay(world.relay);
  assert.notDeepEqual(sightings([A.handle], traffic), [], "a word that is sent is found in the traffic");
  assert.notDeepEqual(sightings([A.handle], relay), [], "a word that the relay knows is found there");
  assert.deepEqual(sightings(secrets, [...relay, ...traffic]), []);
  assert.deepEqual(world.people.flatMap((person) => person.network.missed), []);

  // Locked, neither browser's folder has any of it. What a page does write there in the open is found.
  for (const page of [pageA, pageB]) {
    await lock(page);
    await page.evaluate(writeInTheOpen, CONTROL);
  }
  for (const person of [a, b]) await person.close();
  const folders = [...(await filesBelow(profileA)), ...(await filesBelow(profileB))];
  for (const profile of [profileA, profileB]) {
    const files = folders.filter(({ what }) => what.includes(profile));
    for (const word of CONTROL) assert.notDeepEqual(sightings([word], files), [], `${word} is found in ${profile}`);
  }
  // The address that B followed is in the browser's own history, where no page can take it from: it has been used up.
  assert.deepEqual(sightings(secrets.filter((secret) => !address.endsWith(secret)), folders), []);
}, { timeout: 240_000, relay: { args: ["--metrics-token", METRICS_TOKEN, "--log", "trace"] } });
