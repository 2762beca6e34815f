// Saves a form while somebody writes in it, and shows Markdown as people will read it. The server decides what is kept:
// a form of an older version is answered with 409, and the page with both texts is one press away.

const WAIT_MS = 1_500;

function autosave(form) {
  const said = form.querySelector("[data-saved]");
  let timer = 0;
  let saving = false;
  let dirty = false;

  const say = (words) => { if (said.textContent !== words) said.textContent = words; };

  function mark(errors) {
    for (const field of form.elements) {
      if (!field.name || !field.id) continue;
      const words = errors[field.name];
      let place = document.getElementById(`${field.name}-error`);
      if (words && !place) {
        place = Object.assign(document.createElement("p"), { className: "error", id: `${field.name}-error` });
        field.before(place);
        field.setAttribute("aria-describedby", `${place.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
      }
      if (place) place.textContent = words ?? "";
      if (words) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }

  // What somebody else wrote in fields that nobody touched here. One that was touched meanwhile is left, and then the
  // form stays at its old version, so that its next save shows both texts.
  function take(answer, sent) {
    const touched = Object.keys(answer.fresh).some((name) => form.elements[name].value !== sent.get(name));
    if (touched) return;
    for (const [name, value] of Object.entries(answer.fresh)) form.elements[name].value = value;
    form.elements.version.value = answer.version;
    form.elements.base.value = answer.base;
  }

  function offerBoth(words) {
    dirty = false; // the button below sends everything
    say(words);
    const button = Object.assign(document.createElement("button"), { className: "button button-small", type: "submit", name: "act", value: "keep" });
    button.textContent = said.dataset.compare;
    said.append(" ", button);
  }

  async function save() {
    if (saving) return plan();
    saving = true;
    dirty = false;
    say(said.dataset.saving);
    const sent = new FormData(form);
    try {
      const reply = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(sent), headers: { "X-Autosave": "1" }, redirect: "error",
      });
      const answer = await reply.json();
      if (answer.clash) return offerBoth(answer.say);
      mark(answer.errors ?? {});
      if (reply.ok) take(answer, sent);
      say(answer.say);
      dirty ||= !reply.ok;
    } catch {
      dirty = true;
      say(said.dataset.lost);
    } finally {
      saving = false;
    }
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  }

  form.addEventListener("input", () => { dirty = true; plan(); });
  form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

function preview(area) {
  const shown = document.querySelector(`[data-said="${area.name}"]`);
  let timer = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    const body = new URLSearchParams({ text: area.value, csrf_token: area.form.elements.csrf_token.value });
    try {
      const reply = await fetch(area.dataset.preview, { method: "POST", body, redirect: "error" });
      if (!reply.ok || mine !== asked) return;
      // From the server, by the same code that makes the public page.
      const page = new DOMParser().parseFromString((await reply.json()).html, "text/html");
      shown.replaceChildren(...page.body.childNodes);
    } catch {
      // The next key tries again.
    }
  }

  if (shown) area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 400); });
}

document.querySelectorAll("form[data-autosave]").forEach(autosave);
document.querySelectorAll("textarea[data-preview]").forEach(preview);
