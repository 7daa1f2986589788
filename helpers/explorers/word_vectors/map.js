
// The map of all words, in the place of the card's picture; card.js has the field and the sentence.
const STEPS = 65535; // of a place, as in map_widget.py
const [INK, GREY, BLUE, ORANGE] = ["#222", "#555", "#0072b2", "#d55e00"];
const DOT = 0x9d; // how light a dot is, of 255
const MARGIN = 22; // px around the whole map
const CLOSEST = 60; // times as large as the whole map, at most
const REACH = 14; // px from the pointer to the dot that it means
const NAMED = 70; // names on the map, at most
const TRIED = 300; // words that may get a name while the whole map is seen; more when it is larger
const HINT = "Drag: move. Wheel after a click on the map, + and −: zoom. Arrow keys: move. "
  + "0: all words. The list beside it names the neighbours by arrow keys.";

// What the page knows of the words: names, places in shares of the longer side, who comes first.
function readWords(model) {
  const numbers = (name, Kind) => {
    const { buffer, byteOffset, byteLength } = model.get(name);
    return new Kind(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  return {
    names: model.get("names"), spread: model.get("spread"),
    places: Float32Array.from(numbers("points", Uint16Array), (step) => step / STEPS),
    order: numbers("order", Uint32Array),
  };
}

// Where a place of the map is on the canvas, and the other way round. zoom 1: all of it is seen.
class View {
  constructor(words) {
    this.words = words;
    [this.zoom, this.x, this.y] = [1, words.spread[0] / 2, words.spread[1] / 2];
    this.resize(300, 200);
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    const [across, down] = this.words.spread;
    this.whole = Math.min((width - 2 * MARGIN) / (across || 0.01),
      (height - 2 * MARGIN) / (down || 0.01));
  }

  get scale() { return this.whole * this.zoom; }

  at(place) {
    const { places } = this.words;
    return [(places[2 * place] - this.x) * this.scale + this.width / 2,
      (places[2 * place + 1] - this.y) * this.scale + this.height / 2];
  }

  holds([x, y]) { return x >= 0 && y >= 0 && x <= this.width && y <= this.height; }

  move(right, down) { this.centre(this.x - right / this.scale, this.y - down / this.scale); }

  centre(x, y) { // some of the map stays in sight
    [this.x, this.y] = [x, y].map((value, axis) => (
      this.zoom === 1 ? this.words.spread[axis] / 2
        : Math.max(0, Math.min(this.words.spread[axis], value))));
  }

  zoomBy(factor, [x, y]) { // what is at (x, y) stays there
    const before = this.scale;
    this.zoom = Math.max(1, Math.min(CLOSEST, this.zoom * factor));
    const share = 1 / before - 1 / this.scale;
    this.centre(this.x + (x - this.width / 2) * share, this.y + (y - this.height / 2) * share);
  }

  nearest(x, y) {
    let [best, least] = [null, REACH ** 2];
    for (let place = 0; place < this.words.names.length; place += 1) {
      const [across, down] = this.at(place);
      const far = (across - x) ** 2 + (down - y) ** 2;
      if (far < least) [best, least] = [place, far];
    }
    return best;
  }
}

// A pen for a canvas of so many pixels of the page.
function penFor(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.direction = "ltr";
  pen.textBaseline = "middle";
  return pen;
}

function circle(pen, [x, y], radius, colour) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

// How light each pixel of a dot is on white, row by row; radius in pixels of the screen.
function stampOf(radius) {
  const reach = Math.ceil(radius);
  const stamp = [];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y)));
      if (cover > 0) stamp.push([x, y, Math.round(255 - (255 - DOT) * cover)]);
    }
  }
  return { reach, stamp };
}

// All dots, pixel by pixel: thousands of them take a millisecond so, ten times as long as circles.
function paintDots(pen, view) {
  const { width, height } = pen.canvas;
  const ratio = width / view.width;
  const pixels = new Uint32Array(width * height).fill(0xffffffff);
  const { reach, stamp } = stampOf(ratio * Math.min(4, 1.2 + 0.5 * Math.log2(view.zoom)));
  const { places } = view.words; // no view.at here: so many pairs would have to be thrown away
  for (let place = 0; place < places.length; place += 2) {
    const x = Math.round(ratio * ((places[place] - view.x) * view.scale + view.width / 2));
    const y = Math.round(ratio * ((places[place + 1] - view.y) * view.scale + view.height / 2));
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
    for (const [right, down, light] of stamp) {
      const at = (y + down) * width + x + right;
      if (light < (pixels[at] & 255)) pixels[at] = 0xff000000 | (light * 0x10101);
    }
  }
  pen.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
}

// Boxes on the canvas that are taken; a name gets the first free place beside its dot.
class Names {
  constructor(pen, view, family, widths) {
    Object.assign(this, { pen, view, family, widths, taken: [] });
  }

  font(bold) { this.pen.font = `${bold ? "bold 15" : "13"}px ${this.family}`; }

  width(name, bold) { // measured once: that is what takes long
    const key = bold ? `bold ${name}` : name;
    if (!this.widths.has(key)) {
      this.font(bold);
      this.widths.set(key, Math.min(this.pen.measureText(name).width, 190));
    }
    return this.widths.get(key);
  }

  take(box) { this.taken.push(box); }

  free([left, top, right, bottom]) {
    return left >= 1 && top >= 1 && right <= this.view.width - 1 && bottom <= this.view.height - 1
      && !this.taken.some((box) => (
        left < box[2] && box[0] < right && top < box[3] && box[1] < bottom));
  }

  // The middle of a free place for a name, or nothing.
  place(name, [x, y], bold, gap, apart) {
    const [half, high] = [this.width(name, bold) / 2 + 2, bold ? 9 : 8];
    for (const [across, down] of [[1, 0], [-1, 0], [0, -1], [0, 1]]) {
      const [mx, my] = [x + across * (half + gap), y + down * (high + gap)];
      const box = [mx - half - apart, my - high - apart, mx + half + apart, my + high + apart];
      if (this.free(box)) {
        this.take(box);
        return [mx, my];
      }
    }
    return null;
  }

  write(name, [x, y], colour, bold) {
    const { pen } = this;
    this.font(bold);
    pen.textAlign = "center";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = "rgb(255 255 255 / 0.85)";
    pen.strokeText(name, x, y, 190);
    pen.fillStyle = colour;
    pen.fillText(name, x, y, 190);
  }
}

function paintLine(pen, from, to, kept) {
  for (const [width, colour] of [[5, "#fff"], [2.6, kept ? BLUE : ORANGE]]) {
    pen.setLineDash(kept || colour === "#fff" ? [] : [7, 4]);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }
  pen.setLineDash([]);
}

// Where the way from one place to another leaves the canvas; a name there points on.
function edge(view, [x, y], [toX, toY]) {
  const reach = (at, by, size) => (by > 0 ? (size - 16 - at) / by : by < 0 ? (16 - at) / by : 1);
  const share = Math.max(0, Math.min(1, reach(x, toX - x, view.width),
    reach(y, toY - y, view.height)));
  return [x + share * (toX - x), y + share * (toY - y)];
}

// The chosen word, its lines, its neighbours' names; they have the first choice of places.
function paintFound(pen, view, names, found) {
  const from = view.at(found.place);
  for (const [place, , kept] of found.neighbours) paintLine(pen, from, view.at(place), kept);
  const ends = found.neighbours.map(([place, , kept]) => (
    { place, colour: kept ? BLUE : ORANGE, at: view.at(place), radius: 4.5 }));
  ends.push({ place: found.place, colour: INK, at: from, radius: 6 });
  for (const { at: [x, y], colour, radius } of ends) {
    circle(pen, [x, y], radius + 1.5, "#fff");
    circle(pen, [x, y], radius, colour);
    names.take([x - radius, y - radius, x + radius, y + radius]);
  }
  const seen = view.holds(from);
  for (const { place, colour, at } of ends.reverse()) {
    if (!view.holds(at) && !seen) continue;
    const stands = view.holds(at) ? at : edge(view, from, at);
    const name = view.words.names[place] + (stands === at ? "" : " …");
    const middle = names.place(name, stands, true, 8, 0);
    if (middle) names.write(name, middle, colour, true);
  }
}

function paintNames(view, names) {
  let left = NAMED;
  for (const place of view.words.order.subarray(0, TRIED * view.zoom ** 2)) {
    if (left === 0) return;
    const at = view.at(place);
    const name = view.words.names[place];
    const middle = view.holds(at) && names.place(name, at, false, 4, 3);
    if (middle) {
      names.write(name, middle, GREY, false);
      left -= 1;
    }
  }
}

// The word that is pointed at: a ring, and its name on a dark ground.
function paintPointed(pen, view, place, family) {
  const [x, y] = view.at(place);
  if (!view.holds([x, y])) return;
  circle(pen, [x, y], 7, INK);
  circle(pen, [x, y], 4.5, "#fff");
  pen.font = `bold 15px ${family}`;
  pen.textAlign = "center";
  const half = Math.min(pen.measureText(view.words.names[place]).width, 300) / 2 + 7;
  const mx = Math.max(half, Math.min(view.width - half, x));
  const my = y > 36 ? y - 23 : y + 23;
  pen.fillStyle = INK;
  pen.fillRect(mx - half, my - 12, 2 * half, 24);
  pen.fillStyle = "#fff";
  pen.fillText(view.words.names[place], mx, my + 1, 300);
}
