// A button beside each text that is there to be copied.
const { wordcopy: copy, wordcopied: copied } = document.querySelector("script[data-wordcopy]").dataset;
for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = copied;
    setTimeout(() => { button.textContent = copy; }, 2000);
  });
  text.after(button);
}
