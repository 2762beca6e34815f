// Keeps the numbers of a page fresh: a stream of events, or polling where streams do not get through.

const POLL_MS = 5_000;
const SLOWEST_POLL_MS = 60_000;
const RETRY_STREAM_MS = 60_000;
const ANNOUNCE_MS = 30_000;
const FAILURES_BEFORE_POLLING = 3;

const root = document.querySelector("[data-stream]");
const page = document.documentElement;
const digits = new Intl.NumberFormat(page.dataset.locale || page.lang);
const percent = new Intl.NumberFormat(page.dataset.locale || page.lang, { style: "percent" });
const plural = new Intl.PluralRules(page.lang);
const all = (selector) => document.querySelectorAll(selector);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

let shownAsOf = 0;
let announcement = "";
let lastAnnounced = Date.now();

function figures(state) {
  return {
    n: digits.format(state.signatures),
    togo: digits.format(Math.max(0, state.goal - state.signatures)),
    goal: digits.format(state.goal),
  };
}

/* "signatures", "letters/queued" or "targets/<key>/sent" */
function figure(state, path) {
  const [first, second, third] = path.split("/");
  if (first === "targets") return state.targets?.find((target) => target.key === second)?.letters[third];
  return second ? state[first]?.[second] : state[first];
}

function showNumbers(state) {
  for (const node of all("[data-value]")) {
    const n = figure(state, node.dataset.value);
    if (n === undefined) continue;
    node.textContent = digits.format(n);
    if (node.dataset.length) node.dataset.length = node.textContent.length;
  }
  for (const node of all("[data-label][data-one]")) {
    node.textContent = plural.select(state.signatures) === "one" ? node.dataset.one : node.dataset.other;
  }
  for (const node of all("[data-paper]")) {
    node.hidden = !state.paper;
    node.textContent = fill(node.dataset.paper, { n: digits.format(state.paper ?? 0) });
  }
  for (const node of all("[data-personal]")) {
    node.hidden = typeof state.personal !== "number";
    node.textContent = fill(node.dataset.personal, { share: percent.format((state.personal ?? 0) / 100) });
  }
  if (state.signatures) for (const node of all("[data-togo]")) node.textContent = fill(node.dataset.togo, figures(state));
  for (const bar of all("[data-progress]")) {
    bar.max = Math.max(1, state.goal);
    bar.value = state.signatures;
  }
}

function showRecent(people = []) {
  for (const line of all("[data-recent]")) {
    line.hidden = people.length === 0;
    const names = people.flatMap((person, index) => {
      const name = document.createElement("bdi");
      name.textContent = person.place ? `${person.name}, ${person.place}` : person.name;
      return index ? [" · ", name] : [name];
    });
    line.querySelector("[data-names]").replaceChildren(...names);
  }
}

function show(state) {
  const asOf = Date.parse(state.as_of) || 0;
  if (asOf < shownAsOf) return; // a cached answer may be older than what the stream has told
  const isNew = asOf > shownAsOf;
  shownAsOf = asOf;
  showNumbers(state);
  showRecent(state.recent);
  if (!isNew) return;
  announcement = fill(root.dataset.announce, figures(state));
  root.dispatchEvent(new CustomEvent("counter"));
}

function announce() {
  const typing = document.activeElement?.matches("input, textarea, select");
  if (!announcement || typing || Date.now() - lastAnnounced < ANNOUNCE_MS) return;
  document.querySelector("[data-status]").textContent = announcement;
  lastAnnounced = Date.now();
  announcement = "";
}

function mark(connection) {
  root.dataset.connection = connection;
  for (const node of all("[data-connection-text]")) node.textContent = node.dataset[connection];
}

let stream = null;
let timers = [];
let turn = 0; // an answer that arrives after its connection was given up is dropped

function stop() {
  turn += 1;
  stream?.close();
  timers.forEach(clearTimeout);
  timers = [];
}

async function poll(mine, wait) {
  let next = POLL_MS;
  try {
    const answer = await fetch(root.dataset.counter, { signal: AbortSignal.timeout(POLL_MS) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const state = await answer.json();
    if (mine !== turn) return;
    show(state);
    mark("live");
  } catch {
    if (mine !== turn) return;
    mark("waiting");
    next = Math.min(wait * 2, SLOWEST_POLL_MS);
  }
  timers.push(setTimeout(poll, next, mine, next));
}

function startPolling() {
  stop();
  timers.push(setTimeout(startStream, RETRY_STREAM_MS));
  poll(turn, POLL_MS);
}

function startStream() {
  stop();
  let failures = 0;
  stream = new EventSource(root.dataset.stream);
  stream.addEventListener("counter", (event) => {
    failures = 0;
    mark("live");
    show(JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    failures += 1;
    mark("waiting");
    if (failures >= FAILURES_BEFORE_POLLING || stream.readyState === EventSource.CLOSED) startPolling();
  });
}

if (root) {
  startStream();
  setInterval(announce, 1_000);
  // A page that nobody looks at holds no connection.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : startStream()));
  addEventListener("pagehide", stop);
}
