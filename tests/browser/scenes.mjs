// The pages that `cargo xtask screens` takes pictures of, in the order in which people come to them. `see(name, page)` takes the
// pictures of a page as it stands; with `{ whole: true }` also all that one would scroll to.
import {
  admit, allSent, askForAccount, button, confirmWords, fillIn, go, heading, invite, knock, link, lock, passphraseField,
  putIn, signIn, startUs, unlock, wordsShown,
} from "./people.mjs";

const PASSPHRASE = "lantern gravel otter ada";
const US = "Damson Orchard";

async function beforeAnAccount(world, see) {
  const person = await world.person("Nobody");
  const page = await person.open();
  await heading(page, "Two whole people").waitFor();
  await see("landing", page, { whole: true });
  await go(page, "/signin");
  await see("signin", page);
  await page.getByLabel("Handle").fill("somebody");
  await passphraseField(page).fill("not a passphrase");
  await page.getByLabel("Account words").fill("some words that are not enough");
  await button(page, "Sign in").click();
  await page.locator("p.wrong").waitFor();
  await see("error-words", page);
  await go(page, "/recover");
  await see("recover", page);
  await go(page, "/help");
  await see("help", page, { whole: true });
  await go(page, "/about");
  await see("about", page);
  await go(page, "/nowhere");
  await see("error-nowhere", page);
  await go(page, "/");
  await button(page, "Leave this page quickly").click();
  await heading(page, "Unit conversions").waitFor();
  await see("quick-exit", page);
  await person.close();
}

async function whereItCannotOpen(world, see) {
  const denied = await world.person("Without storage");
  await denied.context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
  });
  const page = await denied.open();
  await page.locator("h1").waitFor();
  await see("error-storage", page);
  await denied.close();
}

async function anAccount(world, see) {
  const person = await world.person("Ada");
  const page = await person.open("/start");
  await page.getByLabel("Handle").waitFor();
  await see("account", page);
  await askForAccount(page, { handle: "ada", name: "Ada", passphrase: "secret" });
  await page.locator("p.wrong").waitFor();
  await see("account-weak-passphrase", page);
  await passphraseField(page).fill(PASSPHRASE);
  await button(page, "Make the account").click();
  await heading(page, "Your account words").waitFor();
  await see("words", page, { whole: true });
  const words = await wordsShown(page);
  await button(page, "I have written them down").click();
  await heading(page, "Three of the words").waitFor();
  await see("words-asked", page);
  await confirmWords(page, words);
  await heading(page, "If you forget the passphrase").waitFor();
  await see("recovery-offered", page);
  await button(page, "Make a recovery sheet").click();
  await button(page, "I have written them down").waitFor();
  await see("recovery-sheet", page, { whole: true });
  await button(page, "I have written them down").click();
  await heading(page, "Your account is ready").waitFor();
  await see("account-ready", page);
  await link(page, "Begin").click();
  await heading(page, "With yourself").waitFor();
  await see("today-alone", page);
  await go(page, "/us");
  await see("us-none", page);
  return { person, page };
}

async function together(world, see, { page }) {
  await go(page, "/us/new");
  await see("us-new", page);
  const us = await startUs(page, { name: US });
  await see("invite", page);
  const address = await invite(page);
  await see("invite-open", page, { whole: true });

  const other = await world.person("Sam");
  const otherPage = await other.page();
  await otherPage.goto(address);
  await heading(otherPage, "Ada invites you").waitFor();
  await see("join-without-account", otherPage);
  await link(otherPage, "Make an account").click();
  await askForAccount(otherPage, { handle: "sam", name: "Sam", passphrase: "lantern gravel otter sam" });
  await heading(otherPage, "Your account words").waitFor();
  const words = await wordsShown(otherPage);
  await button(otherPage, "I have written them down").click();
  await confirmWords(otherPage, words);
  await button(otherPage, "Not now").click();
  await link(otherPage, "Go on with the invitation").click();
  await button(otherPage, "Knock").waitFor();
  await see("join", otherPage);
  await knock(otherPage);
  await see("compare-at-the-door", otherPage);
  await heading(page, "Sam has opened your invitation").waitFor();
  await see("compare", page);
  await admit(page, "Sam");
  await page.getByText("You and Sam can read this.").waitFor();
  await otherPage.getByText("You and Ada can read this.").waitFor();
  await see("us-new-together", page);
  await go(page, "/today");
  await see("today", page);
  return { us, b: { person: other, page: otherPage } };
}

const filled = (other) => ({
  scales: { "My mood today": 6, "Pressure on me today from outside": 4, [`How close I felt to ${other}`]: 8 },
  answers: {
    [`I supported ${other} today`]: true,
    [`I noticed something I appreciate about ${other}`]: true,
    "There was tension between us": false,
  },
  words: {
    "What it was, in words": "You made soup when I came home late.",
    "Something I need": "An hour alone on Saturday morning.",
    "A note": "The meeting went better than I feared.",
  },
  kept: ["A note"],
});

async function theCheckIn(see, a, b, us) {
  const { page } = a;
  await go(page, `/us/${us}/checkin`);
  await heading(page, "Check in").waitFor();
  await see("checkin", page, { whole: true });
  await fillIn(page, filled("Sam"));
  await see("checkin-filled-in", page, { whole: true });
  await button(page, "Look it over").click();
  await heading(page, "Before it goes").waitFor();
  await see("checkin-looked-over", page, { whole: true });
  await button(page, "Put it in").click();
  await page.getByText("Yours is in.").waitFor();
  await see("waiting", page);
  await go(page, "/today");
  await see("today-waiting", page);
  await go(b.page, `/us/${us}/checkin`);
  await fillIn(b.page, filled("Ada"));
  await putIn(b.page);
  await heading(b.page, "Both pages").waitFor();
  await go(page, `/us/${us}`);
  await heading(page, "Both pages").waitFor();
  await button(b.page, "I am with you").click();
  await page.getByText("From Sam").waitFor();
  await see("reveal", page, { whole: true });
}

async function theRest(world, see, { person, page }, us) {
  for (const [name, path] of Object.entries({
    rhythm: `/us/${us}/rhythm`, names: `/us/${us}/names`, leave: `/us/${us}/leave`, me: "/me", "me-checkin": "/me/checkin",
    more: "/more", settings: "/settings", recovery: "/settings/recovery", passphrase: "/settings/passphrase",
    signout: "/settings/signout", device: "/settings/device",
  })) {
    await go(page, path);
    await see(name, page);
  }
  await button(page, "Show the code").click();
  await see("device-code", page, { whole: true });
  await allSent(page);
  await world.relay.kill();
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "Written on the train." } });
  await button(page, "Keep it in Me").click();
  await page.getByText(/^The relay cannot be reached\./).waitFor();
  await see("error-unreachable", page);
  await world.relay.restart();
  await allSent(page);

  const second = await person.context.newPage();
  await second.goto(`${world.relay.url}/today`);
  await unlock(second, PASSPHRASE);
  await button(second, "Use it here").waitFor();
  await see("error-two-tabs", second);
  await second.close();
  await page.clock.setSystemTime(Date.now() + 3 * 60 * 60 * 1000);
  await page.reload();
  await unlock(page, PASSPHRASE);
  await heading(page, "The clock of this device is off").waitFor();
  await see("error-clock", page);
  await lock(page);
  await see("unlock", page);
  await passphraseField(page).fill("another one");
  await button(page, "Unlock").click();
  await page.locator("p.wrong").waitFor();
  await see("error-passphrase", page);
}

/** From nothing to a check-in that both have read, and what stands about it. */
export async function firstDay(world, see) {
  await beforeAnAccount(world, see);
  await whereItCannotOpen(world, see);
  const a = await anAccount(world, see);
  const { us, b } = await together(world, see, a);
  await theCheckIn(see, a, b, us);
  await theRest(world, see, a, us);
}

/** Half a year later: the people of the demo, whose history lies at the relay. `who` is as `demo` says it. */
export async function halfAYearLater(world, see, who) {
  const person = await world.person(who.handle);
  const page = await person.open("/signin");
  await signIn(page, who);
  await heading(page, "With yourself").waitFor();
  await link(page, "Sam & Robin").waitFor();
  await see("later-today", page);
  await link(page, "Sam & Robin").click();
  await page.getByText("You and Robin can read this.").waitFor();
  await see("later-us", page, { whole: true });
  await link(page, "The days so far").click();
  await page.locator("section.chart svg").first().waitFor();
  await see("history", page, { whole: true });
  await page.getByLabel("12 weeks").check();
  await see("history-12-weeks", page, { whole: true });
  await page.getByText("Show as a table").first().click();
  await see("history-table", page);
  await page.locator("details.day summary").nth(1).click();
  await see("history-day", page, { whole: true });
  await go(page, "/me");
  await see("later-me", page, { whole: true });
  await go(page, "/me/history");
  await page.getByLabel("12 weeks").check();
  await page.locator("section.chart svg").first().waitFor();
  await see("later-me-history", page, { whole: true });
}
