// What the last word of a search may name, offered while it is typed (ARIA: combobox with a list).
const input = document.querySelector(".search input[name=q]");
const LAST = /(?:^|[\s(])-?((?:[a-z]+:)?(?:"[^"]*|[^\s()":]+))$/i;
const BEFORE = /(?:^|[\s(])-?([^\s()":-][^\s()":]*\s+)$/;
const MOST_WORDS = 3;

if (input) {
  const list = document.createElement("ul");
  list.id = "offers";
  list.className = "offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.offers);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
    ["aria-controls", list.id], ["autocomplete", "off"]]) input.setAttribute(name, value);

  let waiting = 0;
  let asked = "";
  let at = -1;

  // The last word, and with those before it, the longest first: "dam new yor" may end in New York.
  const typed = () => {
    const text = input.value.slice(0, input.selectionStart);
    const found = text.match(LAST)?.[1] ?? "";
    const ends = found ? [found] : [];
    while (ends.length && ends.length < MOST_WORDS && !/[:"]/.test(found)) {
      const before = text.slice(0, text.length - ends[0].length).match(BEFORE)?.[1];
      if (!before || before.trim() === "OR") break;
      ends.unshift(before + ends[0]);
    }
    return ends;
  };
  const bare = (words) => words.replace(/^[a-z]+:/i, "").replaceAll('"', "").trim();

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const move = (to) => {
    const options = list.children;
    options[at]?.setAttribute("aria-selected", "false");
    at = (to + options.length) % options.length;
    options[at].setAttribute("aria-selected", "true");
    options[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[at].id);
  };

  const take = (option) => {
    const end = input.selectionStart;
    const start = end - asked.length;
    const before = `${input.value.slice(0, start)}${option.dataset.filter} `;
    input.value = before + input.value.slice(end);
    input.setSelectionRange(before.length, before.length);
    close();
    input.focus();
  };

  const show = (offers) => {
    list.replaceChildren(...offers.map((offer, n) => {
      const option = document.createElement("li");
      option.id = `offer-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.filter = offer.filter;
      const name = document.createElement("bdi");
      name.textContent = offer.name;
      const kind = document.createElement("span");
      kind.className = "meta";
      kind.textContent = input.dataset[offer.field] ?? offer.field;
      option.append(name, " ", kind);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
      return option;
    }));
    at = -1;
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(offers.length > 0));
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    const ends = typed().filter((words) => bare(words).length > 1);
    if (!ends.length) { close(); return; }
    waiting = setTimeout(async () => {
      const before = input.value;
      for (const words of ends) {
        const answer = await fetch(`/suggest?q=${encodeURIComponent(bare(words))}`);
        const offers = answer.ok ? await answer.json() : [];
        if (input.value !== before) return;
        if (offers.length) { asked = words; show(offers.slice(0, 8)); return; }
      }
      close();
    }, 120);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
}
