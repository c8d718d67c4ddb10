// Has the worker keep what is opened here, says when there is no network, and lists what can be read then.
const notice = document.getElementById("no-network");
const list = document.getElementById("kept");

function tell() {
  notice.hidden = navigator.onLine || list !== null;
}

async function showKept() {
  for (const name of (await caches.keys()).filter((name) => name.startsWith("pages of "))) {
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).reverse()) {
      const page = new DOMParser().parseFromString(await (await cache.match(request, { ignoreVary: true })).text(), "text/html");
      const heading = page.querySelector("h1");
      const title = document.createElement("a");
      title.href = request.url;
      title.textContent = (heading ?? page.querySelector("title")).textContent.trim();
      title.lang = heading?.lang || "en";
      title.dir = "auto";
      const entry = document.createElement("li");
      entry.append(title);
      list.append(entry);
    }
  }
  document.getElementById("nothing-kept").hidden = list.children.length > 0;
}

addEventListener("online", tell);
addEventListener("offline", tell);
tell();
if (list) showKept();
// One that answers already looks for a newer one by itself.
if (navigator.serviceWorker && !navigator.serviceWorker.controller) navigator.serviceWorker.register("/sw.js").catch(() => {});
