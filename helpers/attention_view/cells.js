// What is shown of the numbers: the weights of a head, their colours, their words.
const LEVELS = 65535; // steps of a weight between 0 and 1, as in packing.py
// cividis, 52 of its colours at equal steps
const CIVIDIS = `00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c
  3f4c6c 444f6c 49536c 4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78
  7e7d78 838179 888578 8d8878 928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d bfb06b
  c4b468 c9b965 cfbd62 d4c15f dac65b dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838`
  .split(/\s+/).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
const SHADES = Array.from({ length: 256 }, (_, place) => {
  const exact = place / 255 * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(exact), CIVIDIS.length - 2);
  return CIVIDIS[low].map((from, part) => Math.round(
    from + (exact - low) * (CIVIDIS[low + 1][part] - from)));
});
const INKS = SHADES.map((shade) => {
  const [r, g, b] = shade.map((part) => (part / 255 <= 0.04045
    ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff"; // the higher contrast
});
const shadeOf = (share) => Math.round(255 * Math.min(1, share));
const PIXELS = Uint32Array.from(SHADES, ([r, g, b]) => (
  ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0)); // as they lie in an ImageData
const css = (shade) => `rgb(${SHADES[shade].join(" ")})`;

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

function picture(pixels, width, height) {
  const canvas = make("canvas", { width, height });
  const data = new Uint8ClampedArray(pixels.buffer);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
