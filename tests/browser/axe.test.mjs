// Every page in every state that it has, in light and dark, narrow and wide.
import assert from "node:assert/strict";
import test from "node:test";
import { LOOKS, lookedAt } from "./basics.mjs";
import { scenario } from "./harness.mjs";
import {
  admit, askForAccount, button, checkIn, confirmWords, fillIn, go, heading, invite, knock, link, lock, passphraseField, putIn,
  reload, startUs, unlock, wordsShown,
} from "./people.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
const PASSPHRASE = "lantern gravel otter ada";

const found = Object.fromEntries(LOOKS.map(({ name }) => [name, []]));
let seen = 0;

/** Looks at a page, and notes what is wrong with it. */
async function see(person, page, what) {
  await page.locator("h1").first().waitFor();
  for (const [look, lines] of Object.entries(await lookedAt(person, page, what))) found[look].push(...lines);
  seen += 1;
}

async function beforeAnAccount(world) {
  const person = await world.person("Nobody");
  const page = await person.open();
  await heading(page, "Two whole people").waitFor();
  await see(person, page, "landing");
  for (const path of ["/about", "/help", "/nowhere/at/all", "/signin"]) {
    await go(page, path);
    await see(person, page, path);
  }
  await page.getByLabel("Handle").fill("somebody");
  await passphraseField(page).fill("not a passphrase");
  await page.getByLabel("Account words").fill("some words that are not enough");
  await button(page, "Sign in").click();
  await page.locator("p.wrong").waitFor();
  await see(person, page, "signing in with too few words");
  await go(page, "/recover");
  await see(person, page, "/recover");
  await go(page, "/join");
  await button(page, "Open it").click();
  await page.locator("p.wrong").waitFor();
  await see(person, page, "pasting what is no link");
  await page.goto(`${world.relay.url}/away.html`);
  await heading(page, "Unit conversions").waitFor();
  await see(person, page, "the page that a quick exit ends on");
  await person.close();
}

async function whereItCannotOpen(world) {
  const without = await world.person("Without WebAssembly");
  await without.context.addInitScript(() => delete globalThis.WebAssembly);
  await see(without, await without.open(), "no WebAssembly");
  await without.close();
  const denied = await world.person("Without storage");
  await denied.context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
  });
  await see(denied, await denied.open(), "no storage");
  await denied.close();
}

async function anAccount(world) {
  const person = await world.person("Ada");
  const page = await person.open("/start");
  await page.getByLabel("Handle").waitFor();
  await see(person, page, "making an account");
  await askForAccount(page, { handle: "ada", name: "Ada", passphrase: "secret" });
  await page.locator("p.wrong").waitFor();
  await see(person, page, "a weak passphrase");
  await passphraseField(page).fill(PASSPHRASE);
  await button(page, "Make the account").click();
  await heading(page, "Your account words").waitFor();
  await see(person, page, "account words");
  const words = await wordsShown(page);
  await button(page, "I have written them down").click();
  await heading(page, "Three of the words").waitFor();
  await button(page, "Go on").click();
  await page.locator("p.wrong").waitFor();
  await see(person, page, "a word that is another one");
  await confirmWords(page, words);
  await heading(page, "If you forget the passphrase").waitFor();
  await see(person, page, "recovery sheet offered");
  await button(page, "Make a recovery sheet").click();
  await button(page, "I have written them down").waitFor();
  await see(person, page, "recovery words");
  await button(page, "I have written them down").click();
  await heading(page, "Your account is ready").waitFor();
  await see(person, page, "account ready");
  await link(page, "Begin").click();
  await heading(page, "With yourself").waitFor();
  await see(person, page, "today, alone");
  return { person, page };
}

/** Two come together; what both see at the door. */
async function togetherSeen(world, a) {
  const { person, page } = a;
  await go(page, "/us/new");
  await see(person, page, "/us/new");
  await button(page, "Start").click();
  await page.locator("p.wrong, .trouble").first().waitFor();
  await see(person, page, "starting without a kind");
  const us = await startUs(page, { name: "Damson Orchard" });
  await see(person, page, "inviting");
  const address = await invite(page);
  await see(person, page, "an invitation that is open");

  const other = await world.person("Sam");
  const otherPage = await other.page();
  await otherPage.goto(address);
  await heading(otherPage, "Ada invites you").waitFor();
  await see(other, otherPage, "an invitation, without an account");
  await link(otherPage, "Make an account").click();
  await askForAccount(otherPage, { handle: "sam", name: "Sam", passphrase: "lantern gravel otter sam" });
  await heading(otherPage, "Your account words").waitFor();
  const words = await wordsShown(otherPage);
  await button(otherPage, "I have written them down").click();
  await confirmWords(otherPage, words);
  await button(otherPage, "Not now").click();
  await see(other, otherPage, "account ready, invited");
  await link(otherPage, "Go on with the invitation").click();
  await button(otherPage, "Knock").waitFor();
  await see(other, otherPage, "an invitation");
  await knock(otherPage);
  await see(other, otherPage, "at the door");
  await heading(page, "Sam has opened your invitation").waitFor();
  await see(person, page, "somebody knocks");
  await go(page, "/today");
  await page.getByText("Somebody has opened your invitation.").waitFor();
  await see(person, page, "today, somebody knocks");
  await go(page, `/us/${us}/invite`);
  await admit(page, "Sam");
  await page.getByText("You and Sam can read this.").waitFor();
  await otherPage.getByText("You and Ada can read this.").waitFor();
  await see(person, page, "an Us");
  return { us, b: { person: other, page: otherPage } };
}

/** Days that are over, for lines to be drawn: the clock of this browser goes back, and forth again. */
async function daysBefore({ person, page }, us) {
  const now = Date.now();
  for (const [index, mood] of [3, 7, 5].entries()) {
    await page.clock.setSystemTime(now - (3 - index) * DAY_MS);
    await reload(page, PASSPHRASE);
    await heading(page, "The clock").or(page.locator(".line-note")).first().waitFor();
    if (index === 0) await see(person, page, "the clock is far off");
    await go(page, "/me/checkin");
    await fillIn(page, { scales: { "My mood today": mood } });
    await button(page, "Keep it in Me").click();
    await page.waitForURL((url) => url.pathname === "/me");
    await checkIn(page, us, { scales: { "My mood today": mood }, answers: { "There was tension between us": false } });
    await page.getByText("Yours is in.").waitFor();
  }
  await page.clock.setSystemTime(now);
  await reload(page, PASSPHRASE);
}

const filled = (other) => ({
  scales: { "My mood today": 6, [`How close I felt to ${other}`]: 8 },
  answers: {
    [`I supported ${other} today`]: true,
    [`I noticed something I appreciate about ${other}`]: true,
    "There was tension between us": true,
  },
  words: { "What it was, in words": "You made soup.", "Something I need": "An hour alone.", "A note": "A long day." },
  kept: ["A note"],
});

async function checkInSeen(a, b, us) {
  const { person, page } = a;
  await go(page, `/us/${us}/checkin`);
  await heading(page, "Check in").waitFor();
  await see(person, page, "the check-in, empty");
  await button(page, "Look it over").click();
  await page.locator(".trouble").waitFor();
  await see(person, page, "the check-in with nothing filled in");
  await fillIn(page, filled("Sam"));
  await see(person, page, "the check-in, filled in");
  await button(page, "Look it over").click();
  await heading(page, "Before it goes").waitFor();
  await see(person, page, "looked over");
  await button(page, "Put it in").click();
  await page.getByText("Yours is in.").waitFor();
  await see(person, page, "waiting");
  await go(page, "/today");
  await see(person, page, "today, waiting");
  await go(b.page, `/us/${us}/checkin`);
  await fillIn(b.page, filled("Ada"));
  await putIn(b.page);
  await heading(b.page, "Both pages").waitFor();
  await go(page, `/us/${us}`);
  await heading(page, "Both pages").waitFor();
  await button(b.page, "I am with you").click();
  await page.getByText("From Sam").waitFor();
  await see(person, page, "revealed");
  await see(b.person, b.page, "revealed, with a word of care");
  await go(page, `/us/${us}/checkin`);
  await see(person, page, "a check-in that is open already");
}

async function theRest(a, us) {
  const { person, page } = a;
  await go(page, `/us/${us}/history`);
  await page.locator("section.chart svg").first().waitFor();
  await see(person, page, "history");
  await page.getByText("Show as a table").first().click();
  await page.locator("details.day summary").first().click();
  await page.locator("tbody tr").first().waitFor();
  await see(person, page, "history with a table and a day open");
  await go(page, `/us/${us}/rhythm`);
  await page.getByLabel("On some days of the week").check();
  await page.getByLabel("Monday").check();
  await see(person, page, "rhythm, proposing");
  await button(page, "Propose it").click();
  await page.getByText("You propose to check in").waitFor();
  await see(person, page, "rhythm, proposed");
  for (const path of [
    `/us/${us}/names`, `/us/${us}/leave`, "/us", "/me", "/me/checkin", "/me/history", "/more", "/settings", "/settings/recovery",
    "/settings/passphrase", "/settings/signout", "/settings/device",
  ]) {
    await go(page, path);
    await see(person, page, path.replace(us, "…"));
  }
  await button(page, "Show the code").click();
  await page.getByText("The words instead of the code").click();
  await see(person, page, "the code for another device");

  const second = await person.context.newPage();
  await second.goto(`${person.world.relay.url}/today`);
  await unlock(second, PASSPHRASE);
  await button(second, "Use it here").waitFor();
  await see(person, second, "open in another tab");
  await second.close();

  await lock(page);
  await see(person, page, "locked");
  await passphraseField(page).fill("another one");
  await button(page, "Unlock").click();
  await page.locator("p.wrong").waitFor();
  await see(person, page, "a wrong passphrase");
}

scenario("every page is gone through", async (world) => {
  await beforeAnAccount(world);
  await whereItCannotOpen(world);
  const a = await anAccount(world);
  const { us, b } = await togetherSeen(world, a);
  await daysBefore(a, us);
  await checkInSeen(a, b, us);
  await theRest(a, us);
}, { timeout: 420_000 });

for (const { name } of LOOKS) {
  test(`no page is hard to use, ${name}`, () => {
    assert.ok(seen >= 45, `all pages were gone through; there were ${seen}`);
    assert.equal(found[name].join("\n"), "");
  });
}
