// The letter while it is written: chips put a placeholder where the cursor is, words are counted, offices' samples follow.

const form = document.querySelector("[data-letter]");
const sample = document.querySelector("[data-sample]");

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-chip]");
  const field = chip && document.getElementById(chip.dataset.chip);
  if (!field) return;
  field.setRangeText(chip.textContent, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

function count(field) {
  const line = document.querySelector(`[data-count="${field.name}"]`);
  if (!line) return;
  const words = field.value.split(/\s+/u).filter(Boolean).length;
  line.textContent = line.dataset.words.replace("{words}", words).replace("{characters}", [...field.value].length);
}

// One question at a time, for the last text only: a slow answer never shows an older letter.
let waiting, asking;
async function follow() {
  asking?.abort();
  asking = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.letter, { method: "POST", body, signal: asking.signal, redirect: "error" });
    if (!answer.ok) return;
    const open = [...sample.querySelectorAll("details")].findIndex((each) => each.open);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    sample.replaceChildren(...page.body.childNodes);
    [...sample.querySelectorAll("details")].forEach((each, at) => { each.open = at === Math.max(open, 0); });
  } catch {
    // Away or overtaken: the sample stays as it was, and the next letter typed asks again.
  }
}

form?.addEventListener("input", (event) => {
  count(event.target);
  clearTimeout(waiting);
  waiting = setTimeout(follow, 700);
});
