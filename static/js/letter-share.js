// How much of a text is its writer's own: the same as campaign/letters/share.py, beside the texts that the page has.

const SHINGLE = 3;
const REACH = 5;
const PLACES = 4;
const FOLLOWED = 20;

const words = (text) => text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const shingles = (text) => text.slice(SHINGLE - 1).map((_word, at) => text.slice(at, at + SHINGLE).join(" "));

/* Takes the texts of the campaign once; answers a function from a letter to whole per cent. */
export function known(models) {
  const texts = models.map(words);
  const places = new Map();
  texts.forEach((text, number) =>
    shingles(text).forEach((shingle, at) => {
      const here = places.get(shingle) ?? [];
      if (here.length < PLACES) places.set(shingle, [...here, [number, at]]);
    }),
  );

  function follow(mine, theirs, [number, offset], from, step) {
    const text = texts[number];
    let gap = 0;
    for (let at = from, n = 0; n < FOLLOWED && gap < REACH && at in mine && at + offset in text; at += step, n += 1) {
      const same = mine[at] === text[at + offset];
      theirs[at] ||= same;
      gap = same ? 0 : gap + 1;
    }
  }

  return (letter) => {
    const mine = words(letter);
    if (!mine.length) return 0;
    const theirs = mine.map(() => false);
    shingles(mine).forEach((shingle, start) => {
      const here = places.get(shingle);
      if (!here) return;
      theirs.fill(true, start, start + SHINGLE);
      for (const [number, at] of here) {
        follow(mine, theirs, [number, at - start], start + SHINGLE, 1);
        follow(mine, theirs, [number, at - start], start - 1, -1);
      }
    });
    return Math.round((100 * theirs.filter((one) => !one).length) / mine.length);
  };
}
