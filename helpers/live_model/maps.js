// Where heads look: small maps of all of them, a large one of the chosen head.
const MARGIN = 20; // px for the letters beside the large map
const LEAST_CELL = 11; // px of a cell that has room for a letter
const PIXELS_MOST = 512; // of the large map, each way

// The map of a head, so many pixels each way; each is the largest weight of its cells. What a
// letter cannot see stays empty.
function smallMap(network, layer, head, most) {
  const count = network.ids.length;
  const side = Math.max(1, Math.min(most, count));
  const peaks = new Float32Array(side * side).fill(-1);
  const to = Uint16Array.from({ length: count }, (_, t) => Math.floor(t * side / count));
  for (let t = 0; t < count; t += 1) {
    const row = network.weights(layer, head, t);
    const line = to[t] * side;
    for (let s = 0; s <= t; s += 1) {
      if (row[s] > peaks[line + to[s]]) peaks[line + to[s]] = row[s];
    }
  }
  const pixels = Uint32Array.from(peaks, (peak) => (peak < 0 ? 0 : PIXELS[shadeOf(peak)]));
  return picture(pixels, side, side);
}

// Paint a small map into its canvas, whose size on the page is left to CSS.
function paintSmall(canvas, network, layer, head) {
  const room = Math.round((canvas.clientWidth || 64) * (window.devicePixelRatio || 1));
  const map = smallMap(network, layer, head, room);
  canvas.width = canvas.height = map.width; // empties it
  canvas.getContext("2d").drawImage(map, 0, 0);
}

// Where the large map lies: px of the page.
function placeOf(canvas, count) {
  const wide = canvas.clientWidth;
  const cell = (wide - MARGIN) / Math.max(count, 1);
  return { wide, cell, count, lettered: cell >= LEAST_CELL };
}

// The large map: letters beside it where there is room, the chosen row framed, a cell lit.
function paintLarge(canvas, network, chosen, names, colours) {
  const { layer, head, place, key } = chosen;
  const at = placeOf(canvas, names.length);
  if (!at.wide) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(at.wide * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.imageSmoothingEnabled = false;
  const map = smallMap(network, layer, head, PIXELS_MOST);
  pen.drawImage(map, MARGIN, MARGIN, at.wide - MARGIN, at.wide - MARGIN);
  pen.strokeStyle = colours.lit;
  pen.lineWidth = 2;
  const y = MARGIN + place * at.cell;
  pen.strokeRect(MARGIN - 1, y - 1, (place + 1) * at.cell + 2, at.cell + 2);
  if (key !== null) pen.strokeRect(MARGIN + key * at.cell, y, at.cell, at.cell);
  pen.fillStyle = colours.ink;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (at.lettered) letterAxes(pen, at, names, place, colours.family);
  else nameAxes(pen, at, colours.family);
}

function letterAxes(pen, at, names, place, family) {
  const size = Math.min(14, Math.floor(at.cell));
  names.forEach((name, t) => {
    const middle = MARGIN + (t + 0.5) * at.cell;
    const short = [...name].length > 1 ? "·" : name;
    pen.font = `${t === place ? "bold " : ""}${size}px ${family}`;
    pen.fillText(short, MARGIN / 2, middle);
    pen.fillText(short, middle, MARGIN / 2);
  });
}

function nameAxes(pen, at, family) {
  pen.font = `12px ${family}`;
  const middle = MARGIN + (at.wide - MARGIN) / 2;
  pen.fillText("looks at →", middle, MARGIN / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText("← letter that looks", -middle, MARGIN / 2);
}

// The cell of the large map below a pointer: [place, key], or null.
function cellBelow(canvas, count, event) {
  const box = canvas.getBoundingClientRect();
  const { cell } = placeOf(canvas, count);
  const place = Math.floor((event.clientY - box.top - MARGIN) / cell);
  const key = Math.floor((event.clientX - box.left - MARGIN) / cell);
  return place >= 0 && place < count && key >= 0 && key <= place ? [place, key] : null;
}
