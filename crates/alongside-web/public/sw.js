// Keeps this build on the device, so that it opens without a network, and pins it: a newer one waits until the person
// takes it. It never touches what goes to the relay.
const CACHE = "alongside-{{build}}";
// What estimates new passphrases is left to the network, as those need the relay anyway.
const FILES = {{files}}.filter((file) => !file.startsWith("/assets/alongside-strength"));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith("alongside-") && name !== CACHE).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  const away = url.pathname === "/away" || url.pathname === "/away.html";
  const key = away ? "/away.html" : event.request.mode === "navigate" ? "/" : url.pathname;
  event.respondWith(
    caches.open(CACHE).then((cache) => cache.match(key)).then((kept) => kept || fetch(event.request)),
  );
});
