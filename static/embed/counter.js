// A campaign's counter on any page. docs/embed.md says how; nothing is stored, and no other site is asked.
(() => {
  if (customElements.get("campaign-counter")) return;
  const HOME = new URL(document.currentScript.src).origin;
  const LIVE = "{live}";
  const WORDS = {words};
  const POLL = 5e3, SLOWEST = 6e4;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`{css}`);
  const groups = new Map(); // one stream for each campaign, however many elements show it

  class Group {
    shown = new Set();
    timers = [];
    last = 0;
    constructor(slug) {
      this.path = `/api/v1/campaigns/${slug}/counter`;
    }
    start() {
      this.stop();
      if (document.hidden || !this.shown.size) return;
      let tries = this.state ? 2 : 1;
      this.stream = new EventSource(`${LIVE}${this.path}/stream`);
      this.stream.addEventListener("counter", (event) => {
        tries = 3;
        this.show(JSON.parse(event.data));
      });
      this.stream.onerror = () => {
        if (--tries < 1 || this.stream.readyState === 2) this.poll();
      };
    }
    poll() {
      this.stop();
      this.later(() => this.start(), SLOWEST);
      this.ask(POLL);
    }
    async ask(wait) {
      const stop = (this.ends = new AbortController());
      try {
        const answer = await fetch(HOME + this.path, { signal: stop.signal, credentials: "omit" });
        if (answer.ok) this.show(await answer.json());
        wait = answer.ok ? POLL : Math.min(wait * 2, SLOWEST);
      } catch {
        wait = Math.min(wait * 2, SLOWEST);
      }
      if (!stop.signal.aborted) this.later(() => this.ask(wait), wait);
    }
    later(what, wait) {
      this.timers.push(setTimeout(what, wait));
    }
    stop() {
      this.stream?.close();
      this.ends?.abort();
      this.timers.splice(0).forEach(clearTimeout);
    }
    show(state) {
      const at = Date.parse(state.as_of) || 0;
      if (at < this.last) return;
      this.last = at;
      this.state = state;
      for (const one of this.shown) one.update(state);
    }
  }

  const one = (list, value) => (list.includes(value) ? value : list[0]);

  customElements.define("campaign-counter", class extends HTMLElement {
    static observedAttributes = ["campaign", "lang", "theme", "size", "color", "source"];
    #parts = {};
    #group = null;
    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      const parts = this.#parts;
      for (const tag of ["div", "strong", "span", "i", "small", "slot", "a"]) parts[tag] = document.createElement(tag);
      const { div, slot, a, ...rest } = parts;
      a.target = "_blank";
      slot.append(a);
      div.append(...Object.values(rest), slot);
      root.append(div);
    }
    connectedCallback() {
      this.#join();
    }
    disconnectedCallback() {
      this.#go(null);
    }
    attributeChangedCallback() {
      if (this.words && this.isConnected) this.#join();
    }
    #join() {
      const get = (name) => this.getAttribute(name) || "";
      const slug = get("campaign");
      const { div, a } = this.#parts;
      const words = (this.words = WORDS[get("lang") || document.documentElement.lang.slice(0, 2)] || WORDS.en);
      div.lang = words[0];
      div.className = [one(["auto", "light", "dark"], get("theme")), one(["medium", "small", "large"], get("size"))].join(" ");
      const color = /^#?([0-9a-f]{6})$/i.exec(get("color"))?.[1];
      div.style.setProperty("--c", color ? `#${color}` : "");
      div.style.setProperty("--i", color && light(color) ? "#000" : "");
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) return this.#go(null);
      const source = /^[\w.-]{1,40}$/.exec(get("source"));
      a.href = `${HOME}/${words[0]}/campaigns/${slug}${source ? `?source=${source}` : ""}`;
      a.textContent = words[5];
      if (!groups.has(slug)) groups.set(slug, new Group(slug));
      this.#go(groups.get(slug));
      if (this.#group.state) this.update(this.#group.state);
    }
    #go(group) {
      if (group === this.#group) return;
      this.#group?.shown.delete(this);
      if (this.#group?.shown.size === 0) this.#group.stop();
      this.#group = group;
      if (group?.shown.add(this).size === 1) group.start();
    }
    update(state) {
      const { strong, span, i, small } = this.#parts;
      const [code, locale, single, several, more] = this.words;
      const digits = new Intl.NumberFormat(locale);
      const goal = Math.max(1, state.goal);
      const rest = { togo: digits.format(Math.max(0, goal - state.signatures)), goal: digits.format(goal) };
      strong.textContent = digits.format(state.signatures);
      span.textContent = new Intl.PluralRules(code).select(state.signatures) === "one" ? single : several;
      small.textContent = more.replace(/\{(\w+)\}/g, (_, name) => rest[name]);
      i.style.setProperty("--s", `${Math.min(1, state.signatures / goal) * 100}%`);
      this.dispatchEvent(new CustomEvent("counter:update", { bubbles: true, detail: state }));
    }
  });

  // Whether black stands out better on a colour than white does.
  function light(hex) {
    const [r, g, b] = [0, 2, 4].map((at) => (parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
  }

  // Nobody looks, nobody is asked.
  document.addEventListener("visibilitychange", () => groups.forEach((group) => group.start()));
  // Frames of ours say how high they are; a frame that did not say it is not touched.
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== HOME || data?.type !== "resize" || !(data.height > 0 && data.height < 1e4)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === source) frame.style.height = `${Math.ceil(data.height)}px`;
    }
  });
})();
