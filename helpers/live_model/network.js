// The network: ids in, logits out, as helpers/transformer/model.py has it for one text.
// T rows of d numbers lie one after the other; W (out, in) is stored row by row.
const EPS = 1e-5; // under the root of a norm
const BASE = 10000; // of the angles of rotary positions

// Numbers of 16 bits, two bytes each, low one first, as numbers of 32 bits.
function unpacked(bytes) {
  const halves = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(bytes.byteLength / 2);
  for (let at = 0; at < numbers.length; at += 1) {
    const half = halves.getUint16(2 * at, true);
    const [power, part] = [(half >> 10) & 31, half & 1023];
    const size = power ? (1 + part / 1024) * 2 ** (power - 15) : part / 1024 * 2 ** -14;
    numbers[at] = half >> 15 ? -size : size;
  }
  return numbers;
}

function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

// y = x W^T for rows first to last - 1. Eight sums at once, so that a number read is used often.
function multiply(x, W, y, first, last, wide, high) {
  let t = first;
  for (; t + 3 < last; t += 4) multiplyFour(x, W, y, t, wide, high);
  for (; t < last; t += 1) {
    for (let o = 0; o < high; o += 1) {
      let sum = 0;
      for (let i = 0, a = t * wide, w = o * wide; i < wide; i += 1) sum += x[a + i] * W[w + i];
      y[t * high + o] = sum;
    }
  }
}

function multiplyFour(x, W, y, t, wide, high) {
  const [a, b, c, d] = [t * wide, (t + 1) * wide, (t + 2) * wide, (t + 3) * wide];
  for (let o = 0; o < high; o += 2) {
    const two = o + 1 < high; // else the last one is made twice
    const w = o * wide;
    const v = two ? w + wide : w;
    let a1 = 0, b1 = 0, c1 = 0, d1 = 0, a2 = 0, b2 = 0, c2 = 0, d2 = 0;
    for (let i = 0; i < wide; i += 1) {
      const one = W[w + i], other = W[v + i];
      const xa = x[a + i], xb = x[b + i], xc = x[c + i], xd = x[d + i];
      a1 += one * xa; b1 += one * xb; c1 += one * xc; d1 += one * xd;
      a2 += other * xa; b2 += other * xb; c2 += other * xc; d2 += other * xd;
    }
    const out = t * high + o;
    y[out] = a1; y[out + high] = b1; y[out + 2 * high] = c1; y[out + 3 * high] = d1;
    if (!two) continue;
    y[out + 1] = a2; y[out + high + 1] = b2; y[out + 2 * high + 1] = c2; y[out + 3 * high + 1] = d2;
  }
}

// Each row divided by the root of its mean square, times a gain.
function norm(x, gain, y, first, last) {
  const d = gain.length;
  for (let at = first * d; at < last * d; at += d) {
    let squares = 0;
    for (let i = 0; i < d; i += 1) squares += x[at + i] * x[at + i];
    const scale = 1 / Math.sqrt(squares / d + EPS);
    for (let i = 0; i < d; i += 1) y[at + i] = x[at + i] * scale * gain[i];
  }
}

// Rotary positions: each pair of numbers is turned by an angle that grows with its place.
function turn(x, turns, first, last, d, dHead) {
  for (let t = first; t < last; t += 1) {
    for (let i = 0; i < d; i += 2) {
      const [at, angle] = [t * d + i, t * dHead + i % dHead];
      const [cos, sin, one, other] = [turns[angle], turns[angle + 1], x[at], x[at + 1]];
      x[at] = one * cos - other * sin;
      x[at + 1] = one * sin + other * cos;
    }
  }
}

function anglesOf(most, dHead) {
  const turns = new Float32Array(most * dHead);
  for (let t = 0; t < most; t += 1) {
    for (let i = 0; i < dHead; i += 2) {
      const angle = t * BASE ** (-i / dHead);
      turns[t * dHead + i] = Math.cos(angle);
      turns[t * dHead + i + 1] = Math.sin(angle);
    }
  }
  return turns;
}

class Network {
  // bytes: the numbers in the order in which they are taken here, as export.py packs them.
  constructor(config, bytes) {
    Object.assign(this, { V: config.vocab_size, d: config.d_model, dFf: config.d_ff,
      H: config.n_heads, L: config.n_layers, most: config.max_len });
    const { V, d, dFf, H, L, most } = this;
    const numbers = unpacked(bytes);
    let at = 0;
    const take = (count) => numbers.subarray(at, at += count);
    this.embed = take(V * d);
    this.layers = Array.from({ length: L }, () => ({
      norm1: take(d), q: take(d * d), k: take(d * d), v: take(d * d), o: take(d * d),
      norm2: take(d), w1: take(dFf * d), w3: take(dFf * d), w2: take(d * dFf),
      keys: new Float32Array(most * d), values: new Float32Array(most * d),
      weights: new Float32Array(H * most * most), // (H, T, S), what was last read
    }));
    this.last = take(d);
    if (at !== numbers.length) throw new Error(`${numbers.length} numbers for ${at} places`);
    this.turns = anglesOf(most, d / H);
    this.ids = [];
    this.logProbs = new Float32Array(most * V); // (T, V) nats: what follows each token
    const rows = (width) => new Float32Array(most * width);
    this.rows = { x: rows(d), h: rows(d), q: rows(d), seen: rows(d), added: rows(d),
      up: rows(dFf), gate: rows(dFf) };
  }

  // Read a text; what it has in common with the last one, at its beginning, is not read again.
  // Returns how many tokens were read.
  read(ids) {
    if (ids.length > this.most) throw new Error(`${ids.length} tokens, ${this.most} at most`);
    let first = 0;
    while (first < ids.length && ids[first] === this.ids[first]) first += 1;
    const last = ids.length;
    this.ids = [...ids];
    const { x, h } = this.rows;
    for (let t = first; t < last; t += 1) {
      x.set(this.embed.subarray(ids[t] * this.d, (ids[t] + 1) * this.d), t * this.d);
    }
    for (const layer of this.layers) {
      this.look(layer, first, last);
      this.feed(layer, first, last);
    }
    norm(x, this.last, h, first, last);
    multiply(h, this.embed, this.logProbs, first, last, this.d, this.V);
    for (let t = first; t < last; t += 1) logSoftmax(this.row(t));
    return last - first;
  }

  // x + attention(norm(x)); keys and values of these rows are kept.
  look(layer, first, last) {
    const { d, H } = this;
    const { x, h, q, seen, added } = this.rows;
    norm(x, layer.norm1, h, first, last);
    multiply(h, layer.q, q, first, last, d, d);
    multiply(h, layer.k, layer.keys, first, last, d, d);
    multiply(h, layer.v, layer.values, first, last, d, d);
    turn(q, this.turns, first, last, d, d / H);
    turn(layer.keys, this.turns, first, last, d, d / H);
    for (let head = 0; head < H; head += 1) {
      for (let t = first; t < last; t += 1) this.ask(layer, head, t);
    }
    multiply(seen, layer.o, added, first, last, d, d);
    for (let i = first * d; i < last * d; i += 1) x[i] += added[i];
  }

  // One head asks at place t: weights on places 0 to t, and the sum of their values.
  ask(layer, head, t) {
    const { d, H, most } = this;
    const { q, seen } = this.rows;
    const dHead = d / H;
    const from = head * dHead;
    const row = layer.weights.subarray((head * most + t) * most, (head * most + t) * most + t + 1);
    for (let s = 0; s <= t; s += 1) {
      let score = 0;
      for (let i = 0, a = t * d + from, b = s * d + from; i < dHead; i += 1) {
        score += q[a + i] * layer.keys[b + i];
      }
      row[s] = score / Math.sqrt(dHead);
    }
    logSoftmax(row);
    const at = t * d + from;
    seen.fill(0, at, at + dHead);
    for (let s = 0; s <= t; s += 1) {
      const weight = row[s] = Math.exp(row[s]);
      for (let i = 0, b = s * d + from; i < dHead; i += 1) {
        seen[at + i] += weight * layer.values[b + i];
      }
    }
  }

  // x + (silu(h W_1) * h W_3) W_2, h = norm(x).
  feed(layer, first, last) {
    const { d, dFf } = this;
    const { x, h, added, up, gate } = this.rows;
    norm(x, layer.norm2, h, first, last);
    multiply(h, layer.w1, gate, first, last, d, dFf);
    multiply(h, layer.w3, up, first, last, d, dFf);
    for (let i = first * dFf; i < last * dFf; i += 1) {
      gate[i] *= up[i] / (1 + Math.exp(-gate[i]));
    }
    multiply(gate, layer.w2, added, first, last, dFf, d);
    for (let i = first * d; i < last * d; i += 1) x[i] += added[i];
  }

  // Nats (V,) of what follows the token at place t.
  row(t) { return this.logProbs.subarray(t * this.V, (t + 1) * this.V); }

  // Where a head looks from place t: weights on places 0 to t.
  weights(layer, head, t) {
    const at = (head * this.most + t) * this.most;
    return this.layers[layer].weights.subarray(at, at + t + 1);
  }

  // Surprisal in bits of the token at place t, from 1 on.
  bits(t) { return -this.row(t - 1)[this.ids[t]] / Math.LN2; }
}

// In place: scores become log-probabilities, in nats.
function logSoftmax(row) {
  let highest = -Infinity;
  for (let i = 0; i < row.length; i += 1) if (row[i] > highest) highest = row[i];
  let sum = 0;
  for (let i = 0; i < row.length; i += 1) sum += Math.exp(row[i] - highest);
  const all = highest + Math.log(sum);
  for (let i = 0; i < row.length; i += 1) row[i] -= all;
}
