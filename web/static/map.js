/* The map of the page that tells the same in tables: outlines shaded by country, and marks for the places.
   Words come from the page, numbers from its tables and from the server. */
"use strict";

(() => {
  const box = document.getElementById("map");
  if (!box) return;
  const status = document.getElementById("map-status");
  const tools = document.getElementById("map-tools");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const WORLD = L.latLngBounds([-56, -170], [78, 180]);  // without the empty ends: most of it fits on a phone
  const DEEPEST = 8;
  const compact = new Intl.NumberFormat(document.documentElement.lang || undefined, { notation: "compact" });

  for (const part of [box, tools, document.getElementById("map-legend")]) if (part) part.hidden = false;

  const map = L.map(box, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 1,
    scrollWheelZoom: false,
    wheelPxPerZoomLevel: 120,
    maxZoom: DEEPEST,
    minZoom: Math.max(0, Math.floor(Math.log2(box.clientWidth / 256) * 4) / 4),
    maxBounds: [[-75, -180], [85.05, 180]],
    maxBoundsViscosity: 1,
    renderer: L.svg({ padding: 0.5 }),
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
  });
  // The wheel scrolls the page until the map is taken in hand.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);

  /* --- where the map begins: at the box of the filter, else around all it finds --- */

  const begin = () => {
    const [south, west, north, east] = (box.dataset.bounds || "").split(",").map(Number);
    const known = Number.isFinite(east) && west <= east;
    const around = known ? L.latLngBounds([[south, west], [north, east]]) : WORLD;
    // One far place (a station in Antarctica) must not push the north out of a map that shows the whole width anyway.
    const all = around.getNorth() > 0 && map.getBoundsZoom(around, false, L.point(64, 64)) <= map.getMinZoom();
    map.fitBounds(all ? WORLD : around, { maxZoom: 5, padding: all ? [0, 0] : [32, 32], animate: false });
  };

  /* --- countries --- */

  const rows = new Map([...document.querySelectorAll("[data-country]")].map((row) => [row.dataset.country, row]));

  const country = (feature, layer) => {
    const row = rows.get(feature.id);
    if (!row) return;
    layer.bindTooltip(() => `${row.cells[0].textContent.trim()}: ${row.cells[1].textContent}`, { sticky: true });
    layer.on("click", () => { if (!drawing) location.assign(row.querySelector("a").href); });
  };

  const outlines = async () => {
    const topology = await (await asked(box.dataset.outline)).json();
    L.geoJSON(topojson.feature(topology, topology.objects.countries), {
      style: ({ id }) => ({
        className: `land step-${rows.get(id)?.dataset.step ?? 0}`,
        interactive: rows.has(id),
      }),
      onEachFeature: country,
    }).addTo(map);
  };

  const asked = async (url, options) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options });
    if (!answer.ok) throw new Error(`${answer.status} ${url}`);
    return answer;
  };
  const failed = (error) => { if (error.name !== "AbortError") status.textContent = box.dataset.failed; };

  /* --- marks --- */

  let marks = new Map();
  let last = new AbortController();

  const icon = ({ count }) => {
    const text = document.createElement("span");
    text.textContent = compact.format(count);
    const size = Math.min(4, String(count).length);
    return L.divIcon({ className: `cluster size-${size}`, html: text, iconSize: null });
  };

  const mark = (cluster) => {
    const made = L.marker([cluster.lat, cluster.lon], { icon: icon(cluster), riseOnHover: true, zIndexOffset: -cluster.count });
    made.on("add", () => made.getElement().setAttribute("aria-label", cluster.label));
    made.on("click", () => tell(cluster, made).catch(failed));
    made.on("keydown", ({ originalEvent }) => {
      if (originalEvent.key === "Enter" || originalEvent.key === " ") { originalEvent.preventDefault(); tell(cluster, made).catch(failed); }
    });
    return made;
  };

  const show = async () => {
    last.abort();
    last = new AbortController();
    const seen = map.getBounds();
    const edges = [
      Math.max(seen.getSouth(), -90), Math.max(seen.getWest(), -180), Math.min(seen.getNorth(), 90), Math.min(seen.getEast(), 180),
    ];
    const url = new URL(box.dataset.clusters, location.href);
    url.searchParams.set("zoom", map.getZoom());
    url.searchParams.set("within", edges.map((degrees) => degrees.toFixed(4)).join(","));
    const { clusters, says } = await (await asked(url, { signal: last.signal })).json();
    const shown = new Map();
    for (const cluster of clusters) {
      if (!seen.contains([cluster.lat, cluster.lon])) continue;
      const key = `${cluster.label} ${cluster.box}`;
      shown.set(key, marks.get(key) || mark(cluster).addTo(map));
    }
    for (const [key, old] of marks) if (!shown.has(key)) old.remove();
    marks = shown;
    status.textContent = says;
  };

  /* --- one mark: its newest articles --- */

  const told = document.getElementById("map-told");
  let chosen = null;  // the mark that is told of

  const tell = async (cluster, from) => {
    const url = box.dataset.articles + new URL(cluster.map, location.href).search;
    const { articles } = await (await asked(url)).json();
    untell();
    chosen = { cluster, from };
    from.getElement()?.classList.add("chosen");
    told.querySelector("h3").textContent = cluster.label;
    told.querySelector("ul").replaceChildren(...articles.map(line));
    told.querySelector("a.chip").href = cluster.list;
    told.querySelector("[data-do=closer]").hidden = cluster.places < 2 || map.getZoom() >= DEEPEST;
    told.hidden = false;
    told.scrollTop = 0;
    told.querySelector("h3").focus({ preventScroll: true });
    told.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  };

  const untell = () => {
    if (!chosen) return;
    const within = told.contains(document.activeElement);
    chosen.from.getElement()?.classList.remove("chosen");
    told.hidden = true;
    if (within) (chosen.from.getElement() || box).focus({ preventScroll: true });
    chosen = null;
  };

  const closer = () => {
    const [south, west, north, east] = chosen.cluster.box.split(",").map(Number);
    untell();
    map.fitBounds([[south, west], [north, east]], { padding: [40, 40] });
    box.focus({ preventScroll: true });
  };

  const line = ({ title, url, language, source, at }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = url;
    link.textContent = title;
    link.dir = "auto";
    if (language) link.lang = language;
    const meta = document.createElement("span");
    meta.className = "meta";
    const [by, when] = [document.createElement("bdi"), document.createElement("time")];
    [by.textContent, when.textContent] = [source, at];
    meta.append(by, " · ", when);
    item.append(link, meta);
    return item;
  };

  /* --- an area as filter --- */

  const narrow = (bounds) => {
    const west = Math.max(bounds.getWest(), -180), east = Math.min(bounds.getEast(), 180);
    const to = new URL(location.href);
    const edges = [Math.max(bounds.getSouth(), -90), west, Math.min(bounds.getNorth(), 90), east];
    to.searchParams.set("box", edges.map((degrees) => Number(degrees.toFixed(3))).join(","));
    location.assign(to);
  };

  let drawing = false;
  let drawn = null;
  const pencil = tools.querySelector("[data-do=draw]");

  const draw = (on) => {
    drawing = on;
    pencil.setAttribute("aria-pressed", on);
    box.classList.toggle("drawing", on);
    map.dragging[on ? "disable" : "enable"]();
    drawn?.shape.remove();
    drawn = null;
  };

  map.on("mousedown", ({ latlng }) => {
    if (drawing) drawn = { from: latlng, shape: L.rectangle([latlng, latlng], { className: "area", interactive: false }).addTo(map) };
  });
  map.on("mousemove", ({ latlng }) => drawn?.shape.setBounds([drawn.from, latlng]));
  map.on("mouseup", ({ latlng }) => {
    if (!drawn) return;
    const bounds = L.latLngBounds(drawn.from, latlng);
    draw(false);
    if (bounds.getNorth() > bounds.getSouth() && bounds.getEast() > bounds.getWest()) narrow(bounds);
  });

  tools.addEventListener("click", ({ target }) => {
    const wish = target.dataset.do;
    if (wish === "view") narrow(map.getBounds());
    if (wish === "draw") draw(!drawing);
    if (wish === "world") map.fitBounds(WORLD);
  });
  told.addEventListener("click", ({ target }) => {
    if (target.dataset.do === "close") untell();
    if (target.dataset.do === "closer") closer();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    if (drawing) draw(false);
    else untell();
  });

  /* --- the bars: one stop of Tab, arrows go from bar to bar --- */

  const bars = [...document.querySelectorAll(".bars a")];
  document.querySelector(".bars")?.addEventListener("keydown", (event) => {
    const backwards = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const step = { ArrowLeft: -backwards, ArrowRight: backwards, Home: -bars.length, End: bars.length }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = bars.indexOf(document.activeElement.closest(".bars a"));
    const next = bars[Math.max(0, Math.min(bars.length - 1, at + step))];
    bars.forEach((bar) => bar.setAttribute("tabindex", bar === next ? 0 : -1));
    next.focus();
  });

  map.on("moveend", () => show().catch(failed));
  begin();
  outlines().catch(failed);
})();
