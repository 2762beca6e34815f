// How much of a text is its writer's own: the same as campaign/letters/share.py, beside the texts that the page has.

const SHINGLE = 3;
const NEAR = 4;
const RARE = 2;
const PLACES = 4;
const FAR = 200;
const GAP = Array(NEAR).fill("");

// Up and down again: a sharp s is two letters in capitals.
const fold = (text) => text.normalize("NFKC").toUpperCase().toLowerCase();
const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const shingles = (text) => text.slice(SHINGLE - 1).map((_word, at) => text.slice(at, at + SHINGLE).join(" "));
const edge = (run) => (run ? Math.min(NEAR, run.end - run.start) : 0);
const same = ([text, offset], [other, further]) => text === other && offset === further;

/* How many words stand in both in the same order. Each bit is a word of the text. */
function inOrder(mine, text, often) {
  const at = new Map();
  text.forEach((word, n) => at.set(word, (at.get(word) ?? 0n) | (1n << BigInt(n))));
  const found = mine.map((word) => at.get(word) ?? 0n);
  const every = (1n << BigInt(text.length)) - 1n;
  let left = every;
  found.forEach((all, n) => {
    if (!all) return;
    let here = all;
    if (often.get(mine[n]) > RARE) {
      let beside = 0n;
      for (let step = 1; step <= NEAR; step += 1) {
        const far = BigInt(step);
        beside |= ((found[n + step] ?? 0n) >> far) | ((found[n - step] ?? 0n) << far);
      }
      here &= beside;
    }
    const both = left & here;
    left = ((left + both) | (left - both)) & every;
  });
  return text.length - left.toString(2).replaceAll("0", "").length;
}

/* Takes the texts of the campaign once; answers a function from a letter to whole per cent. */
export function known(models) {
  const texts = [...new Set(models)].map(words);
  const often = new Map();
  const places = new Map();
  texts.forEach((text, number) => {
    const times = new Map();
    for (const word of text) times.set(word, (times.get(word) ?? 0) + 1);
    for (const [word, n] of times) often.set(word, Math.max(n, often.get(word) ?? 0));
    shingles(text).forEach((shingle, at) => {
      const here = places.get(shingle) ?? [];
      if (here.length < PLACES) places.set(shingle, [...here, [number, at]]);
    });
  });

  function runsOf(mine) {
    const runs = [];
    let run = { start: 0, end: 0, here: [-1, 0] };
    shingles(mine).forEach((shingle, start) => {
      const found = (places.get(shingle) ?? []).map(([text, at]) => [text, at - start]);
      if (!found.length) return;
      if (start <= run.end && found.some((place) => same(place, run.here))) {
        run.end = start + SHINGLE;
        run.last = found;
        return;
      }
      const [text, offset] = run.here;
      const ahead = Math.min(start, run.end) - start + offset;
      const here = found.find((place) => place[0] === text && place[1] >= ahead) ?? found[0];
      run = { start: Math.max(start, run.end), end: start + SHINGLE, here, first: found, last: found };
      runs.push(run);
    });
    return runs;
  }

  function part(reach, before, after) {
    if (before && after && before.here[0] === after.here[0]) {
      const begin = before.end + before.here[1];
      const stop = after.start + after.here[1];
      if (stop >= begin && stop - begin <= 2 * reach)
        return texts[before.here[0]].slice(begin - edge(before), stop + edge(after));
    }
    const parts = [];
    for (const [text, offset] of before?.last ?? []) {
      const begin = before.end + offset;
      parts.push(...texts[text].slice(Math.max(0, begin - edge(before)), begin + reach), ...GAP);
    }
    for (const [text, offset] of after?.first ?? []) {
      const stop = after.start + offset;
      parts.push(...texts[text].slice(Math.max(0, stop - reach), stop + edge(after)), ...GAP);
    }
    return parts;
  }

  function between(mine, before, after) {
    let [start, end] = [before?.end ?? 0, after?.start ?? mine.length];
    if (before && after && end - start > 2 * FAR)
      return between(mine.slice(0, start + FAR), before) + between(mine, undefined, after);
    if (start >= end || !(before || after)) return 0;
    if (!after) end = Math.min(end, start + FAR);
    if (!before) start = Math.max(start, end - FAR);
    const row = mine.slice(start - edge(before), end + edge(after));
    const found = inOrder(row, part(end - start + NEAR, before, after), often);
    return Math.max(0, found - edge(before) - edge(after));
  }

  return (letter) => {
    const mine = words(letter);
    if (!mine.length) return 0;
    const runs = runsOf(mine);
    let theirs = runs.length ? between(mine, undefined, runs[0]) : 0;
    runs.forEach((run, n) => (theirs += run.end - run.start + between(mine, run, runs[n + 1])));
    return Math.floor((200 * (mine.length - theirs) + mine.length) / (2 * mine.length));
  };
}
