// Inside a frame: the organiser's colour, and the height for the page around it.

const root = document.documentElement;
if (root.dataset.color) {
  root.style.setProperty("--accent-fill", root.dataset.color);
  root.style.setProperty("--accent-ink", root.dataset.ink);
}

let told = 0;
// Only a number goes out, so whoever holds the frame may hear it.
new ResizeObserver(() => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  parent.postMessage({ type: "resize", height }, "*");
}).observe(document.body);
