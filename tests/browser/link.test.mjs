// Links that carry something behind `#`: it leaves the address at once, goes to no server, and is used once.
import assert from "node:assert/strict";
import { scenario, sightings } from "./harness.mjs";
import { allSent, button, fillIn, go, heading, invite, newcomer, passphraseField, startUs } from "./people.mjs";

/** What stands behind `#` is gone from the address, and from the list behind the back button. */
async function fragmentIsGone(page, fragment) {
  await page.waitForFunction(() => location.hash === "");
  const entries = await page.evaluate(() => globalThis.navigation.entries().map(({ url }) => url));
  assert.ok(entries.every((url) => !url.includes(fragment)), entries.join());
}

scenario("a code from a signed-in device takes the place of the words", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "from the first device" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("from the first device").waitFor();
  await allSent(page);
  await go(page, "/settings/device");
  assert.equal(await page.getByRole("img", { name: "A code to sign in on another device" }).count(), 0, "shown only when asked for");
  await button(page, "Show the code").click();
  await page.getByRole("img", { name: "A code to sign in on another device" }).waitFor();
  await button(page, "Hide it").click();
  await page.getByRole("img", { name: "A code to sign in on another device" }).waitFor({ state: "detached" });

  // What the code says; the camera of the other device opens it.
  const fragment = `${person.handle}=${person.sheets.words.join("-")}`;
  const other = await world.person("Ada elsewhere");
  const otherPage = await other.open(`/signin#${fragment}`);
  await otherPage.getByText(`It is for the handle ${person.handle}.`).waitFor();
  await fragmentIsGone(otherPage, person.sheets.words[0]);
  assert.equal(await otherPage.getByLabel("Account words").count(), 0);
  await passphraseField(otherPage).fill(person.passphrase);
  await button(otherPage, "Sign in").click();
  await heading(otherPage, "With yourself").waitFor();
  await go(otherPage, "/me");
  await otherPage.getByText("from the first device").waitFor();
  assert.deepEqual(sightings([fragment, person.sheets.words.join(" ")], other.network.traffic), []);

  // A part of it cut off: said, and the words can be typed.
  const third = await world.person("Ada, a third time");
  const thirdPage = await third.open(`/signin#${fragment.slice(0, -9)}`);
  await thirdPage.getByText("The code could not be read whole. Scan it again, or type the words.").waitFor();
  await thirdPage.getByLabel("Account words").waitFor();
});

scenario("an invitation that is opened in a page that is unlocked is followed there", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  await startUs(a.page, { name: "Damson Orchard" });
  const address = await invite(a.page);
  const { hash } = new URL(address);
  await go(b.page, "/join");
  await b.page.evaluate((hash) => {
    location.hash = hash;
  }, hash);
  await heading(b.page, "Ada invites you").waitFor();
  await fragmentIsGone(b.page, hash.slice(1));
  await button(b.page, "Knock").waitFor();
  assert.deepEqual(sightings([hash.slice(1)], [...a.person.network.traffic, ...b.person.network.traffic]), []);
});
