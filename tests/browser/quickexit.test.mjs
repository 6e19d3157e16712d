// Leaving quickly: from every page, in one touch, and the way back shows nothing.
import assert from "node:assert/strict";
import { filesBelow, scenario, sightings } from "./harness.mjs";
import { allSent, button, fillIn, go, heading, knock, invite, lock, newcomer, putIn, startUs, unlock } from "./people.mjs";

const WRITTEN = "a tangerinegrove at dusk";

/** Nothing on the page is of the client, whichever way one goes from here. */
async function isAway(page) {
  await heading(page, "Unit conversions").waitFor();
  assert.equal(await page.title(), "Unit conversions");
  const words = await page.locator("html").innerHTML();
  assert.doesNotMatch(words, /alongside/i);
  assert.deepEqual(sightings([WRITTEN], [{ what: "the page", bytes: Buffer.from(words) }]), []);
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
}

/** Neither back nor forward shows anything but the neutral page, or what was open before the client was. */
async function wayBackIsShut(page) {
  for (const way of ["goBack", "goBack", "goForward", "goForward"]) {
    await page[way]().catch(() => null);
    await page.locator("body").waitFor({ state: "attached" });
    const words = await page.locator("body").innerText();
    assert.ok(!words.includes(WRITTEN) && !words.includes("Damson"), `${way} shows words`);
    assert.ok(
      ["/away.html", "/away", "blank"].includes(new URL(page.url()).pathname),
      `${way} leads to ${page.url()}`,
    );
  }
}

scenario("the exit is on every page, and the back button does not return", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  const us = await startUs(page, { name: "Damson Orchard" });
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": WRITTEN } });
  await button(page, "Keep it in Me").click();
  await page.getByText(WRITTEN).waitFor();
  await allSent(page);
  const pages = [
    "/", "/today", "/me", "/me/checkin", "/me/history", "/us", "/us/new", `/us/${us}`, `/us/${us}/checkin`, `/us/${us}/history`,
    `/us/${us}/invite`, `/us/${us}/rhythm`, `/us/${us}/names`, `/us/${us}/leave`, "/more", "/settings", "/settings/device",
    "/settings/recovery", "/settings/passphrase", "/settings/signout", "/about", "/help", "/join", "/nowhere",
  ];
  for (const path of pages) {
    await go(page, path);
    await page.locator("h1").waitFor();
    assert.equal(await button(page, "Leave this page quickly").count(), 1, path);
    assert.ok(await button(page, "Leave this page quickly").isVisible(), path);
  }
  await go(page, "/me");
  await button(page, "Leave this page quickly").click();
  await isAway(page);
  await wayBackIsShut(page);
  // What lies on the device is sealed: opened again, it is locked, and all is there.
  await page.goto(`${world.relay.url}/me`);
  await unlock(page, person.passphrase);
  await page.getByText(WRITTEN).waitFor();
});

scenario("Escape twice leaves, from a page that somebody is writing on; other tabs lock", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  await allSent(page);
  const second = await person.context.newPage();
  await second.goto(`${world.relay.url}/today`);
  await unlock(second, person.passphrase);
  await page.bringToFront();
  await go(page, "/me/checkin");
  const note = page.getByLabel("A note");
  await note.fill(WRITTEN);
  await note.press("Escape");
  await note.press("Escape");
  await isAway(page);
  await wayBackIsShut(page);
  await button(second, "Unlock").waitFor();
});

scenario("the exit works before there is an account, and at the door of an invitation", async (world) => {
  const a = await newcomer(world, "Ada");
  await startUs(a.page, { name: "Damson Orchard" });
  const address = await invite(a.page);
  const nobody = await world.person("Nobody");
  const page = await nobody.page();
  for (const path of ["/", "/start", "/signin", "/recover", "/about", "/help"]) {
    await page.goto(world.relay.url + path);
    await page.locator("h1").waitFor();
    assert.ok(await button(page, "Leave this page quickly").isVisible(), path);
  }
  await page.goto(address);
  await heading(page, "Ada invites you").waitFor();
  await button(page, "Leave this page quickly").click();
  await isAway(page);
  // The tab's history has been at other loads of it before: they open at the start, and the invitation is forgotten.
  await page.goto(`${world.relay.url}/join`);
  await page.getByText("Open the link that you were sent.").waitFor();
  const b = await newcomer(world, "Sam");
  await go(b.page, "/join");
  await b.page.getByLabel("Link").fill(address);
  await button(b.page, "Open it").click();
  await knock(b.page);
  await button(b.page, "Leave this page quickly").click();
  await isAway(b.page);
  await wayBackIsShut(b.page);
});

scenario("after the exit, and after locking, nothing readable lies in the browser's folder", async (world) => {
  const profile = await world.folder("profile");
  const options = { called: "Adalquincemarmot", passphrase: "vellichor gravel otterhound", profile };
  const { person, page } = await newcomer(world, "ada", options);
  const us = await startUs(page, { name: "Damsonorchard Together" });
  await go(page, `/us/${us}/checkin`);
  await fillIn(page, { words: { "Something I need": WRITTEN, "A note": "the loganberrysecret" } });
  await putIn(page, "Keep it in Me");
  await page.getByText("Yours is noted in Me.").waitFor();
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "what only persimmonme knows" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("persimmonme").waitFor();
  await allSent(page);
  await lock(page);
  await unlock(page, options.passphrase);
  await go(page, "/me");
  await page.getByText("persimmonme").waitFor();
  await button(page, "Leave this page quickly").click();
  await isAway(page);
  await page.goto(`${world.relay.url}/`);
  await button(page, "Unlock").waitFor();
  // A word that a page does put there is found, however the browser writes it: else finding none would prove nothing.
  await page.evaluate(async () => {
    const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const opening = indexedDB.open("control", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words");
    const database = await done(opening);
    const writing = database.transaction("words", "readwrite");
    writing.objectStore("words").put("the apricotcontrol word", "key");
    await new Promise((resolve) => (writing.oncomplete = resolve));
    database.close();
    localStorage.setItem("control", "the mirabellecontrol word");
  });
  await person.close();
  const files = await filesBelow(profile);
  for (const control of ["apricotcontrol", "mirabellecontrol"]) {
    assert.notDeepEqual(sightings([control], files), [], `${control} is found`);
  }
  const pairs = person.sheets.words.slice(1).map((word, at) => `${person.sheets.words[at]} ${word}`);
  const words = [
    WRITTEN, "tangerinegrove", "loganberrysecret", "persimmonme", "Damsonorchard", options.called, options.passphrase, "otterhound",
    "vellichor", ...pairs.filter((pair) => pair.length >= 8),
  ];
  assert.deepEqual(sightings(words, files), []);
});
