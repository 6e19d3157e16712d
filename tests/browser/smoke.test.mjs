// The page is served, starts, and is held to its policy.
import assert from "node:assert/strict";
import { scenario } from "./harness.mjs";

scenario("the page loads, has a title and a language, and complains of nothing", async (world) => {
  const person = await world.person("A");
  const page = await person.open();
  await page.locator("h1").first().waitFor();
  assert.equal(await page.locator(".boot").count(), 0, await page.locator("body").innerText());
  assert.match(await page.title(), /Alongside/);
  assert.match(await page.locator("html").getAttribute("lang"), /^[a-z]{2}/);
  assert.equal(await page.locator('meta[name="alongside-build"]').getAttribute("content"), process.env.ALONGSIDE_BUILD);
});

scenario("the policy lets in nothing foreign and nothing inline", async (world) => {
  const person = await world.person("A");
  const page = await person.page();
  const headers = (await page.goto(world.relay.url)).headers();
  const policy = new Map(
    headers["content-security-policy"].split(";").map((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      return [name, sources.join(" ")];
    }),
  );
  assert.equal(policy.get("default-src"), "'none'");
  assert.equal(policy.get("script-src"), "'self' 'wasm-unsafe-eval'");
  for (const name of ["style-src", "font-src", "connect-src", "worker-src", "manifest-src", "form-action"]) {
    assert.equal(policy.get(name), "'self'", name);
  }
  for (const name of ["base-uri", "frame-ancestors"]) assert.equal(policy.get(name), "'none'", name);
  for (const [name, sources] of policy) {
    assert.doesNotMatch(sources, /'unsafe-inline'|'unsafe-eval'|https?:|\*/, name);
  }
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
});

scenario("files named by their content are kept for good, the shell is asked for each time", async (world) => {
  const { url } = world.relay;
  const shell = await fetch(url);
  assert.match(shell.headers.get("cache-control"), /no-cache/);
  const style = /href="(\/assets\/style-[0-9a-f]+\.css)"/.exec(await shell.text())[1];
  const asset = await fetch(url + style);
  assert.equal(asset.status, 200);
  assert.match(asset.headers.get("cache-control"), /immutable/);
  assert.match((await fetch(`${url}/sw.js`)).headers.get("cache-control"), /no-cache/);
  assert.equal((await fetch(`${url}/assets/gone-0000.css`)).status, 404);
  const again = await fetch(url, { headers: { "if-none-match": shell.headers.get("etag") } });
  assert.equal(again.status, 304);
});

scenario("a page that was opened once opens again while the relay is gone", async (world) => {
  const person = await world.person("A");
  person.expectTrouble(/Failed to load resource|net::ERR_|WebSocket connection/);
  const page = await person.open();
  await person.installed(page);
  const heading = await page.locator("h1").first().textContent();
  await world.relay.kill();
  await page.reload();
  await page.locator("h1").first().waitFor();
  assert.equal(await page.locator("h1").first().textContent(), heading);
  await world.relay.restart();
  await page.reload();
  await page.locator("h1").first().waitFor();
});
