import { World } from "./harness.mjs";
const w = await World.make();
const p = await w.person("A");
p.context.on("requestfailed", r => console.log("failed", r.method(), r.url(), r.failure()));
p.context.on("serviceworker", s => console.log("sw", s.url()));
const page = await p.open();
await new Promise(r => setTimeout(r, 3000));
console.log(await page.evaluate(async () => { const r = await navigator.serviceWorker.getRegistration(); return r ? [r.installing?.state, r.waiting?.state, r.active?.state, await caches.keys()] : "none"; }));
console.log(await page.evaluate(async () => { try { const r = await navigator.serviceWorker.register("/sw.js"); return String(r.installing?.state) } catch (e) { return String(e) } }));
const files = JSON.parse(/FILES = (\[.*\])/.exec(await (await fetch(w.relay.url + "/sw.js")).text())[1]);
for (const f of files) { const r = await fetch(w.relay.url + f); console.log(r.status, f, (await r.arrayBuffer()).byteLength); }
console.log(p.troubles);
await w.close();
