// 課堂簽到的離線支援：只保留簽到頁與其樣式、程式，其餘一律走網路。
const KEEP = "ohs-tablet-1";
const KEPT = /^\/ohs\/classes\/[^/]+\/tablet\/$|^\/static\//;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("ohs-tablet") && name !== KEEP).map((name) => caches.delete(name))))
    .then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin || !KEPT.test(address.pathname)) return;
  event.respondWith(fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) { const copy = answer.clone(); caches.open(KEEP).then((kept) => kept.put(event.request, copy)); }
    return answer;
  }).catch(() => caches.match(event.request).then((found) => found || Response.error())));
});
