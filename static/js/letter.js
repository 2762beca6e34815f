// The letter follows the writer: signature, length, share, facts, draft, and back to the model. All of it works without.

// Browsers keep scripts for a year: only the page knows the addresses of the present ones, and has them loaded already.
const form = document.querySelector("[data-share-script]");
const { shareScript, draftScript } = form?.dataset ?? {};
const [{ known }, { keep }] = form ? await Promise.all([import(shareScript), import(draftScript)]) : [{}, {}];

const page = document.documentElement;
const locale = page.dataset.locale || page.lang;
const digits = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const plural = new Intl.PluralRules(page.lang);
const find = (selector) => document.querySelector(selector);
const [subject, own, body] = ["subject", "own_line", "body"].map((id) => document.getElementById(id));
const fields = [subject, own, body].filter(Boolean);
const model = (field) => field.dataset.model ?? field.defaultValue;
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

function write(field, text) {
  if (field.value === text) return;
  field.value = text;
  changed(field);
}

for (const line of document.querySelectorAll("[data-follows]")) {
  const field = document.getElementById(line.dataset.follows);
  const follow = () => {
    const words = field.value.trim();
    line.textContent = words || line.dataset.empty || "";
    line.classList.toggle("is-empty", !words);
  };
  field.addEventListener("input", follow);
  follow();
}

if (!CSS.supports("field-sizing", "content")) {
  for (const area of document.querySelectorAll("[data-grow]")) {
    const grow = () => {
      area.style.blockSize = "auto";
      area.style.blockSize = `${area.scrollHeight + 2}px`;
    };
    area.addEventListener("input", grow);
    grow();
  }
}

/* Facts: a tap puts the sentence with its source where the cursor was, another takes it out. */
const facts = [...document.querySelectorAll("[data-fact]")];
const status = find("[data-added]");
let typedIn = false;
body?.addEventListener("focus", () => (typedIn = true));

function put(text) {
  const lastGap = body.value.lastIndexOf("\n\n");
  const at = typedIn ? body.selectionEnd : lastGap < 0 ? body.value.length : lastGap;
  const before = body.value.slice(0, at);
  const after = body.value.slice(at);
  const gap = typedIn && before && !/\s$/.test(before) ? " " : typedIn || !before ? "" : "\n\n";
  write(body, before + gap + text + (typedIn && after && !/^\s/.test(after) ? " " : "") + after);
}

function take(text) {
  const at = body.value.indexOf(text);
  const before = body.value.slice(0, at);
  const after = body.value.slice(at + text.length);
  const alone = (!before || before.endsWith("\n\n")) && (!after || after.startsWith("\n\n"));
  const cut = alone ? (before ? [before.slice(0, -2), after] : ["", after.slice(2)]) : [before.replace(/ $/, ""), after];
  write(body, cut.join(""));
}

for (const item of facts) {
  const text = item.dataset.fact;
  const box = item.querySelector("input");
  box.removeAttribute("name"); // the words are in the letter itself
  if (box.checked && !body.value.includes(text)) put(text);
  box.addEventListener("change", () => {
    if (box.checked === body.value.includes(text)) return;
    if (box.checked) put(text);
    else take(text);
    status.textContent = box.checked ? status.dataset.added : status.dataset.taken;
  });
  const follow = () => (box.checked = body.value.includes(text));
  body.addEventListener("input", follow);
  follow();
}

/* How long it is, and how much of it is the writer's own: quiet, no announcement while somebody types. */
const count = find("[data-count]");
const share = find("[data-share]");
const compare = known?.([model(body), ...facts.map((item) => item.dataset.fact)]);

function measure() {
  const whole = [own?.value.trim(), body.value].filter(Boolean).join("\n\n");
  const words = whole.split(/\s+/).filter(Boolean).length;
  const kindOf = plural.select(words) === "one" ? "one" : "other";
  count.querySelector("[data-words]").textContent = count.dataset[kindOf].replace("{n}", digits.format(words));
  const { most = Infinity, characters = Infinity } = count.dataset;
  count.querySelector("[data-over]").hidden = words <= most && whole.length <= characters;
  const mine = compare(whole);
  const kind = mine <= 0 ? "none" : mine >= 100 ? "all" : "some";
  share.textContent = share.dataset[kind].replace("{share}", percent.format(mine / 100));
}

/* Back to the model, and back from there. */
const undo = find("[data-undo]");
let before = null;

function toModel(event) {
  event.preventDefault();
  const texts = before ?? fields.map((field) => (field === own ? "" : model(field)));
  before = before ? null : fields.map((field) => field.value);
  fields.forEach((field, n) => write(field, texts[n]));
  [undo.textContent, undo.dataset.back] = [undo.dataset.back, undo.textContent];
  body.focus();
}

if (compare && count && share) {
  for (const field of [own, body]) field?.addEventListener("input", measure);
  undo?.addEventListener("click", toModel);
  keep(form, fields, write);
  measure();
}
