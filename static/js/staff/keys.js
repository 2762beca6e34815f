// Keys for the whole console. Nothing happens inside fields, with a modifier, or while a dialog is open.

const help = document.querySelector("[data-keys]");
const opener = document.querySelector("[data-keys-open]");
const choice = document.querySelector("[data-keys-on]");
const NEXT_KEY_MS = 1500;
let going = -Infinity;

// Whoever speaks to the machine, or writes with other devices, turns single keys off (WCAG 2.1.4). Kept in this browser.
function kept(value) {
  try {
    if (value) localStorage.setItem("keys", value);
    return localStorage.getItem("keys");
  } catch {
    return value;
  }
}

const inField = (target) => target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

function openHelp() {
  help.showModal();
}

function openSearch() {
  const menu = document.querySelector(".side-menu");
  const box = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
  if (!box.checkVisibility()) menu.open = true;
  box.focus();
  box.select();
}

function undo() {
  document.querySelector("[data-undo]")?.requestSubmit();
}

const ACTS = { "?": openHelp, "/": openSearch, u: undo, g: () => (going = performance.now()) };

if (help && opener) {
  const show = (state) => (document.documentElement.dataset.keys = state === "off" ? "off" : "on");
  choice.checked = show(kept()) === "on";
  choice.addEventListener("change", () => {
    const state = choice.checked ? "on" : "off";
    kept(state);
    show(state);
  });
  opener.hidden = false;
  opener.addEventListener("click", openHelp);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (document.documentElement.dataset.keys === "off" || inField(event.target)) return;
    const went = performance.now() - going < NEXT_KEY_MS && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    going = -Infinity;
    const act = went ? () => went.click() : ACTS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
