// Leaving an Us: at once, alone; and what is written there afterwards is for those who are still there.
import assert from "node:assert/strict";
import { scenario, sightings } from "./harness.mjs";
import { allSent, button, checkIn, go, heading, newcomer, putIn, reload, signIn, startUs, together } from "./people.mjs";

const REFUSED = /Failed to load resource|net::ERR_|WebSocket connection/;

scenario("one leaves alone and at once; the other writes on, and none of it reaches the one who left", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  for (const { person } of [a, b]) person.expectTrouble(REFUSED);
  const us = await together(a, b);
  const filled = (need) => ({ words: { "Something I need": need } });
  await checkIn(a.page, us, filled("said while both were here"));
  await checkIn(b.page, us, filled("said by the one who goes"));
  await heading(b.page, "Both pages").waitFor();
  await heading(a.page, "Both pages").waitFor();
  await allSent(b.page);

  // It is said plainly, and can be called off.
  await go(b.page, `/us/${us}/leave`);
  await b.page.getByText("Nobody has to agree, and no reason is asked.").waitFor();
  await b.page.getByRole("link", { name: "Stay" }).click();
  await heading(b.page, "Both pages").waitFor();
  await go(b.page, `/us/${us}/leave`);
  await button(b.page, "Leave now").click();
  await b.page.waitForURL((url) => url.pathname === "/today");
  await allSent(b.page);

  // A sees that B is gone, and writes on.
  await go(a.page, `/us/${us}`);
  await a.page.getByText("You can read this, and whoever you invite.").waitFor();
  const mark = b.person.network.mark();
  await go(a.page, `/us/${us}/names`);
  await a.page.getByLabel("How you are called here").fill("Ada afterwards");
  await button(a.page, "Keep").nth(1).click();
  await a.page.getByText("Kept.").waitFor();
  await allSent(a.page);

  // B keeps what was, and gets nothing of what comes; also after loading anew, and on another device.
  await go(b.page, "/us");
  await b.page.getByText("you have left").waitFor();
  await reload(b.page, b.person.passphrase);
  await allSent(b.page);
  await go(b.page, `/us/${us}`);
  await b.page.getByText("You have left this Us.").waitFor();
  assert.equal(await b.page.getByRole("link", { name: /^(Invite|Rhythm|Names|Leave)/ }).count(), 0);
  await go(b.page, `/us/${us}/history`);
  await b.page.locator("details.day summary").first().click();
  await b.page.getByText("said while both were here").waitFor();
  assert.equal(await b.page.getByText("Ada afterwards").count(), 0);
  await b.person.network.settled();
  const handedOut = b.person.network.since(mark).filter(({ what, way }) => way === "in" && /spaces\/.*entries.* body$/.test(what));
  assert.ok(
    handedOut.every(({ what }) => !what.includes(us)),
    "the relay hands nothing of this Us to the one who left",
  );
  assert.deepEqual(sightings(["Ada afterwards"], b.person.network.traffic), []);

  const elsewhere = await world.person("Sam elsewhere");
  elsewhere.expectTrouble(REFUSED);
  const page = await elsewhere.open("/signin");
  await signIn(page, { handle: "sam", passphrase: b.person.passphrase, words: b.person.sheets.words });
  await heading(page, "With yourself").waitFor();
  await allSent(page);
  await go(page, "/us");
  assert.equal(await page.getByText("Ada afterwards").count(), 0);

  // A's side goes on: what was revealed stays, and another can be invited.
  await go(a.page, `/us/${us}`);
  await a.page.getByText("said by the one who goes").waitFor();
  await go(a.page, `/us/${us}/invite`);
  await button(a.page, "Make an invitation").waitFor();
});

scenario("whoever is alone in an Us can check in, and it stays in Me", async (world) => {
  const { page } = await newcomer(world, "Ada");
  const us = await startUs(page, { name: "Damson Orchard" });
  await go(page, `/us/${us}/checkin`);
  await page.getByLabel("Something I need").fill("nobody to share it with yet");
  await putIn(page, "Keep it in Me");
  await page.getByText("Yours is noted in Me. Nobody else is here yet.").waitFor();
});
