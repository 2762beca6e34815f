// The letter as a draft in this browser and nowhere else, for a week; never a name or an address.

const DAYS = 7;
const name = (slug) => `postbag-letter-${slug}`;

function stored(slug) {
  try {
    const draft = JSON.parse(localStorage.getItem(name(slug)));
    return draft && Date.now() - draft.at < DAYS * 864e5 ? draft : null;
  } catch {
    return null; // no storage, or not ours
  }
}

/* Erase the draft of a campaign: sent, or not wanted. */
export function forget(slug) {
  try {
    localStorage.removeItem(name(slug));
  } catch {
    /* no storage, no draft */
  }
}

/* Keep what stands in the fields of a form that says so, and bring back what was kept. */
export function keep(form, fields, write) {
  const slug = form.dataset.keep;
  const note = document.querySelector("[data-draft-note]");
  if (!slug || !note) return;
  const lang = form.elements.letter_lang?.value;
  const draft = stored(slug);
  const refused = document.querySelector("[data-error-summary]");
  if (draft && draft.lang === lang && !refused) {
    fields.forEach((field) => write(field, draft.texts[field.name] ?? field.value));
    note.querySelector("[data-draft-found]").textContent = note.dataset.found;
    note.hidden = false;
  }
  const save = () => {
    const texts = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    try {
      localStorage.setItem(name(slug), JSON.stringify({ at: Date.now(), lang, texts }));
      note.hidden = false;
    } catch {
      /* no storage, no draft and no note */
    }
  };
  for (const field of fields) field.addEventListener("input", save);
  note.querySelector("[data-forget]").addEventListener("click", () => {
    forget(slug);
    note.hidden = true;
    fields.at(-1).focus();
  });
}

// The page after sending has no form: it only says whose draft is done with.
const sent = document.querySelector("[data-sent]");
if (sent) forget(sent.dataset.sent);
