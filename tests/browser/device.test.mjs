// What can stand in the way on the device itself, or in what reaches it: each has its own words, and nothing is lost.
import assert from "node:assert/strict";
import { helloOfTheFuture, withOneBitChanged } from "./cbor.mjs";
import { scenario } from "./harness.mjs";
import { allSent, button, fillIn, go, heading, link, newcomer, reload, signIn, together, unlock } from "./people.mjs";

const REFUSED = /Failed to load resource|net::ERR_|WebSocket connection/;
const HOUR_MS = 60 * 60 * 1000;

scenario("where it cannot open, it says why in plain words", async (world) => {
  const cases = [
    ["no WebAssembly", () => delete globalThis.WebAssembly, "This browser cannot open Alongside", /needs WebAssembly/],
    [
      "an old browser",
      () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }),
      "This browser is too old for Alongside",
      /A current Firefox, Chrome, Edge or Safari works/,
    ],
    [
      "storage refused at once",
      () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("no", "SecurityError");
        };
      },
      "This browser keeps nothing here",
      /it may be a private window/,
    ],
    [
      "storage refused later",
      () => {
        const open = IDBFactory.prototype.open;
        IDBFactory.prototype.open = function refused() {
          // A version that nobody can open: the request fails by itself, as it does in a private window.
          const request = open.call(this, "refused", 1);
          request.addEventListener("upgradeneeded", () => request.transaction.abort());
          return request;
        };
      },
      "This browser keeps nothing here",
      /it may be a private window/,
    ],
  ];
  for (const [name, script, title, words] of cases) {
    const person = await world.person(name);
    await person.context.addInitScript(script);
    const page = await person.open();
    await heading(page, title).waitFor();
    assert.match(await page.locator("main").innerText(), words, name);
    await button(page, "Leave this page quickly").click();
    await heading(page, "Unit conversions").waitFor();
    await person.close();
  }
});

scenario("full storage, emptied storage, and storage of a newer version", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  await allSent(page);

  // Full: nothing is changed, what was typed is still in the form, and it goes once there is room.
  await page.evaluate(() => {
    globalThis.roomAgain = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "for when there is room" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("There is no room left in this browser’s storage. Nothing was changed.").waitFor();
  assert.equal(await page.getByLabel("A note").inputValue(), "for when there is room");
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = globalThis.roomAgain;
  });
  await button(page, "Keep it in Me").click();
  await page.getByText("for when there is room").waitFor();
  await allSent(page);

  // A newer version was here.
  const atVersion = (version) =>
    page.evaluate(async (version) => {
      const request = indexedDB.open("alongside", version);
      await new Promise((resolve, reject) => {
        request.onsuccess = resolve;
        request.onerror = () => reject(request.error);
      });
      request.result.close();
    }, version);
  await page.goto(`${world.relay.url}/away.html`);
  await atVersion(99);
  await page.goto(world.relay.url);
  await heading(page, "A newer version has been here").waitFor();
  await page.getByText("Close all tabs of it and open it again to get the newer one.").waitFor();

  // Emptied.
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase("alongside").onsuccess = resolve;
      }),
  );
  await page.reload();
  await page.getByText("What this browser kept is gone").waitFor();
  await page.getByText("Sign in with your passphrase and account words, and it comes back.").waitFor();
  await link(page, "Sign in").click();
  await signIn(page, { handle: person.handle, passphrase: person.passphrase, words: person.sheets.words });
  await heading(page, "With yourself").waitFor();
  await go(page, "/me");
  await page.getByText("for when there is room").waitFor();
});

scenario("storage that is cleared under an open page is said", async (world) => {
  const { page } = await newcomer(world, "Ada");
  await allSent(page);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase("alongside").onsuccess = resolve;
      }),
  );
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "too late" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("What was kept here is gone: the browser or somebody has cleared it.").waitFor();
});

scenario("of two tabs one writes, the other follows and can take over", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  await allSent(page);
  const second = await person.context.newPage();
  await second.goto(`${world.relay.url}/me`);
  await unlock(second, person.passphrase);
  const follows = (page) => page.getByText("Open in another tab. You can read here; writing goes on there.");
  await follows(second).waitFor();
  assert.equal(await follows(page).count(), 0);

  // What one writes the other shows.
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "written in the first" } });
  await button(page, "Keep it in Me").click();
  await second.getByText("written in the first").waitFor();

  // The one that follows does not write, and says why.
  await go(second, "/me/checkin");
  await second.getByLabel("A note").fill("written in the second");
  await button(second, "Keep it in Me").click();
  await second.getByText("Alongside is open in another tab, and only one can write. Choose “Use it here” above.").waitFor();

  // It takes over, with what was typed.
  await button(second, "Use it here").click();
  await follows(second).waitFor({ state: "detached" });
  await follows(page).waitFor();
  await button(second, "Keep it in Me").click();
  await second.waitForURL((url) => url.pathname === "/me");
  await go(page, "/me");
  await page.getByText("written in the second").waitFor();
  await allSent(second);

  // When it closes, the other leads again.
  await second.close();
  await follows(page).waitFor({ state: "detached" });
  await go(page, "/me/checkin");
  await page.getByLabel("A note").fill("and the first again");
  await button(page, "Keep it in Me").click();
  await page.getByText("and the first again").waitFor();
  await allSent(page);

  // Locking one locks all.
  const third = await person.context.newPage();
  await third.goto(`${world.relay.url}/me`);
  await unlock(third, person.passphrase);
  await follows(third).waitFor();
  await go(page, "/more");
  await button(page, "Lock").click();
  await button(page, "Unlock").waitFor();
  await button(third, "Unlock").waitFor();
});

scenario("a clock that is far off is said, and stops nothing", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  await page.clock.setSystemTime(Date.now() + 3 * HOUR_MS);
  await reload(page, person.passphrase);
  await heading(page, "The clock of this device is off").waitFor();
  await page.getByText("It runs about 3 hours ahead.").waitFor();
  await page.clock.setSystemTime(Date.now() - 48 * HOUR_MS);
  await reload(page, person.passphrase);
  await page.getByText("It runs about 2 days behind.").waitFor();
  await button(page, "I have read this").click();
  await heading(page, "The clock of this device is off").waitFor({ state: "detached" });
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "by a wrong clock" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("by a wrong clock").waitFor();
  await allSent(page);
});

scenario("an entry that came in altered is put aside and said, and nothing else is lost", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  const us = await together(a, b);
  await allSent(b.page);
  // While B is away, A writes; and what B is handed then is not what A wrote.
  await b.page.goto(`${world.relay.url}/away.html`);
  const renamed = async (name) => {
    await go(a.page, `/us/${us}/names`);
    await a.page.getByLabel("How you are called here").fill(name);
    await button(a.page, "Keep").nth(1).click();
    await a.page.getByText("Kept.").waitFor();
    await allSent(a.page);
  };
  await renamed("Ada Altered");
  let altered = 0;
  await b.person.context.route(`**/v1/spaces/${us}/entries?*`, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    if (body.length < 200) return await route.fulfill({ response });
    altered += 1;
    await route.fulfill({ response, body: withOneBitChanged(body) });
  });
  await b.page.goto(`${world.relay.url}/us/${us}`);
  await unlock(b.page, b.person.passphrase);
  await heading(b.page, "A page came in altered and was put aside").waitFor();
  await b.page.getByText("does not carry the signature of the person it claims to be from, so it is not shown.").waitFor();
  assert.equal(altered, 1);
  assert.equal(await b.page.getByText("Ada Altered").count(), 0);
  await b.page.getByText("You and Ada can read this.").waitFor();
  // It is kept aside, as it came.
  const aside = await b.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("alongside");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("aside").objectStore("aside").count();
          counting.onsuccess = () => resolve(counting.result);
          counting.onerror = () => reject(counting.error);
        };
      }),
  );
  assert.equal(aside, 1);
  // What it can mean is said, with what one can do.
  await link(b.page, "What this can mean").click();
  await b.page.getByText("Ask the other, face to face or by voice, whether they wrote something then.").waitFor();
  await b.person.context.unroute(`**/v1/spaces/${us}/entries?*`);
  // B goes on.
  await go(b.page, "/me/checkin");
  await fillIn(b.page, { words: { "A note": "and on" } });
  await button(b.page, "Keep it in Me").click();
  await b.page.getByText("and on", { exact: true }).waitFor();
});

scenario("a relay that speaks only what comes later asks for the newer version", async (world) => {
  const { person, page } = await newcomer(world, "Ada");
  person.expectTrouble(REFUSED);
  await allSent(page);
  await person.context.route("**/v1/hello", (route) =>
    route.fulfill({ status: 200, contentType: "application/cbor", body: helloOfTheFuture() }),
  );
  await reload(page, person.passphrase);
  await heading(page, "A newer version is needed").waitFor();
  await page.getByText("Take the new version, and everything goes on; nothing is lost.").waitFor();
  await button(page, "Take it now").waitFor();
  await go(page, "/me/checkin");
  await fillIn(page, { words: { "A note": "written before the newer one" } });
  await button(page, "Keep it in Me").click();
  await page.getByText("written before the newer one").waitFor();
  await person.context.unroute("**/v1/hello");
  await reload(page, person.passphrase);
  await allSent(page);
});
