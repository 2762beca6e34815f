// j and k walk through the rows of a table, Enter opens one, x selects it. The row that has the focus is marked.

// Rows that only tell figures are passed over.
const rows = () =>
  [...document.querySelectorAll("main [data-rows] tbody tr")].filter((row) => row.checkVisibility() && row.querySelector("a, input"));
const isField = (target) => target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement.closest("tr"));
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1)];
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  x: (row) => row?.querySelector("input[type=checkbox]")?.click(),
  Enter: (row) => row?.querySelector("a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(target)) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  const row = target.closest("[data-rows] tbody tr");
  // Enter on a link or a button inside the row is theirs.
  if (!ACTS[key] || (key === "Enter" && target !== row) || (key === "x" && !row)) return;
  event.preventDefault();
  ACTS[key](row);
});
