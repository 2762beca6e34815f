// Renews the parts of the dashboard that are worked out on the server: today's number, shares, forecast, lanes,
// milestones. The plain numbers come by the event stream (counter.js), which also says when something has moved.

const LEAST_MS = 5_000;
const EVERY_MS = 60_000;

const root = document.querySelector("[data-now]");
let asked = Date.now();
let timer = 0;
let asking = false;

function renew(fresh) {
  const part = root.querySelector(`[data-part="${fresh.dataset.part}"]`);
  // Not under somebody's fingers, and nothing that stays as it is.
  if (!part || part.contains(document.activeElement) || part.innerHTML === fresh.innerHTML) return;
  part.replaceChildren(...fresh.childNodes);
}

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  asked = Date.now();
  try {
    const answer = await fetch(root.dataset.now, { signal: AbortSignal.timeout(LEAST_MS) });
    // A session that has ended answers with the sign-in page.
    if (answer.redirected) return stop();
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.querySelectorAll("[data-part]").forEach(renew);
  } catch {
    // The next turn tries again.
  } finally {
    asking = false;
  }
  plan(EVERY_MS);
}

function plan(wait) {
  clearTimeout(timer);
  timer = setTimeout(ask, Math.max(wait, asked + LEAST_MS - Date.now()));
}

function moved() {
  // What moves all the time is renewed every few seconds, not put off each time.
  if (root.dataset.planned) return;
  root.dataset.planned = "1";
  setTimeout(() => { delete root.dataset.planned; ask(); }, Math.max(0, asked + LEAST_MS - Date.now()));
}

function stop() {
  clearTimeout(timer);
  root.removeEventListener("counter", moved);
}

root.addEventListener("counter", moved);
document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(0); });
plan(EVERY_MS);
