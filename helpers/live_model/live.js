// The view: what is typed is read, drawn and said; letters, heads and cells are chosen.
const QUIET = 700; // ms without a key until what is new is read out
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const quoted = (name) => `“${name}”`;
const plainKey = (event) => !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);

// Draw a live model into an element; text: what its field holds at first. Returns a function
// that takes it away. changed(text): told of each text.
function live(element, facts, { text = "", changed = () => {} } = {}) {
  const letters = new Letters(facts);
  const bytes = facts.bytes ?? bytesOf(facts.numbers);
  const network = new Network(facts.config, bytes);
  const part = build(facts, { how: showOdds, head: chooseHead });
  const { card, field, read, large } = part;
  const most = facts.config.max_len;
  let shown = []; // letters that are read, the first is the start mark
  let names = [];
  let place = 0; // the chosen letter: its row of every map, and the odds after it
  let key = null; // where it looks, in the large map
  let anew = 0; // tokens that were not read before
  let writing = false;
  let timer;
  let width = 0;

  const chosenHead = () => Number(part.choice.grid.querySelector(":checked").value);
  const layerOf = (at) => [Math.floor(at / network.H), at % network.H];
  const headName = () => layerOf(chosenHead()).map((at, i) => `${["Layer", "head"][i]} ${at + 1}`)
    .join(", ");

  const cutField = () => letters.cut(field.input.value);

  function readField() {
    shown = ["", ...cutField().slice(0, most - 1)];
    anew = network.read(shown.map((letter, t) => (t ? letters.id(letter) : letters.start)));
  }

  // All that follows from a text that was read.
  function showField() {
    const cut = cutField();
    names = shown.map((letter, t) => (t ? visible(letter) : "(start)"));
    [place, key] = [shown.length - 1, null];
    note(cut);
    showText(cut.slice(most - 1));
    mark();
    showOdds();
    paintAll();
    showHead();
    tell();
    sayLater();
    changed(field.input.value);
  }

  function update() {
    readField();
    showField();
  }

  function note(cut) {
    const strange = [...new Set(cut.slice(0, most - 1).filter((one) => !letters.known.has(one)))];
    const over = cut.length - most + 1;
    const words = [];
    if (over > 0) {
      words.push(`The model reads ${most} tokens, a start mark and ${most - 1} letters: the last `
        + `${over === 1 ? "letter is" : `${over} letters are`} not read.`);
    }
    if (strange.length) {
      words.push(`Not known, read as ${letters.entries[letters.unknown]}: ${strange.slice(0, 8)
        .map(visible).join(" ")}${strange.length > 8 ? " …" : ""}`);
    }
    field.note.textContent = words.join(" ");
  }

  function showText(unread) {
    const spans = shown.map((letter, t) => letterSpan(`${part.id}-${t}`, letter, names[t],
      t ? network.bits(t) : null));
    if (unread.length) {
      spans.push(make("span", { className: "unread", ariaHidden: "true" },
        unread.map((letter) => (letter === " " ? letter : visible(letter))).join("")));
    }
    read.replaceChildren(...spans);
  }

  // The chosen letter in the text.
  function mark() {
    read.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
    const span = read.children[place];
    span.setAttribute("aria-selected", "true");
    read.setAttribute("aria-activedescendant", span.id);
    const below = span.offsetTop + span.offsetHeight - read.clientHeight;
    if (read.scrollTop < below || read.scrollTop > span.offsetTop) read.scrollTop = below + 4;
  }

  function how() { return [Number(part.temperature.value), Number(part.topP.value)]; }

  // The odds after the chosen letter; the letter that came there is marked.
  function showOdds() {
    const row = network.row(place);
    const drawn = reshaped(row, ...how());
    const order = likeliestFirst(row);
    const came = network.ids[place + 1] ?? null;
    const best = order.slice(0, BARS);
    if (came !== null && !best.includes(came)) best[BARS - 1] = came;
    part.odds.caption.textContent = `What comes after ${quoted(names[place])}`
      + `${came === null ? "" : " (◂ what came)"}`;
    part.odds.body.replaceChildren(...best.map((id) => oddsRow({
      name: letters.name(id), odds: Math.exp(row[id]), drawn: drawn[id], came: id === came })));
  }

  function paintAll() {
    part.choice.canvases.forEach((canvas, at) => paintSmall(canvas, network, ...layerOf(at)));
  }

  function showHead() {
    const style = getComputedStyle(card);
    const [layer, head] = layerOf(chosenHead());
    paintLarge(large, network, { layer, head, place, key }, names, { ink: style.color,
      lit: style.getPropertyValue("--live-lit"), family: style.fontFamily });
    const weights = network.weights(layer, head, place);
    const looks = `${headName()}: ${quoted(names[place])} looks at `;
    const told = (s) => `${quoted(names[s])} ${weights[s].toFixed(3)} `
      + `(${s === place ? "itself" : `${place - s} back`})`;
    const best = key === null ? likeliestFirst(weights).slice(0, 3) : [key];
    part.looks.textContent = `${looks}${best.map(told).join(", ")}.`;
    large.ariaLabel = `${part.looks.textContent} ${MAP_KEYS}`;
  }

  // The whole text in a sentence.
  function tell() {
    const count = shown.length - 1;
    let bits = 0;
    for (let t = 1; t <= count; t += 1) bits += network.bits(t) / count;
    const row = network.row(count);
    const next = likeliestFirst(row).slice(0, 3).map((id) => (
      `${quoted(letters.name(id))} ${Math.exp(row[id]).toFixed(3)}`)).join(", ");
    const mean = count ? `${count === 1 ? "1 letter" : `${count} letters`}, ${bits.toFixed(2)} bits `
      + `each: as unsure as between ${(2 ** bits).toFixed(1)} equal ones.` : "No letter yet.";
    part.words.textContent = `${mean} Likeliest next: ${next}. Read anew: ${anew} of `
      + `${count + 1} tokens, ${count + 1 - anew} kept.`;
  }

  function say(words) {
    clearTimeout(timer);
    part.said.textContent = words;
  }

  function sayLater() {
    clearTimeout(timer);
    timer = setTimeout(() => say(`${field.note.textContent} ${part.words.textContent}`), QUIET);
  }

  // Choose a letter, and a place it looks at.
  function choose(nextPlace, nextKey = null) {
    place = Math.max(0, Math.min(shown.length - 1, nextPlace));
    key = nextKey === null ? null : Math.max(0, Math.min(place, nextKey));
    mark();
    showOdds();
    showHead();
  }

  function chooseHead() {
    showHead();
    say(part.looks.textContent);
  }

  function headBy(step) {
    const count = part.choice.inputs.length;
    const next = part.choice.inputs[(chosenHead() + step + count) % count];
    next.checked = true;
    chooseHead();
    return next;
  }

  function walkText(event) {
    const by = STEPS[event.key];
    const to = { Home: 0, End: shown.length - 1 }[event.key] ?? (by && place + by[0] + by[1]);
    if (to === undefined || !plainKey(event)) return;
    event.preventDefault();
    choose(to);
    const row = network.row(place);
    const [next] = likeliestFirst(row);
    say(`${read.children[place].ariaLabel}. After it: ${quoted(letters.name(next))} `
      + `${Math.exp(row[next]).toFixed(3)}.`);
  }

  function walkMap(event) {
    const by = STEPS[event.key];
    const page = { PageDown: 1, PageUp: -1 }[event.key];
    if (!(by || page) || !plainKey(event)) return;
    event.preventDefault();
    if (page) headBy(page);
    else choose(place + by[0], (key ?? place) + (key === null ? 0 : by[1]));
    say(part.looks.textContent);
  }

  // Up and down go to the same head of another layer; left and right are the browser's own.
  function walkHeads(event) {
    const by = { ArrowUp: -network.H, ArrowDown: network.H }[event.key];
    if (!by || !plainKey(event)) return;
    event.preventDefault();
    headBy(by).focus();
  }

  // Write on, a letter for each picture of the screen; another key ends it.
  async function write() {
    if (writing) {
      writing = false;
      return;
    }
    writing = true;
    part.write.textContent = "stop";
    const before = cutField().length;
    let end = "";
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (let count = 0; count < WRITTEN && writing && !end; count += 1) {
      end = writeOne();
      if (calm) continue;
      showField();
      await new Promise(requestAnimationFrame);
    }
    if (calm) showField();
    writing = false;
    part.write.textContent = `write ${WRITTEN} letters`;
    const fresh = cutField().slice(before).map(visible).join("").replaceAll("␣", " ");
    say(`${end} Written: ${fresh || "nothing"}. ${part.words.textContent}`);
    if (end) field.note.textContent = `${end} ${field.note.textContent}`;
  }

  // One letter more, drawn with the sliders. Returns why there is none, or nothing.
  function writeOne() {
    if (cutField().length >= most - 1) {
      return `The context of ${most} tokens is full: delete some letters to go on.`;
    }
    const id = drawn(reshaped(network.row(network.ids.length - 1), ...how()), Math.random());
    if (id === letters.end) return "The model ended the text here.";
    field.input.value += letters.marks.has(id) ? "\ufffd" : letters.entries[id]; // <unk> again
    readField();
    return "";
  }

  field.input.value = text;
  field.input.addEventListener("input", () => {
    writing = false;
    update();
  });
  field.input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !plainKey(event) || event.isComposing) return;
    event.preventDefault();
    write();
  });
  part.write.addEventListener("click", write);
  read.addEventListener("keydown", walkText);
  read.addEventListener("click", (event) => {
    const at = [...read.children].indexOf(event.target);
    if (at >= 0 && at < shown.length) choose(at);
  });
  large.addEventListener("keydown", walkMap);
  large.addEventListener("click", (event) => {
    const cell = cellBelow(large, shown.length, event);
    if (cell) choose(...cell);
  });
  part.choice.grid.addEventListener("keydown", walkHeads);
  element.append(card);
  update();
  const sizes = new ResizeObserver(() => {
    if (card.clientWidth === width) return;
    width = card.clientWidth;
    paintAll();
    showHead();
  });
  sizes.observe(card);
  return () => {
    writing = false;
    clearTimeout(timer);
    sizes.disconnect();
    card.remove();
  };
}
