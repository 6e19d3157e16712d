// The suite that every store must pass, on this browser's own storage. The page that runs it is in development builds alone.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { scenario } from "./harness.mjs";
import { EMBEDDED, given } from "./relay.mjs";

const NAME_OF_ITS_DATABASE = "alongside-conformance";

if (EMBEDDED) {
  scenario("the release has nothing in it that is there for tests", async (world) => {
    const person = await world.person("A");
    const page = await person.open("/conformance");
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    const assets = join(given("ALONGSIDE_WEB"), "assets");
    const programs = (await readdir(assets)).filter((name) => name.endsWith(".wasm"));
    assert.ok(programs.length > 0);
    for (const name of programs) {
      assert.ok(!(await readFile(join(assets, name))).includes(NAME_OF_ITS_DATABASE), name);
    }
  });
} else {
  scenario("IndexedDB does what every store must do", async (world) => {
    const person = await world.person("A");
    const page = await person.open("/conformance");
    await page.locator("#conformance").waitFor();
    assert.equal(await page.locator("#conformance").innerText(), "conforms");
    const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    assert.ok(databases.includes(NAME_OF_ITS_DATABASE), "it was this browser's storage that was asked");
  });
}
