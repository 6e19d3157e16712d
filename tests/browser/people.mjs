// What people do, in the words that they see: steps that scenarios are made of. Each ends when the page says that it is done.

/** Somewhere in the client without loading it anew, which would lock it: as a touched link does. */
export async function go(page, path) {
  await page.evaluate((path) => {
    const link = document.createElement("a");
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL((url) => url.pathname === path);
}

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const link = (page, name) => page.getByRole("link", { name });
export const heading = (page, name) => page.getByRole("heading", { name });
export const passphraseField = (page) => page.getByLabel("Passphrase", { exact: true });

/** Fills in the first step of making an account, and asks for it. */
export async function askForAccount(page, { handle, name, passphrase }) {
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("What others call you").fill(name);
  await passphraseField(page).fill(passphrase);
  await button(page, "Make the account").click();
}

/** The words of the sheet on the page. */
export async function wordsShown(page) {
  return (await page.locator("ol.words li").allTextContents()).map((word) => word.trim());
}

/** Types those of the words that are asked for. */
export async function confirmWords(page, words) {
  await heading(page, "Three of the words").waitFor();
  const asked = await page.locator("form label").allTextContents();
  for (const label of asked) {
    const position = Number(/\d+/.exec(label)[0]);
    await page.getByLabel(label, { exact: true }).fill(words[position - 1]);
  }
  await button(page, "Go on").click();
  return asked.length;
}

/** From the first step to "Your account is ready". Returns the sheets. */
export async function makeAccount(page, { recovery = false, ...who }) {
  await askForAccount(page, who);
  await heading(page, "Your account words").waitFor();
  const words = await wordsShown(page);
  await button(page, "I have written them down").click();
  await confirmWords(page, words);
  await heading(page, "If you forget the passphrase").waitFor();
  let recoveryWords;
  if (recovery) {
    await button(page, "Make a recovery sheet").click();
    await button(page, "I have written them down").waitFor();
    recoveryWords = await wordsShown(page);
    await button(page, "I have written them down").click();
  } else {
    await button(page, "Not now").click();
  }
  await heading(page, "Your account is ready").waitFor();
  return { words, recoveryWords };
}

/** A person with an account, at Today. The sheets and what they signed up with are kept on the person. */
export async function newcomer(world, name, options = {}) {
  const { recovery, passphrase = `lantern gravel otter ${name}`, called = name, ...rest } = options;
  const person = await world.person(name, rest);
  const page = await person.open("/start");
  person.handle = name.toLowerCase();
  person.passphrase = passphrase;
  person.called = called;
  person.sheets = await makeAccount(page, { handle: person.handle, name: called, passphrase, recovery });
  await link(page, "Begin").click();
  await heading(page, "With yourself").waitFor();
  return { person, page };
}

/** Starts an Us, and is then on the page for inviting into it. Returns its id. */
export async function startUs(page, { kind = "Partners", name }) {
  await go(page, "/us/new");
  await page.getByLabel(kind).check();
  await page.getByLabel("What to call it").fill(name);
  await button(page, "Start").click();
  await button(page, "Make an invitation").waitFor();
  return /^\/us\/([0-9a-f]{32})\/invite$/.exec(new URL(page.url()).pathname)[1];
}

/** Makes an invitation on the page for that, and returns the link. */
export async function invite(page) {
  await page.getByRole("button", { name: /^Make (an invitation|another one)$/ }).click();
  return await page.getByTestId("invitation-link").textContent();
}

/** Knocks, on the page of an invitation. Returns the words to compare. */
export async function knock(page) {
  await button(page, "Knock").click();
  return await compareWords(page);
}

/** The words to compare, on either side. */
export async function compareWords(page) {
  const line = page.getByTestId("compare-words");
  await line.waitFor();
  return (await line.textContent()).trim().split(/\s+/);
}

/** Lets in whoever knocks. */
export async function admit(page, name) {
  await button(page, `The words are the same: let ${name} in`).click();
}

/** Two with accounts come together in an Us. Both are at its page then. Returns its id. */
export async function together(a, b, { name = "Damson Orchard", kind } = {}) {
  const us = await startUs(a.page, { name, kind });
  const address = await invite(a.page);
  // Pasted, as an installed client does: following the link would load the page anew, and lock it.
  await go(b.page, "/join");
  await b.page.getByLabel("Link").fill(address);
  await button(b.page, "Open it").click();
  await knock(b.page);
  await admit(a.page, b.person.called);
  await a.page.getByText(`You and ${b.person.called} can read this.`).waitFor();
  await b.page.getByText(`You and ${a.person.called} can read this.`).waitFor();
  return us;
}

const inField = (control) =>
  control.locator(
    "xpath=ancestor::*[contains(concat(' ',@class,' '),' ask-one ') or contains(concat(' ',@class,' '),' depends ')][1]",
  );

/** Lets what was filled in there stay in Me. `control` is the slider, the group or the field. */
export async function keepInMe(control) {
  await inField(control).locator(":scope > fieldset.goes-set").getByLabel("Stays in Me").check();
}

/** A scale, by arrow keys. */
export async function setScale(page, name, value) {
  const slider = page.getByRole("slider", { name });
  await slider.press("Home");
  for (let step = 0; step < value; step += 1) await slider.press("ArrowRight");
  return slider;
}

/**
 * Fills in the check-in that is open: `scales` by their question, `answers` yes or no, `words` by their label; those in
 * `kept` (by the same names) stay in Me.
 */
export async function fillIn(page, { scales = {}, answers = {}, words = {}, kept = [] }) {
  for (const [name, value] of Object.entries(scales)) {
    const slider = await setScale(page, name, value);
    if (kept.includes(name)) await keepInMe(slider);
  }
  for (const [name, yes] of Object.entries(answers)) {
    const group = page.getByRole("group", { name });
    await group.getByLabel(yes ? "Yes" : "No", { exact: true }).check();
    if (kept.includes(name)) await keepInMe(group);
  }
  for (const [name, text] of Object.entries(words)) {
    const field = page.getByLabel(name, { exact: true });
    await field.fill(text);
    if (kept.includes(name)) await keepInMe(field);
  }
}

/** From filled in to put in. */
export async function putIn(page, label = "Put it in") {
  await button(page, "Look it over").click();
  await heading(page, "Before it goes").waitFor();
  await button(page, label).click();
}

/** A check-in for an Us, from anywhere. */
export async function checkIn(page, us, filled) {
  await go(page, `/us/${us}/checkin`);
  await heading(page, "Check in").waitFor();
  await fillIn(page, filled);
  await putIn(page);
}

/** The device waits longer and longer between two tries; to look at the page again makes it try now. */
export async function tryNow(page) {
  await page.evaluate(() => dispatchEvent(new Event("focus")));
}

/** Waits until the relay has all that was done here. */
export async function allSent(page) {
  await go(page, "/more");
  await tryNow(page);
  await page.getByText("Connected. Everything is sent.").waitFor();
}

/** Unlocks; what was asked for follows. */
export async function unlock(page, passphrase) {
  await passphraseField(page).fill(passphrase);
  await button(page, "Unlock").click();
  await heading(page, "Locked").waitFor({ state: "detached" });
}

/** Loads the page anew and unlocks it. */
export async function reload(page, passphrase) {
  await page.reload();
  await unlock(page, passphrase);
}

/** Locks. */
export async function lock(page) {
  await go(page, "/more");
  await button(page, "Lock").click();
  await button(page, "Unlock").waitFor();
}

/** Signs in on the device that the page is of. */
export async function signIn(page, { handle, passphrase, words }) {
  await page.getByLabel("Handle").fill(handle);
  await passphraseField(page).fill(passphrase);
  await page.getByLabel("Account words").fill(words.join(" "));
  await button(page, "Sign in").click();
}

/** Opens the account without the passphrase, and gives it a new one. */
export async function recover(page, { handle, words, recoveryWords, passphrase }) {
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Account words").fill(words.join(" "));
  await page.getByLabel("Recovery words").fill(recoveryWords.join(" "));
  await page.getByLabel("New passphrase").fill(passphrase);
  await button(page, "Open my account").click();
}
