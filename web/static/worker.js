// Pages that were opened are read again without a network. VERSION and FILES stand before this: web/offline.py.
const SHELL = `desk ${VERSION}`;
const PAGES = "pages of ";
const MOST = 60;
const READABLE = /^\/(?:$|about$|browse$|sources$|(?:view|source|category|place|article|story)\/)/;
const ONE_TEXT = /^\/(?:article|story)\//;

addEventListener("install", (event) => event.waitUntil((async () => {
  await (await caches.open(SHELL)).addAll(FILES);
  await skipWaiting();
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name !== SHELL && !name.startsWith(PAGES)) await caches.delete(name);
  }
  await clients.claim();
  for (const open of await clients.matchAll({ type: "window" })) {
    const url = new URL(open.url);
    if (READABLE.test(url.pathname)) await keep(url, await fetch(url, { cache: "force-cache" }));
  }
})()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && !url.pathname.startsWith("/feeds/")) event.respondWith(page(event, url));
});

async function page(event, url) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return await remembered(url) ?? caches.match("/offline", { ignoreVary: true });
  }
  event.waitUntil(keep(url, answer.clone()));
  return answer;
}

// The address of a file changes with what is in it, so one that is kept is never old.
async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

// Keeps a page for the reader it was made for, and forgets what other readers opened on this device.
async function keep(url, answer) {
  const reader = answer.headers.get("Dateline-Reader");
  if (reader === null) return;
  const own = PAGES + reader;
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES) && name !== own) await caches.delete(name);
  }
  if (answer.status !== 200 || answer.redirected || !READABLE.test(url.pathname)) return;
  const cache = await caches.open(own);
  await cache.put(url, answer);
  for (const oldest of (await cache.keys()).slice(0, -MOST)) await cache.delete(oldest, { ignoreVary: true });
}

async function remembered(url) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const cache = await caches.open(name);
    const found = await cache.match(url, { ignoreVary: true, ignoreSearch: ONE_TEXT.test(url.pathname) });
    if (found) return found;
  }
  return undefined;
}
