// The page of widgets: a choice shows at once, and the lines are copied with one click.

const form = document.querySelector("[data-widget]");
const said = document.querySelector("[data-copied]");
let turn = 0;

function wake() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

async function show() {
  const mine = ++turn;
  const query = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${form.action}?${query}`);
  if (mine !== turn) return;
  // A session that has ended answers with the sign-in page.
  if (!answer.ok || answer.redirected) return form.submit();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("[data-made]").replaceWith(document.adoptNode(page.querySelector("[data-made]")));
  history.replaceState(null, "", `?${query}`);
  wake();
}

form.addEventListener("change", () => show().catch(() => form.submit()));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = button.textContent = button.dataset.done;
  } catch {
    field.select(); // no clipboard without https: Ctrl+C then
  }
});
wake();
