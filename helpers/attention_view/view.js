// The card: what is chosen, by mouse and by keys; the map, all heads, the text; what is said.
const TALLEST = 590; // px of the whole card
const LINE = 28; // px from one line of tokens to the next, as in view.css
const KEYS = "Arrow keys: walk the map. Enter: pin the row. Page up, page down: next head.";

// Plain keys belong to the card, else JupyterLab moves or cuts the cell; the rest goes on to it.
function keepPlainKeys(event) {
  const shortcut = event.ctrlKey || event.altKey || event.metaKey;
  const leaves = event.key === "Escape" || (event.key === "Enter" && event.shiftKey);
  if (!shortcut && !leaves) event.stopPropagation();
}

function labelled(words, input) {
  return make("label", {}, make("span", {}, words), input);
}

function choice(count, changed) {
  const options = Array.from({ length: count }, (_, at) => make("option", {
    value: at, text: `${at + 1}` }));
  return make("select", { onchange: changed }, ...options);
}

function levels(several, changed) {
  const name = `level-${Math.random().toString(36).slice(2)}`; // differs between cards
  const box = make("div", { className: "levels", role: "radiogroup", ariaLabel: "show" });
  for (const level of [...(several ? ["all heads"] : []), "one head", "text"]) {
    const input = make("input", {
      type: "radio", name, value: level, checked: !box.childElementCount, onchange: changed });
    box.append(make("label", {}, input, make("span", {}, several || level === "text" ? level
      : "map")));
  }
  return box;
}

// A line of tokens. `choose` makes it a list from which a query is taken.
function lineOf(tokens, name, choose) {
  const line = make("p", { className: "line", dir: "auto", ariaLabel: name });
  const spans = tokens.map((token, at) => make("span", { className: "token", dir: "auto" }, token));
  spans.forEach((span, at) => line.append(span, " "));
  if (!choose) return { line, spans };
  line.tabIndex = 0;
  line.setAttribute("role", "listbox");
  const prefix = `token-${Math.random().toString(36).slice(2)}`;
  spans.forEach((span, at) => {
    Object.assign(span, { id: `${prefix}-${at}`, onclick: () => choose(at) });
    span.setAttribute("role", "option");
  });
  return { line, spans };
}

function build(model, cells) {
  const card = make("div", { className: "course-attention" });
  const several = cells.layers * cells.heads > 1;
  const part = {
    card, several,
    title: make("p", { className: "title" }, model.get("title")),
    layer: choice(cells.layers), head: choice(cells.heads), levels: levels(several),
    own: make("input", { type: "checkbox" }),
    save: make("button", { type: "button" }, "save PNG"),
    words: make("p", { className: "words" }),
    all: make("canvas", { className: "all", tabIndex: 0 }),
    map: make("canvas", { className: "map", tabIndex: 0 }),
    cell: make("p", { className: "cell" }), row: make("p", { className: "row" }),
    said: make("p", { className: "said", role: "status" }),
    text: make("div", { className: "text" }),
    stage: make("div", { className: "stage" }),
  };
  const bar = make("div", { className: "bar" }, part.levels);
  if (cells.layers > 1) bar.append(labelled("layer", part.layer));
  if (cells.heads > 1) bar.append(labelled("head", part.head));
  const own = labelled("each row to its maximum", part.own);
  own.className = "switch";
  bar.append(own, part.save);
  part.all.setAttribute("role", "application");
  part.map.setAttribute("role", "application");
  part.map.setAttribute("aria-roledescription", "attention map");
  part.stage.append(...(several ? [part.all] : []), part.map, part.text);
  card.append(part.title, bar, part.words, part.stage, part.said);
  card.addEventListener("keydown", keepPlainKeys);
  return part;
}

function render({ model, el }) {
  const cells = new Cells(model);
  const part = build(model, cells);
  const { card, all, map } = part;
  const same = model.get("same");
  const lines = { keys: lineOf(cells.keys, "keys", same && pin) };
  lines.queries = same ? lines.keys : lineOf(cells.queries, "queries", pin);
  let resting; // the map without what is lit
  let headsResting;
  let place;
  let headsPlace;
  let shownRow = null;
  let at = null; // the cell that is pointed at, [query, key]
  let cursor = [model.get("pinned") ?? (same ? cells.rows - 1 : 0), 0]; // where the keys are

  const head = () => model.get("layer") * cells.heads + model.get("head");
  const pinned = () => model.get("pinned") ?? null;
  const level = () => part.levels.querySelector(":checked").value;
  const family = () => getComputedStyle(card).fontFamily;

  function fill() {
    const seen = same ? "tokens, shaded by weight" : "keys, shaded by weight";
    part.text.append(part.cell, part.row);
    if (!same) part.text.append(make("p", { className: "name" }, "queries: choose one"), lines.queries.line);
    part.text.append(make("p", { className: "name" }, seen), lines.keys.line);
    lines.queries.line.addEventListener("keydown", walkLine);
  }

  // Sizes: the map takes what the text beside it leaves, and the card never grows too high.
  function resize() {
    const inner = part.stage.clientWidth;
    if (!inner) return;
    card.dataset.level = level();
    const beside = inner >= (level() === "all heads" ? 900 : 680);
    card.classList.toggle("beside", beside);
    const taken = part.stage.offsetTop + 12;
    const tall = TALLEST - taken - (beside ? 0 : level() === "all heads" ? 108 : 156);
    const text = beside ? Math.max(190, inner * 0.26) + 16 : 0;
    let room = inner - text;
    if (level() === "all heads") {
      headsPlace = layOutHeads(cells, Math.min(340, inner * 0.28), tall);
      room -= headsPlace.width + 16;
      restHeads();
    }
    place = layOut(map.getContext("2d"), cells, same, Math.floor(room), tall, family());
    fit();
    part.text.style.maxHeight = beside ? `${tall}px` : "";
    rest();
  }

  // A long sentence is set smaller, so that nothing below it moves.
  function fit() {
    part.words.classList.remove("long");
    part.words.classList.toggle("long", part.words.scrollHeight > part.words.clientHeight);
  }

  function restHeads() {
    const ratio = window.devicePixelRatio || 1;
    headsResting = document.createElement("canvas");
    const pen = canvasFor(headsResting, headsPlace.width, headsPlace.height, ratio);
    paintHeads(pen, headsPlace, cells, head(), model.get("own_scale"), family());
    const top = canvasFor(all, headsPlace.width, headsPlace.height, ratio);
    top.drawImage(headsResting, 0, 0, headsPlace.width, headsPlace.height);
    paintChosen(top, headsPlace, head());
  }

  function rest() {
    const ratio = window.devicePixelRatio || 1;
    resting = document.createElement("canvas");
    paintMap(canvasFor(resting, place.width, place.height, ratio), place, cells, head(),
      model.get("own_scale"));
    canvasFor(map, place.width, place.height, ratio);
    shownRow = null;
    light();
  }

  function light() {
    const pen = map.getContext("2d");
    pen.drawImage(resting, 0, 0, place.width, place.height);
    const [query, key] = at ?? [null, null];
    paintLight(pen, place, cells, query, key, pinned());
    part.cell.textContent = at ? cells.cellInWords(head(), query, key)
      : "Point at a cell, or walk there by arrow keys.";
    shade(pinned() ?? query ?? cursor[0]);
  }

  // The text, shaded by where a query looks.
  function shade(query) {
    lines.keys.spans.forEach((span, key) => {
      const lit = at !== null && at[1] === key;
      if (span.classList.contains("lit") !== lit) span.classList.toggle("lit", lit);
    });
    if (query === shownRow) return;
    shownRow = query;
    const row = cells.row(head(), query);
    const top = cells.top(head(), query, model.get("own_scale"));
    const gold = new Set(cells.gold.filter((link) => link[0] === query).map((link) => link[1]));
    lines.keys.spans.forEach((span, key) => {
      const shade = shadeOf(row[key] / top);
      span.style.backgroundColor = css(shade);
      span.style.color = INKS[shade];
      span.classList.toggle("gold", gold.has(key));
    });
    lines.queries.spans.forEach((span, place) => {
      span.classList.toggle("looks", place === query);
      span.setAttribute("aria-selected", place === query);
    });
    lines.queries.line.setAttribute("aria-activedescendant", lines.queries.spans[query].id);
    part.row.textContent = cells.rowInWords(head(), query);
    for (const { line, spans } of new Set(Object.values(lines))) {
      const span = spans[line === lines.queries.line ? query : row.indexOf(Math.max(...row))];
      if (line.scrollHeight > line.clientHeight) {
        line.scrollTop = LINE * Math.floor((span.offsetTop - line.offsetTop) / LINE - 0.3);
      }
    }
  }

  function say(words) { part.said.textContent = words; }

  function tellHead() {
    const words = model.get("words")[head()];
    const layer = cells.layers > 1 ? `Layer ${model.get("layer") + 1}, head` : "Head";
    const name = part.several ? `${layer} ${model.get("head") + 1}: ` : "";
    part.words.textContent = name + words;
    part.layer.value = model.get("layer");
    part.head.value = model.get("head");
    part.own.checked = model.get("own_scale");
    map.ariaLabel = `${model.get("title")}. ${cells.rows} queries look at ${cells.columns} keys. `
      + `${name}${words} ${KEYS}`;
    all.ariaLabel = `All heads, ${name}arrow keys choose another one.`;
  }

  function choose(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    changed();
  }

  function changed() {
    tellHead();
    if (!place) return;
    if (level() === "all heads") restHeads();
    rest();
    fit();
  }

  function chooseHead(next) {
    const count = cells.layers * cells.heads;
    const wanted = (next + count) % count;
    choose({ layer: Math.floor(wanted / cells.heads), head: wanted % cells.heads });
    say(part.words.textContent);
  }

  function pin(query) {
    cursor[0] = query;
    choose({ pinned: pinned() === query ? null : query });
    say(pinned() === null ? "No row is pinned." : `Pinned: ${cells.rowInWords(head(), query)}`);
  }

  function cellAt(event) {
    const box = map.getBoundingClientRect();
    const key = Math.floor((event.clientX - box.left - place.left) / place.wide);
    const query = Math.floor((event.clientY - box.top - place.above) / place.high);
    const inside = key >= 0 && key < cells.columns && query >= 0 && query < cells.rows;
    return inside ? [query, key] : null;
  }

  function point(event) {
    const next = cellAt(event);
    if (String(next) === String(at)) return;
    at = next;
    if (next) cursor = [...next];
    light();
  }

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function walk(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const [query, key] = at ?? cursor;
    const within = (value, count) => Math.max(0, Math.min(count - 1, value));
    const go = (row, column) => {
      cursor = [within(row, cells.rows), within(column, cells.columns)];
      at = [...cursor];
      light();
      say(cells.cellInWords(head(), ...at));
    };
    if (STEPS[event.key]) go(...(at ? [query + STEPS[event.key][0], key + STEPS[event.key][1]]
      : cursor));
    else if (event.key === "Home") go(query, 0);
    else if (event.key === "End") go(query, cells.columns - 1);
    else if (event.key === "Enter" || event.key === " ") pin(query);
    else if (event.key === "PageDown") chooseHead(head() + 1);
    else if (event.key === "PageUp") chooseHead(head() - 1);
    else return;
    event.preventDefault();
  }

  function walkHeads(event) {
    const { across } = headsPlace;
    const step = { ArrowUp: -across, ArrowDown: across, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = head() + step;
    if (next >= 0 && next < cells.layers * cells.heads) chooseHead(next);
  }

  function walkLine(event) {
    const steps = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
    const turned = getComputedStyle(event.currentTarget).direction === "rtl"
      && ["ArrowLeft", "ArrowRight"].includes(event.key);
    const step = steps[event.key] * (turned ? -1 : 1);
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const query = (pinned() ?? cursor[0]) + step;
    if (query < 0 || query >= cells.rows) return;
    cursor[0] = query;
    choose({ pinned: query });
    say(cells.rowInWords(head(), query));
  }

  // The map as a picture of its own: title, what is pinned, what it says; twice the pixels.
  function save() {
    const canvas = document.createElement("canvas");
    const wide = Math.max(place.width + 24, 420);
    const pen = canvasFor(canvas, wide, place.height + 62, 2);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, wide, place.height + 62);
    pen.fillStyle = INK;
    pen.font = fontOf(16, place.family, "bold");
    pen.textBaseline = "middle";
    pen.fillText(fitted(pen, model.get("title"), wide - 24), 12, 20);
    pen.font = fontOf(12, place.family);
    pen.fillText(fitted(pen, part.words.textContent, wide - 24), 12, place.height + 48);
    pen.translate(12, 36);
    paintMap(pen, place, cells, head(), model.get("own_scale"));
    paintLight(pen, place, cells, null, null, pinned());
    canvas.toBlob((blob) => {
      const href = URL.createObjectURL(blob);
      make("a", { href, download: "attention.png" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 1000);
    });
  }

  fill();
  tellHead();
  part.levels.addEventListener("change", resize);
  part.layer.onchange = () => choose({ layer: Number(part.layer.value) });
  part.head.onchange = () => choose({ head: Number(part.head.value) });
  part.own.onchange = () => choose({ own_scale: part.own.checked });
  part.save.onclick = save;
  map.addEventListener("pointermove", point);
  map.addEventListener("pointerleave", () => { at = null; light(); });
  map.addEventListener("blur", () => { at = null; light(); });
  map.addEventListener("click", (event) => { point(event); if (at) pin(at[0]); });
  map.addEventListener("keydown", walk);
  all.addEventListener("click", (event) => {
    const box = all.getBoundingClientRect();
    const next = headAt(headsPlace, event.clientX - box.left, event.clientY - box.top);
    if (next !== null) chooseHead(next);
  });
  all.addEventListener("keydown", walkHeads);
  model.on("change:layer change:head change:pinned change:own_scale", changed);
  el.append(card);
  const sizes = new ResizeObserver(resize);
  sizes.observe(card);
  resize();
  return () => {
    sizes.disconnect();
    model.off("change:layer change:head change:pinned change:own_scale", changed);
  };
}

export default { render };
