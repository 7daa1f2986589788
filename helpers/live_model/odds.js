// Choosing what comes next, as helpers/decoding/rows.py does; and the letters a model knows.

// Ids by falling odds; of equals, the first one first.
const likeliestFirst = (row) => [...row.keys()].sort((i, j) => row[j] - row[i] || i - j);

// Nats (V,) -> odds (V,) after temperature and top-p. Temperature 0: the likeliest gets all.
// Top-p: the smallest set of likely ids whose odds reach p, the one that crosses the line too.
function reshaped(nats, temperature, topP) {
  const row = Float64Array.from(nats);
  const order = likeliestFirst(row);
  if (temperature === 0) return row.map((_, i) => (i === order[0] ? 1 : 0));
  const highest = row[order[0]];
  let odds = shared(row.map((value) => Math.exp((value - highest) / temperature)));
  let mass = 0;
  if (topP < 1) {
    const kept = order.findIndex((i) => (mass += odds[i]) >= topP - 1e-12);
    if (kept >= 0) for (const i of order.slice(kept + 1)) odds[i] = 0;
    odds = shared(odds);
  }
  return odds;
}

function shared(odds) {
  const sum = odds.reduce((all, one) => all + one, 0);
  return odds.map((one) => one / sum);
}

// The id at a share from 0 to 1 of the odds, laid end to end.
function drawn(odds, share) {
  let [mass, last] = [0, 0];
  for (let i = 0; i < odds.length; i += 1) {
    if (odds[i] > 0) last = i;
    mass += odds[i];
    if (share < mass) return i;
  }
  return last; // rounding
}

// The characters of a model as ids: one for each code point in NFC, <unk> for what is not known.
class Letters {
  constructor({ entries, marks, unknown, start, end }) {
    Object.assign(this, { entries, unknown, start, end, marks: new Set(marks) });
    this.known = new Map(entries.map((letter, id) => [letter, id]).filter(([, id]) => (
      !this.marks.has(id))));
  }

  cut(text) { return [...text.toWellFormed().normalize("NFC")]; }

  id(letter) { return this.known.get(letter) ?? this.unknown; }

  // How an id is called in a list: a blank can be seen, a mark is named.
  name(id) {
    if (id === this.end) return "(end)";
    return this.marks.has(id) ? this.entries[id] : visible(this.entries[id]);
  }
}

// A letter that can be seen; what has no shape of its own, or would turn its line, is a number.
function visible(letter) {
  if (letter === "\n") return "↵";
  if (letter === "\t") return "⇥";
  if (/^\p{Zs}$/u.test(letter)) return "␣";
  if (/^[\p{C}\p{Zl}\p{Zp}]$/u.test(letter)) {
    return `⟨${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  }
  return /^\p{M}$/u.test(letter) ? `◌${letter}` : letter;
}
