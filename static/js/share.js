// A phone's own menu and the clipboard, where the browser has them. Without script the links do.

for (const place of document.querySelectorAll("[data-pass-on]")) {
  if (!navigator.share) break;
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    const { passOn: url, passOnTitle: title, passOnText: text } = place.dataset;
    try {
      await navigator.share({ url, title, text });
    } catch {
      // Closed without choosing.
    }
  });
}

for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  place.hidden = false;
  const said = place.querySelector("[data-copied]");
  place.querySelector("button").addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(place.dataset.copy).value);
    said.textContent = said.dataset.copied;
  });
}
