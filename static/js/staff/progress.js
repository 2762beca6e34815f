// What goes on by itself: asks how far it is, and shows the page anew when it has ended.

const EVERY = 700;

async function look(part) {
  const answer = await fetch(part.dataset.progressUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const { value, max, text, busy } = await answer.json();
  const bar = part.querySelector("progress");
  const words = part.querySelector("[data-text]");
  bar.max = max || 1;
  bar.value = value;
  if (words.textContent !== text) words.textContent = text;
  return busy;
}

async function follow(part) {
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY));
    if (document.hidden) continue;
    try {
      if (!(await look(part))) return location.reload();
    } catch {
      // Away for a moment: the next look may meet a better world.
    }
  }
}

for (const part of document.querySelectorAll("[data-progress-url]")) follow(part);
