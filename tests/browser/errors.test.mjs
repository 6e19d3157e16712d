// What can stand in the way at the relay and in what is typed: each has its own words, beside what it is about, and a way on.
import assert from "node:assert/strict";
import { scenario } from "./harness.mjs";
import {
  allSent, askForAccount, button, fillIn, go, heading, invite, knock, link, newcomer, passphraseField, recover, reload, signIn,
  startUs, unlock,
} from "./people.mjs";

/** The words with another in one place. */
const replaced = (words, at, other) => words.map((word, place) => (place === at ? other : word));

const REFUSED = /Failed to load resource|net::ERR_|WebSocket connection/;

/** Waits until that is said at the field of that label, which then has the focus: one can set it right at once. */
async function saidAt(page, label, words) {
  const field = page.getByLabel(label, { exact: true });
  const wrong = page.locator("p.wrong").filter({ hasText: words });
  await wrong.waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true", `${label} is marked`);
  assert.ok(await field.evaluate((field) => field === document.activeElement), `${label} has the focus`);
  const described = (await field.getAttribute("aria-describedby")).split(" ");
  const around = await wrong.evaluate((wrong) => wrong.closest("[id]").id);
  assert.ok(described.includes(around), `${label} is described by it`);
}

scenario("what is typed wrong is said at its field, and nothing else is lost", async (world) => {
  const { person, page } = await newcomer(world, "Ada", { recovery: true });
  const { words, recoveryWords } = person.sheets;
  const other = await newcomer(world, "Sam", { recovery: true });
  for (const one of [person, other.person]) one.expectTrouble(REFUSED);

  // At the lock.
  await page.reload();
  await passphraseField(page).fill("lantern gravel otter");
  await button(page, "Unlock").click();
  await saidAt(page, "Passphrase", /not the passphrase of this device/);
  await unlock(page, person.passphrase);

  // A handle that somebody has; what else was typed stays.
  const next = await world.person("Next");
  next.expectTrouble(REFUSED);
  const nextPage = await next.open("/start");
  await askForAccount(nextPage, { handle: "ada", name: "Another", passphrase: "four plums on a bicycle" });
  await saidAt(nextPage, "Handle", /Somebody has this handle already\. A different one will do/);
  assert.equal(await nextPage.getByLabel("What others call you").inputValue(), "Another");
  await nextPage.getByLabel("Handle").fill("a?");
  await button(nextPage, "Make the account").click();
  await nextPage.getByText("A handle has 3 to 32 of the letters").waitFor();

  // Signing in: which of the three it is, and which word.
  await go(nextPage, "/signin");
  const attempt = (changes) => signIn(nextPage, { handle: "ada", passphrase: person.passphrase, words, ...changes });
  await attempt({ words: words.slice(0, 11) });
  await saidAt(nextPage, "Account words", /There are 11 words here; twelve are needed/);
  await attempt({ words: replaced(words, 6, "umbrela") });
  await saidAt(nextPage, "Account words", /Word 7, .umbrela., is not one of the list/);
  const [first, second, ...rest] = words;
  const swapped = [second, first, ...rest];
  await attempt({ words: swapped });
  // A swap fits by chance once in sixteen; then the words are sound, and another account's.
  await saidAt(nextPage, "Account words", /together they do not fit|belong to another account/);
  await attempt({ words: other.person.sheets.words });
  await saidAt(nextPage, "Account words", /belong to another account/);
  await attempt({ passphrase: "lantern gravel otter" });
  await saidAt(nextPage, "Passphrase", /Handle and passphrase do not go together/);
  await attempt({ handle: "nobody-here" });
  await saidAt(nextPage, "Passphrase", /Handle and passphrase do not go together/);

  // Recovering: which sheet it is.
  await go(nextPage, "/recover");
  const retry = (changes) =>
    recover(nextPage, { handle: "ada", words, recoveryWords, passphrase: "four plums on a bicycle", ...changes });
  await retry({ recoveryWords: replaced(recoveryWords, 11, "xylofone") });
  await saidAt(nextPage, "Recovery words", /Word 12, .xylofone./);
  await retry({ words: words.slice(1) });
  await saidAt(nextPage, "Account words", /There are 11 words/);
  await retry({ recoveryWords: other.person.sheets.recoveryWords });
  await saidAt(nextPage, "Recovery words", /not the recovery words of this account/);
  // Whether there is such an account, and with a second sheet, is not told to whoever asks.
  const notTold = /with this handle they open nothing\..*or the account has no recovery sheet/;
  await retry({ words: other.person.sheets.words });
  await saidAt(nextPage, "Account words", notTold);
  await retry({ words: words.slice(2) });
  await saidAt(nextPage, "Account words", /There are 10 words/);
  await retry({ handle: "nobody-here" });
  await saidAt(nextPage, "Account words", notTold);
  await retry({ handle: "?" });
  await saidAt(nextPage, "Handle", /no such account here/);
  await retry({ passphrase: "password" });
  await saidAt(nextPage, "New passphrase", /would be guessed quickly/);
}, { relay: { args: ["--rate-factor", "0"] } });

scenario("a relay that cannot be reached is said, and what was typed waits for it", async (world) => {
  const person = await world.person("Ada");
  person.expectTrouble(REFUSED);
  const page = await person.open("/start");
  await page.getByLabel("Handle").waitFor();
  await world.relay.kill();
  await askForAccount(page, { handle: "ada", name: "Ada", passphrase: "lantern gravel otter ada" });
  await page.getByText("The relay cannot be reached now. What you wrote stays on this device").waitFor();
  await world.relay.restart();
  await button(page, "Make the account").click();
  await heading(page, "Your account words").waitFor();
});

scenario("an account that has used its room goes on, and sends when there is room again", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  person.expectTrouble(REFUSED);
  const LONG = "All of this is to fill up the room that there is. ".repeat(30);
  const full = heading(page, "Your room on the relay is used up");
  for (let note = 0; !(await full.isVisible()); note += 1) {
    assert.ok(note < 20, "the room is used up at some time");
    await go(page, "/me/checkin");
    await fillIn(page, { words: { "A note": `${note} ${LONG}` } });
    await button(page, "Keep it in Me").click();
    await page.getByText(`${note} All of this`).waitFor();
    await go(page, "/more");
    await page.getByText("Everything is sent.").or(full).first().waitFor();
  }
  await page.getByText("What you write stays safe on this device. Whoever runs the relay can give you more.").waitFor();
  // Whoever runs the relay gives more.
  world.relay.args = [];
  await world.relay.restart();
  await allSent(page);
  await full.waitFor({ state: "detached" });
}, { relay: { args: ["--quota-bytes", "20000"] } });

scenario("a relay that is full says so, and what was written goes out when it has room", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  person.expectTrouble(REFUSED);
  const LONG = "All of this is to fill up the room that there is. ".repeat(30);
  await allSent(page);
  world.relay.args = ["--max-store-bytes", "4096"];
  await world.relay.restart();
  const full = heading(page, "The relay is full");
  for (let note = 0; !(await full.isVisible()); note += 1) {
    assert.ok(note < 20, "it is full at some time");
    await go(page, "/me/checkin");
    await fillIn(page, { words: { "A note": `${note} ${LONG}` } });
    await button(page, "Keep it in Me").click();
    await page.getByText(`${note} All of this`).waitFor();
    await go(page, "/more");
    await page.getByText("Everything is sent.").or(full).first().waitFor();
  }
  await page.getByText("Whoever runs the relay can make some.").waitFor();
  world.relay.args = [];
  await world.relay.restart();
  await allSent(page);
});

scenario("an invitation works once, for another, in its time", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  const c = await newcomer(world, "Kim");
  for (const { person } of [a, b, c]) person.expectTrouble(REFUSED);
  const us = await startUs(a.page, { name: "Damson Orchard" });
  const address = await invite(a.page);
  const paste = async (page, text) => {
    await go(page, "/join");
    await page.getByLabel("Link").fill(text);
    await button(page, "Open it").click();
  };
  const away = async (page) => {
    await link(page, "Go to the start").click();
    await heading(page, "With yourself").waitFor();
  };

  // Not a whole link.
  await paste(b.page, "https://example.org/somewhere");
  await b.page.getByText("This is not a whole invitation link.").waitFor();
  await paste(b.page, address.slice(0, -6));
  await b.page.getByText("This is not a whole invitation link.").waitFor();
  await away(b.page);

  // One's own.
  await paste(a.page, address);
  await a.page.getByText("This invitation is your own. Send it to the person it is for.").waitFor();
  await away(a.page);

  // Used: by a third, after the second has knocked; and still after that one has been let in.
  await paste(b.page, address);
  await knock(b.page);
  await paste(c.page, address);
  await c.page.getByText("This invitation has been used already. If it was not you, tell whoever sent it").waitFor();
  await away(c.page);
  await go(a.page, `/us/${us}/invite`);
  await button(a.page, "The words are the same: let Sam in").click();
  await b.page.getByText("You and Ada can read this.").waitFor();
  await paste(c.page, address);
  await c.page.getByText("This invitation has been used already.").waitFor();
  await away(c.page);

  // Taken back.
  await go(a.page, `/us/${us}/invite`);
  const second = await invite(a.page);
  await button(a.page, "Take this invitation back").click();
  await button(a.page, "Make an invitation").waitFor();
  await paste(c.page, second);
  await c.page.getByText("This invitation is over: its time is up, or it was taken back. You can ask for a new one.").waitFor();
  await away(c.page);

  // Turned away: whoever knocked is told, in words that blame nobody.
  const third = await invite(a.page);
  await paste(c.page, third);
  await knock(c.page);
  await button(a.page, "Turn away").click();
  await heading(c.page, "This invitation is over").waitFor();
  await button(c.page, "Forget this invitation").click();
  await heading(c.page, "This invitation is over").waitFor({ state: "detached" });

  // Out of time, and nobody came. (For who follows one, the relay says that it is over, as it did above.)
  await go(a.page, `/us/${us}/invite`);
  await invite(a.page);
  await a.page.clock.setSystemTime(Date.now() + 60 * 24 * 60 * 60 * 1000);
  await reload(a.page, a.person.passphrase);
  await heading(a.page, "An invitation has run out").waitFor();
  await button(a.page, "Clear it away").click();
  await button(a.page, "Make an invitation").waitFor();
}, { relay: { args: ["--rate-factor", "0"] } });

scenario("a device that was signed out from elsewhere connects again with the passphrase", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  person.expectTrouble(REFUSED);
  await allSent(page);
  const other = await world.person("Ada elsewhere");
  other.expectTrouble(REFUSED);
  const otherPage = await other.open("/signin");
  await signIn(otherPage, { handle: "ada", passphrase: person.passphrase, words: person.sheets.words });
  await heading(otherPage, "With yourself").waitFor();
  const changed = "four plums on a bicycle";
  await go(otherPage, "/settings/passphrase");
  await otherPage.getByLabel("Passphrase until now").fill("not this one");
  await otherPage.getByLabel("New passphrase").fill(changed);
  await button(otherPage, "Change it").click();
  await saidAt(otherPage, "Passphrase until now", /not the passphrase of this device/);
  await otherPage.getByLabel("Passphrase until now").fill(person.passphrase);
  await button(otherPage, "Change it").click();
  await otherPage.getByText("The new passphrase holds from now on. Your other devices are signed out.").waitFor();

  await heading(page, "Signed out").waitFor();
  await page.getByText("This device was signed out from elsewhere, or was away for long.").waitFor();
  await passphraseField(page).fill(person.passphrase);
  await button(page, "Connect again").click();
  await page.locator("p.wrong").waitFor();
  await passphraseField(page).fill(changed);
  await button(page, "Connect again").click();
  await heading(page, "Signed out").waitFor({ state: "detached" });
  await allSent(page);
}, { relay: { args: ["--rate-factor", "0"] } });
