// The counts beside a long list come after the list itself.
const place = document.querySelector("#facets[data-from]");
const wide = matchMedia("(min-width: 60rem)");

async function count() {
  const answer = await fetch(place.dataset.from);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("facets");
  if (found) place.replaceChildren(...found.children);
}

if (place) {
  let asked = false;
  const once = () => { if (!asked) { asked = true; count().catch(() => {}); } };
  if (wide.matches) once();
  place.closest("details").addEventListener("toggle", once);
}
