// What is shown of the numbers: the weights of a head, and their words.
const LEVELS = 65535; // steps of a weight between 0 and 1, as in packing.py

// The numbers of a view. A weight is asked for by head (layer * heads + head), query and key.
class Cells {
  constructor(model) {
    const bytes = model.get("packed");
    const { buffer, byteOffset, byteLength } = bytes;
    this.levels = new Uint16Array(buffer.slice(byteOffset, byteOffset + byteLength));
    [this.layers, this.heads, this.rows, this.columns] = model.get("shape");
    this.queries = model.get("query_tokens");
    this.keys = model.get("key_tokens");
    this.gold = model.get("gold");
    this.missed = model.get("missed").map((places) => new Set(places));
    this.queryNames = model.get("query_names");
    this.keyNames = model.get("key_names");
  }

  row(head, query) {
    const start = (head * this.rows + query) * this.columns;
    return this.levels.subarray(start, start + this.columns);
  }

  weight(head, query, key) { return this.row(head, query)[key] / LEVELS; }

  // What the colours of a row end at: 1, or its largest weight.
  top(head, query, own) { return own ? Math.max(1, ...this.row(head, query)) : LEVELS; }

  masked(head, query) { return this.row(head, query).every((level) => level === 0); }

  // The map of a head as a small picture, one pixel for a cell.
  image(head, own) {
    const { rows, columns } = this;
    const pixels = new Uint32Array(columns * rows);
    for (let query = 0; query < rows; query += 1) {
      const row = this.row(head, query);
      const top = this.top(head, query, own);
      for (let key = 0; key < columns; key += 1) {
        pixels[query * columns + key] = PIXELS[shadeOf(row[key] / top)];
      }
    }
    return picture(pixels, columns, rows);
  }

  // The same with fewer pixels: each the largest weight of its cells, so that no peak is lost.
  small(head, own, most) {
    const high = Math.min(most, this.rows);
    const wide = Math.min(most, this.columns);
    const peaks = new Float32Array(high * wide);
    for (let query = 0; query < this.rows; query += 1) {
      const row = this.row(head, query);
      const top = this.top(head, query, own);
      const line = Math.floor(query * high / this.rows) * wide;
      for (let key = 0; key < this.columns; key += 1) {
        const at = line + Math.floor(key * wide / this.columns);
        if (row[key] > peaks[at] * top) peaks[at] = row[key] / top;
      }
    }
    const pixels = Uint32Array.from(peaks, (peak) => PIXELS[shadeOf(peak)]);
    return picture(pixels, wide, high);
  }

  // Where a query looks, in words.
  rowInWords(head, query) {
    const row = this.row(head, query);
    const looks = `${this.queryNames[query]} looks at`;
    if (this.masked(head, query)) return `${this.queryNames[query]} is masked: it looks nowhere.`;
    const best = [...row.keys()].sort((one, other) => row[other] - row[one]).slice(0, 3)
      .filter((key, place) => place === 0 || row[key] / LEVELS >= 0.005);
    const bits = row.reduce((sum, level) => (
      level ? sum - level / LEVELS * Math.log2(level / LEVELS) : sum), 0);
    const list = best.map((key) => `${this.keyNames[key]} ${(row[key] / LEVELS).toFixed(2)}`);
    return `${looks} ${list.join(", ")}; entropy ${Math.abs(bits).toFixed(1)} bits.`;
  }

  cellInWords(head, query, key) {
    const place = this.gold.findIndex((link) => link[0] === query && link[1] === key);
    const link = this.missed[head].has(place) ? ", a gold link, missed" : ", a gold link, found";
    return `${this.queryNames[query]} looks at ${this.keyNames[key]}: `
      + `${this.weight(head, query, key).toFixed(3)}${place < 0 ? "" : link}`;
  }
}
