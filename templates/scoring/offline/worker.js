/* Keeps the page for work without a network, and nothing else: what it shows is encrypted in the device's own store.
   The portal is always asked first; what was kept answers when it can't be reached. */
"use strict";
const PAGE = "{{ page|escapejs }}";
const ASSETS = {{ assets|safe }};
const CACHE = "offline-page-1";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...ASSETS])));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === PAGE || ASSETS.includes(pathname)) event.respondWith(answer(event.request, pathname));
});

async function answer(request, key) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) {
      await cache.put(key, fresh.clone());
      return fresh;
    }
    return (await cache.match(key)) || fresh;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}
