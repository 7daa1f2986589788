// The large map of one head: where it lies, what stands in it, what is lit.
const INK = "#222";
const QUIET = "#555"; // 7:1 on white
const BLUE = "#0072b2";
const ORANGE = "#d55e00";
const BRIGHT = "#ff9a4d"; // orange that can be seen on dark cells
const PINNED = "#a84900"; // 5.9:1 on white
const SCALE = 46; // px at the right of the map, for the scale of the colours

const fontOf = (size, family, weight = "") => `${weight} ${size}px ${family}`.trim();

// The beginning of a text that fits into so many pixels; never half a letter.
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
function fitted(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  const parts = [...letters.segment(text)].map((part) => part.segment);
  let low = 0;
  for (let high = parts.length; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if (pen.measureText(`${parts.slice(0, middle).join("")}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${parts.slice(0, low).join("")}…`;
}

// A text on lines of so many pixels, three at most.
function folded(pen, text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.length < 3 && pen.measureText(longer).width > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => fitted(pen, line, room));
}

// How large the cells are and how the labels are set; width and height are what is free.
function layOut(pen, cells, same, width, height, family) {
  const { rows, columns } = cells;
  const below = cells.gold.length ? 26 : 6;
  const size = Math.max(11, Math.min(16, Math.floor((height - 110) / rows * 0.75)));
  const left = Math.ceil(Math.max(86, 36 + Math.min(
    widest(pen, cells.queries, size, family, "bold"), width * 0.28, 170)));
  const free = (width - left - SCALE) / columns;
  const keys = layOutKeys(pen, cells.keys, Math.min(96, free), size, family, height);
  let wide = keys.turn ? (width - left - Math.max(SCALE, keys.beyond)) / columns : free;
  let high = Math.min(44, (height - keys.above - below) / rows);
  wide = Math.min(96, wide, Math.max(3 * high, 24));
  if (same && rows > 8) wide = high = Math.min(wide, high);
  wide = snapped(wide);
  high = snapped(Math.min(high, 3 * wide));
  return {
    family, size, left, most: left - 36, rows, columns, wide, high, below, ...keys,
    width: Math.ceil(left + columns * wide + Math.max(SCALE, keys.beyond)),
    height: Math.ceil(keys.above + rows * high + below),
  };
}

// The labels of the keys: level if they fit above their columns, else slanted, else upright.
function layOutKeys(pen, words, wide, size, family, height) {
  for (let level = Math.min(size, 16); level >= Math.min(size, 13); level -= 1) {
    const room = widest(pen, words, level, family);
    if (room + 8 <= wide) return { keySize: level, room, turn: 0, above: 30 + level, beyond: 0 };
  }
  const keySize = Math.max(11, Math.min(size, Math.floor(0.72 * wide)));
  const room = Math.min(widest(pen, words, keySize, family) + 2, 110, height * 0.25);
  const turn = wide < 16 ? Math.PI / 2 : Math.PI / 4;
  return {
    keySize, room, turn, beyond: room * Math.cos(turn),
    above: Math.ceil(24 + room * Math.sin(turn) + keySize * Math.cos(turn)),
  };
}

function widest(pen, words, size, family, weight = "") {
  pen.font = fontOf(size, family, weight);
  return Math.max(...words.map((word) => pen.measureText(word).width));
}

// Whole pixels of the screen, unless so few are left that much room would be lost.
function snapped(size) {
  const ratio = window.devicePixelRatio || 1;
  return size * ratio >= 4 ? Math.floor(size * ratio) / ratio : size;
}

function canvasFor(canvas, width, height, ratio) {
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.direction = "ltr";
  return pen;
}

// All that rests: cells, numbers, labels, gold, scale.
function paintMap(pen, place, cells, head, own) {
  const { left, above, wide, high, rows, columns } = place;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, place.width, place.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(cells.image(head, own), left, above, columns * wide, rows * high);
  if (Math.min(wide, high) >= 12) paintGrid(pen, place);
  for (let query = 0; query < rows; query += 1) {
    if (cells.masked(head, query)) paintMasked(pen, place, query);
  }
  if (wide >= 36 && high >= 20) paintNumbers(pen, place, cells, head, own);
  paintNames(pen, place);
  const every = [Math.ceil((place.size + 1) / high), Math.ceil((place.keySize + 2) / wide)];
  for (let at = 0; at < rows; at += every[0]) paintQuery(pen, place, cells.queries[at], at);
  for (let at = 0; at < columns; at += place.turn ? every[1] : 1) {
    paintKey(pen, place, cells.keys[at], at);
  }
  cells.gold.forEach(([query, key], at) => (
    paintLink(pen, place, query, key, cells.missed[head].has(at))));
  if (cells.gold.length) paintLegend(pen, place);
  paintScale(pen, place, own);
}

function paintGrid(pen, { left, above, wide, high, rows, columns }) {
  pen.fillStyle = "rgb(255 255 255 / 0.45)";
  for (let row = 1; row < rows; row += 1) pen.fillRect(left, above + row * high, columns * wide, 1);
  for (let at = 1; at < columns; at += 1) pen.fillRect(left + at * wide, above, 1, rows * high);
}

function paintMasked(pen, { left, above, wide, high, columns }, query) {
  pen.save();
  pen.beginPath();
  pen.rect(left, above + query * high, columns * wide, high);
  pen.fillStyle = "#f2f2f2";
  pen.fill();
  pen.clip();
  pen.beginPath();
  for (let at = left - high; at < left + columns * wide; at += 8) {
    pen.moveTo(at, above + (query + 1) * high);
    pen.lineTo(at + high, above + query * high);
  }
  pen.strokeStyle = "#8a8a8a";
  pen.stroke();
  pen.restore();
}

function paintNumbers(pen, { left, above, wide, high, family }, cells, head, own) {
  pen.font = fontOf(13, family);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (let query = 0; query < cells.rows; query += 1) {
    const top = cells.top(head, query, own);
    if (cells.masked(head, query)) continue;
    cells.row(head, query).forEach((level, key) => {
      pen.fillStyle = INKS[shadeOf(level / top)];
      const words = level / LEVELS < 0.005 ? "·" : (level / LEVELS).toFixed(2);
      pen.fillText(words, left + (key + 0.5) * wide, above + (query + 0.5) * high + 1);
    });
  }
}

// What rows and columns are.
function paintNames(pen, place) {
  const { left, above, rows, high, family } = place;
  pen.font = fontOf(12, family);
  pen.fillStyle = QUIET;
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText("key: is looked at", left, 14);
  pen.textAlign = "right";
  pen.fillText("looks at →", left - 6, above - 7);
  pen.save();
  pen.translate(14, above + rows * high / 2);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  if (rows * high > 90) pen.fillText("query: looks", 0, 0);
  pen.restore();
}

function paintQuery(pen, place, word, at, lit = "") {
  const { left, above, high, size, family, most } = place;
  const middle = above + (at + 0.5) * high;
  const half = Math.max(high, size + 5) / 2;
  pen.save();
  pen.font = fontOf(size, family, lit ? "bold" : "");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const text = fitted(pen, word, most + 4);
  pen.beginPath(); // tall stacks of accents stay in their line
  pen.rect(18, middle - half, left - 18, 2 * half);
  pen.clip();
  if (lit) {
    const wide = pen.measureText(text).width + 8;
    pen.fillStyle = lit;
    pen.fillRect(left - 6 - wide + 3, middle - half, wide, 2 * half);
  }
  pen.fillStyle = lit ? "#fff" : INK;
  pen.fillText(text, left - 7, middle + 1);
  pen.restore();
}

function paintKey(pen, place, word, at, lit = "") {
  const { left, above, wide, keySize: size, family, room, turn } = place;
  pen.save();
  pen.translate(left + (at + 0.5) * wide, above - (turn ? 3 : 6));
  pen.rotate(-turn);
  pen.font = fontOf(size, family, lit ? "bold" : "");
  pen.textAlign = turn ? "left" : "center";
  pen.textBaseline = turn ? "middle" : "alphabetic";
  const text = fitted(pen, word, room + (lit ? 6 : 1));
  const long = pen.measureText(text).width + 6;
  const half = (size + 5) / 2;
  const box = [turn ? -3 : -long / 2, turn ? -half : -size - 1, long, 2 * half];
  pen.beginPath();
  pen.rect(...box);
  pen.clip();
  if (lit) {
    pen.fillStyle = lit;
    pen.fillRect(...box);
  }
  pen.fillStyle = lit ? "#fff" : INK;
  pen.fillText(text, 0, turn ? 1 : 0);
  pen.restore();
}

// A gold link: a frame in its cell, dashed where the head misses it; around a cell that is small.
function paintLink(pen, { left, above, wide, high }, query, key, missed) {
  const [x, y] = [left + key * wide, above + query * high];
  if (Math.min(wide, high) >= 12) return frame(pen, x + 3, y + 3, wide - 6, high - 6, missed);
  pen.lineWidth = 1;
  pen.strokeStyle = missed ? BRIGHT : "#fff";
  pen.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
}

function frame(pen, x, y, wide, high, missed) {
  pen.save();
  pen.lineWidth = 4;
  pen.strokeStyle = "#fff";
  pen.strokeRect(x, y, wide, high);
  pen.lineWidth = 2;
  pen.strokeStyle = missed ? ORANGE : "#000";
  if (missed) pen.setLineDash([5, 3]);
  pen.strokeRect(x, y, wide, high);
  pen.restore();
}

function paintLegend(pen, place) {
  const y = place.above + place.rows * place.high + 9;
  let x = place.left;
  pen.font = fontOf(12, place.family);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const [words, missed] of [["gold, found", false], ["gold, missed", true]]) {
    if (Math.min(place.wide, place.high) >= 12) frame(pen, x + 2, y, 14, 12, missed);
    else {
      pen.fillStyle = css(0);
      pen.fillRect(x, y - 2, 18, 16);
      paintLink(pen, { left: x + 5, above: y + 2, wide: 8, high: 8 }, 0, 0, missed);
    }
    pen.fillStyle = INK;
    pen.fillText(words, x + 22, y + 7);
    x += pen.measureText(words).width + 40;
  }
}

function paintScale(pen, place, own) {
  const { above, rows, high, left, columns, wide, family } = place;
  const x = left + columns * wide + 10;
  const tall = Math.min(rows * high, 160);
  for (let at = 0; at < tall; at += 1) {
    pen.fillStyle = css(shadeOf(1 - at / tall));
    pen.fillRect(x, above + at, 10, 1.5);
  }
  pen.font = fontOf(12, family);
  pen.fillStyle = QUIET;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(own ? "max" : "1", x + 14, above + 6);
  pen.fillText("0", x + 14, above + tall - 5);
}

// What moves: the row, the column, both tokens, the pinned query.
function paintLight(pen, place, cells, query, key, pinned) {
  const { left, above, wide, high, rows, columns } = place;
  const band = (x, y, across, down, colour, width) => {
    pen.lineWidth = width + 2;
    pen.strokeStyle = "#fff";
    pen.strokeRect(x, y, across, down);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.strokeRect(x, y, across, down);
  };
  if (pinned !== null) {
    band(left, above + pinned * high, columns * wide, high, PINNED, 2);
    paintQuery(pen, place, cells.queries[pinned], pinned, PINNED);
  }
  if (query === null) return;
  if (query !== pinned) band(left, above + query * high, columns * wide, high, BLUE, 1);
  band(left + key * wide, above, wide, rows * high, BLUE, 1);
  band(left + key * wide, above + query * high, wide, high, BLUE, 3);
  paintQuery(pen, place, cells.queries[query], query, query === pinned ? PINNED : BLUE);
  paintKey(pen, place, cells.keys[key], key, BLUE);
}
