// Without a network everything goes on, through closed tabs, and comes together afterwards.
import assert from "node:assert/strict";
import { scenario } from "./harness.mjs";
import { allSent, button, checkIn, fillIn, go, heading, newcomer, reload, together, unlock } from "./people.mjs";

const OFFLINE = /net::ERR_|WebSocket connection|Failed to load resource/;

/** The tab is closed and another opened, as it is on another day. */
async function anotherDay(person) {
  const page = await person.context.newPage();
  for (const old of person.context.pages()) if (old !== page) await old.close();
  await page.goto(`${person.world.relay.url}/today`);
  await unlock(page, person.passphrase);
  return page;
}

async function says(page, words) {
  await page.getByText(words, { exact: true }).first().waitFor();
}

/** What both read in the Us, without what is only a matter of who looks. */
async function leavesOf(page, us) {
  await go(page, `/us/${us}`);
  await heading(page, "Both pages").waitFor();
  const leaves = page.locator(".leaf dl.answers");
  return (await leaves.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim()).sort();
}

scenario("both act without a relay, close their tabs, and come together when it is back", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  for (const { person } of [a, b]) person.expectTrouble(OFFLINE);
  const us = await together(a, b);
  for (const { person, page } of [a, b]) {
    await allSent(page);
    await person.installed(page);
  }

  await world.relay.kill();

  // A checks in, calls the Us something else for herself, and names herself anew; B checks in and looks back alone.
  await checkIn(a.page, us, {
    scales: { "My mood today": 6 },
    words: { "Something I need": "a walk by the river", "A note": "written without a network" },
    kept: ["A note"],
  });
  await says(a.page, "Yours is in. You will both see this when both are in.");
  await go(a.page, `/us/${us}/names`);
  await a.page.getByLabel("What you call this Us").fill("The two of us");
  await button(a.page, "Keep").first().click();
  await a.page.getByText("Kept.").first().waitFor();
  await a.page.getByLabel("How you are called here").fill("Ada Offline");
  await button(a.page, "Keep").nth(1).click();
  await a.page.getByText("Kept.").nth(1).waitFor();
  await go(b.page, "/me/checkin");
  await fillIn(b.page, { words: { "A note": "alone on the train" } });
  await button(b.page, "Keep it in Me").click();
  await says(b.page, "alone on the train");
  await checkIn(b.page, us, { scales: { "My mood today": 4 }, words: { "Something I need": "sleep" } });
  await says(b.page, "Yours is in. You will both see this when both are in.");

  // What waits is said, and that it goes by itself.
  for (const { page } of [a, b]) {
    await page.getByText(/^The relay cannot be reached\. .+ sent by (itself|themselves)\.$/).waitFor();
    await go(page, "/more");
    await page.getByTestId("connection").getByText(/The relay cannot be reached now\. .+ sent by (itself|themselves)\./).waitFor();
  }

  // A page that is loaded anew opens from this device; so does a tab of another day.
  await reload(a.page, a.person.passphrase);
  a.page = await anotherDay(a.person);
  b.page = await anotherDay(b.person);
  await go(a.page, `/us/${us}`);
  await heading(a.page, "The two of us").waitFor();
  await says(a.page, "Yours is in. You will both see this when both are in.");
  await go(b.page, "/me");
  await says(b.page, "alone on the train");
  // More is done by A, with a tab that has just been opened.
  await go(a.page, "/me/checkin");
  await fillIn(a.page, { scales: { "My mood today": 6 }, words: { "A note": "and on another day" } });
  await button(a.page, "Keep it in Me").click();
  await says(a.page, "and on another day");

  await world.relay.restart();
  await allSent(a.page);
  await allSent(b.page);
  const leaves = [await leavesOf(a.page, us), await leavesOf(b.page, us)];
  assert.equal(leaves[0].length, 2);
  assert.deepEqual(leaves[0], leaves[1]);
  assert.ok(leaves[0].some((leaf) => leaf.includes("a walk by the river")) && leaves[0].some((leaf) => leaf.includes("sleep")));
  assert.ok(!leaves[1].join().includes("written without a network"), "what A kept stayed with A");
  await b.page.getByText("Ada Offline").first().waitFor();
  await heading(b.page, "Damson Orchard").waitFor();

  // Nothing was lost on the way, and nothing was said twice: all of it is there after one more load.
  for (const one of [a, b]) await reload(one.page, one.person.passphrase);
  assert.deepEqual(await leavesOf(a.page, us), leaves[0]);
  assert.deepEqual(await leavesOf(b.page, us), leaves[1]);
  await heading(a.page, "The two of us").waitFor();
  await go(a.page, "/me");
  await says(a.page, "and on another day");
  await go(b.page, "/me");
  await says(b.page, "alone on the train");
}, { timeout: 180_000 });

scenario("a tab that is closed while its words are being sent loses none of them", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  person.expectTrouble(OFFLINE);
  await allSent(page);
  await person.installed(page);
  // The relay hears it, and the answer never comes.
  await person.context.route("**/v1/spaces/*/entries", async (route) => {
    if (route.request().method() === "POST") await route.fetch();
    await route.abort();
  });
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "sent, and not answered" } });
  await button(page, "Keep it in Me").click();
  await says(page, "sent, and not answered");
  await page.getByText(/^The relay cannot be reached\./).waitFor();
  await person.context.unroute("**/v1/spaces/*/entries");
  const later = await anotherDay(person);
  await allSent(later);
  await go(later, "/me");
  await says(later, "sent, and not answered");
});
