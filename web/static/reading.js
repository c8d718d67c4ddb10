// What makes reading quicker: notes without loading the page again, keys, arrivals, the place in a list.
// Every page works without it.
"use strict";

(() => {
  const me = document.currentScript.dataset;
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const done = document.querySelector(".done");
  const list = document.querySelector(".articles");
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const memory = {
    get: (name) => { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } },
    set: (name, value) => { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  };
  const here = () => location.pathname + location.search;

  // --- notes ---

  async function send(action, fields) {
    const answer = await fetch(action, {
      method: "POST",
      headers: { "X-CSRF-Token": token, Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  function tell(said, undo = "") {
    clearTimeout(tell.timer);
    done.replaceChildren();
    if (!said) return;
    const words = document.createElement("span");
    words.textContent = said;
    done.append(words);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = me.wordundo;
      button.addEventListener("click", () => takeBack(undo));
      done.append(button);
    }
    tell.timer = setTimeout(() => { if (!done.matches(":hover, :focus-within")) tell(""); }, 20000);
  }

  function show(id, notes) {
    const article = document.getElementById(`a${id}`);
    if (!article || !notes) return;
    article.toggleAttribute("data-read", notes.read);
    for (const what of ["read", "star", "save"]) {
      const button = $(`button.${what}`, article);
      if (!button) continue;
      button.setAttribute("aria-pressed", notes[what]);
      button.value = `${notes[what] ? "un" : ""}${what}.${id}`;
    }
    const tags = $(".own-tags", article);
    if (tags) tags.replaceChildren(...notes.tags.flatMap((tag) => [chip(tag), " "]));
  }

  function chip(tag) {
    const link = document.createElement("a");
    link.className = "chip own";
    link.href = `${me.front}?${new URLSearchParams({ tag })}`;
    link.textContent = tag;
    return link;
  }

  async function act(action, fields) {
    try {
      const answer = await send(action, fields);
      if (answer.notes) show(answer.id, answer.notes);
      tell(answer.said, answer.undo);
      recount();
      return answer;
    } catch {
      tell(me.wordlost);
      return null;
    }
  }

  async function takeBack(undo) {
    const answer = await act(me.undo, { undo });
    if (answer && /^(list|all)\./.test(undo)) location.reload();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (form.id === "notes" && button && !button.closest(".tagging")) {
      event.preventDefault();
      act(form.action, { note: button.value });
    } else if (form.id === "whole") {
      event.preventDefault();
      const fields = new FormData(form, button);
      const answer = await act(form.action, fields);
      if (answer) markAll(fields.get("above") ? button.closest("article") : null);
    }
  });

  function markAll(last) {
    const articles = all("article[data-article]", list);
    const upto = last ? articles.indexOf(last) + 1 : articles.length;
    for (const article of articles.slice(0, upto)) {
      const noted = (what) => $(`button.${what}`, article)?.getAttribute("aria-pressed") === "true";
      const tags = all(".own-tags .own", article).map((one) => one.textContent);
      show(article.dataset.article, { read: true, star: noted("star"), save: noted("save"), tags });
    }
  }

  // --- tags ---

  function askForTag(article) {
    const id = article.dataset.article;
    const field = document.getElementById("tag");
    if (field) { field.focus(); return; }
    const dialog = document.createElement("dialog");
    dialog.className = "tag-dialog";
    dialog.setAttribute("aria-label", me.wordtagging);
    dialog.innerHTML = '<form method="dialog"><label><span></span> <input maxlength="100" autocomplete="off" required autofocus></label> <button></button></form>';
    $("label span", dialog).textContent = me.wordtag;
    $("button", dialog).textContent = me.wordadd;
    dialog.addEventListener("close", () => {
      const tag = $("input", dialog).value.trim();
      dialog.remove();
      if (tag && dialog.returnValue !== "no") act($("#notes").action, { note: `tag.${id}`, tag });
      $("h3 a", article)?.focus();
    });
    dialog.addEventListener("cancel", () => { $("input", dialog).value = ""; });
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.tag");
    const article = link?.closest("article[data-article]");
    if (!article || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    askForTag(article);
  });

  // --- pictures that cannot be had leave their place empty: no sign of it, and nothing jumps ---

  const missing = (image) => image.classList.add("missing");
  addEventListener("error", (event) => { if (event.target instanceof HTMLImageElement) missing(event.target); }, true);
  all("main img").filter((image) => image.complete && !image.naturalWidth).forEach(missing);

  // --- the place in the list ---

  const articles = () => all("article[data-article]", list ?? document);
  const current = () => document.activeElement?.closest("article[data-article]") ?? (list ? null : $("article[data-article]"));

  function go(article) {
    const link = $("h3 a", article);
    if (!link) return;
    link.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    article.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  }

  function inView() {
    return articles().find((one) => one.getBoundingClientRect().bottom > 80) ?? null;
  }

  function move(step) {
    if (!list) { beside(step); return; }
    const every = articles(), at = every.indexOf(current());
    if (at < 0) { const first = inView(); if (first) go(first); return; }
    if (every[at + step]) go(every[at + step]);
    else follow(step > 0 ? ".pager a[rel=next]" : ".pager a[rel=prev]");
  }

  function beside(step) {
    const trail = memory.get("trail");
    const at = trail?.articles.indexOf(location.pathname) ?? -1;
    if (at >= 0 && trail.articles[at + step]) location.assign(trail.articles[at + step]);
    else if (at >= 0) tell(step > 0 ? me.wordlast : me.wordfirst);
  }

  if (list) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("h3 a, a.picture");
      const article = link?.closest("article[data-article]");
      if (!article) return;
      memory.set("trail", {
        list: here(),
        articles: articles().map((one) => $("h3 a", one).pathname),
        y: scrollY,
      });
    });
    addEventListener("pageshow", () => {
      const trail = memory.get("trail"), left = memory.get("left");
      if (!trail || trail.list !== here() || !left) return;
      memory.set("left", null);
      const article = articles().find((one) => $("h3 a", one).pathname === left.path);
      if (!article) return;
      if (left.notes) show(article.dataset.article, left.notes);
      if (trail.articles[0] === $("h3 a", articles()[0])?.pathname) scrollTo({ top: trail.y, behavior: "instant" });
      $("h3 a", article).focus({ preventScroll: true });
      article.scrollIntoView({ block: "nearest", behavior: "instant" });
    });
  } else if ($("article.reading[data-article]")) {
    addEventListener("pagehide", () => {
      const article = $("article.reading[data-article]");
      const on = (what) => $(`button.${what}`, article)?.getAttribute("aria-pressed") === "true";
      const tags = all(".tagging .chip bdi", article).map((one) => one.textContent);
      memory.set("left", { path: location.pathname, notes: { read: on("read"), star: on("star"), save: on("save"), tags } });
    });
  }

  // --- what came since ---

  const arrivals = $(".arrivals");
  let soon = 0;

  // The counts of the page as they now are; on the page of an article those of the views alone.
  const ask = async () => {
    clearTimeout(soon);
    try {
      const response = await fetch(arrivals?.dataset.arrivals ?? me.counts, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const answer = await response.json();
      for (const [id, count] of Object.entries(answer.shelves)) {
        const place = $(`.shelves [data-shelf="${id}"] .count`);
        if (place) place.textContent = count;
      }
      for (const [id, count] of Object.entries(answer.views)) {
        const place = $(`.views .count[data-view="${CSS.escape(id)}"]`);
        if (!place) continue;
        place.hidden = !count;
        place.firstChild.textContent = count;
      }
      if (arrivals) announce(answer.new, answer.says);
    } catch { /* asked again in a minute, or after what is done next */ }
  };
  const recount = () => { clearTimeout(soon); soon = setTimeout(ask, 400); };
  const announce = (count, says) => {
    if (!count || arrivals.dataset.count === String(count)) return;
    arrivals.dataset.count = count;
    const link = document.createElement("a");
    link.href = arrivals.dataset.list;
    link.textContent = says;
    arrivals.replaceChildren(link);
  };
  const askIfSeen = () => { if (!document.hidden) ask(); };
  if (arrivals) {
    setInterval(askIfSeen, 60000);
    document.addEventListener("visibilitychange", askIfSeen);
  }
  // A page that the browser had put by says what was true when it was left.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) ask(); });

  // --- keys ---

  const follow = (selector) => { const link = $(selector); if (link) link.click(); };
  const open = (address) => location.assign(address);
  const shelf = (id) => {
    const link = $(`.shelves a[data-shelf="${id}"]`);
    open(link ? link.href : me.front + (id ? `?is=${id}` : ""));
  };
  const press = (what) => { const article = current(); if (article) $(`button.${what}`, article)?.click(); };
  const original = () => {
    const address = current()?.dataset.original;
    if (address) window.open(address, "_blank", "noopener,noreferrer");
  };
  const back = () => { const trail = memory.get("trail"); if (!list) open(trail?.list ?? me.front); };

  const KEYS = {
    j: () => move(1), n: () => move(1), k: () => move(-1), p: () => move(-1),
    o: () => { const link = list && current() && $("h3 a", current()); if (link) link.click(); },
    v: original,
    m: () => press("read"), s: () => press("star"), b: () => press("save"),
    t: () => { const article = current(); if (article) askForTag(article); },
    z: () => $(".done button")?.click(),
    r: () => location.reload(),
    u: back,
    A: () => $("button.all-read")?.click(),
    "/": () => { const field = $('input[type="search"]'); field?.focus(); field?.select(); },
    "?": () => document.getElementById("keys")?.showModal(),
    Escape: () => tell(""),
  };
  const AFTER_G = {
    a: () => shelf(""), u: () => shelf("unread"), s: () => shelf("starred"), l: () => shelf("saved"),
    v: () => $(".views a:not([aria-current])")?.focus(), o: () => follow('.desk-nav a[href$="/sources"]'),
  };
  let waits = 0;

  function key(event) {
    const target = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if ($("dialog[open]")) return;
    if (target.isContentEditable || target.closest("input, select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const second = event.timeStamp < waits;
    waits = 0;
    if (event.key === "g" && !second) { waits = event.timeStamp + 1500; return; }
    const table = second ? AFTER_G : KEYS;
    if (!Object.hasOwn(table, event.key)) return;
    event.preventDefault();
    table[event.key]();
  }

  if (me.keys === "on") document.addEventListener("keydown", key);
})();
