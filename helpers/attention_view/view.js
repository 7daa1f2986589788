// What is chosen, by mouse and by keys: the map, all heads, the text, what is said of it.
const TALLEST = 590; // px of the whole card, if a page from disk says nothing else
const LEAST = 140; // px of the map's height, also where it is hidden
const LINE = 28; // px from one line of tokens to the next, as in view.css
const KEYS = "Arrow keys: walk the map. Enter: pin the row. Page up, page down: next head.";

function render({ model, el }) {
  const cells = new Cells(model);
  const part = build(model, cells);
  const { card, map } = part;
  const same = model.get("same");
  const lines = { keys: lineOf(cells.keys, same ? "tokens" : "keys", same && pin) };
  lines.queries = same ? lines.keys : lineOf(cells.queries, "queries", pin);
  let resting; // the map without what is lit
  let headsResting;
  let place;
  let headsPlace;
  let shownRow = null;
  let choosing = false;
  let width = 0;
  let at = null; // the cell that is pointed at, [query, key]
  let cursor = [model.get("pinned") ?? (same ? cells.rows - 1 : 0), 0]; // where the keys are

  const head = () => model.get("layer") * cells.heads + model.get("head");
  const pinned = () => model.get("pinned") ?? null;
  const level = () => part.levels.querySelector(":checked").value;
  const ratio = () => window.devicePixelRatio || 1;
  const family = () => getComputedStyle(card).fontFamily;

  function fill() {
    const seen = same ? "tokens, shaded by weight" : "keys, shaded by weight";
    part.text.append(part.cell, part.row);
    if (!same) part.text.append(make("p", { className: "name" }, "queries: choose one"), lines.queries.line);
    part.text.append(make("p", { className: "name" }, seen), lines.keys.line);
    lines.queries.line.addEventListener("keydown", walkLine);
  }

  // Sizes: the map takes what the text leaves, and the card never grows too high.
  function resize() {
    const inner = part.stage.clientWidth - 8; // its padding
    if (inner <= 0) return;
    const all = level() === "all heads";
    const beside = inner >= (all ? 900 : 680);
    card.dataset.level = level();
    card.classList.toggle("beside", beside);
    fit();
    const text = beside ? Math.max(190, inner * 0.26) + 16 : 0;
    const taken = part.stage.offsetTop + 16 + (beside ? 0 : part.text.offsetHeight + 8);
    const tall = Math.max(LEAST, (model.get("tallest") ?? TALLEST) - taken);
    headsPlace = all ? layOutHeads(cells, Math.min(340, inner * 0.28), tall) : null;
    const room = inner - text - (all ? headsPlace.width + 16 : 0);
    place = layOut(map.getContext("2d"), cells, same, Math.floor(room), tall, family());
    part.text.style.maxHeight = beside ? `${tall}px` : "";
    restHeads();
    rest();
  }

  // A long sentence is set smaller, so that nothing below it moves.
  function fit() {
    part.words.classList.remove("long");
    part.words.classList.toggle("long", part.words.scrollHeight > part.words.clientHeight);
  }

  function restHeads() {
    if (!headsPlace) return;
    headsResting = document.createElement("canvas");
    paintHeads(canvasFor(headsResting, headsPlace.width, headsPlace.height, ratio()), headsPlace,
      cells, model.get("own_scale"), family());
    lightHead();
  }

  function lightHead() {
    if (!headsPlace) return;
    const pen = canvasFor(part.all, headsPlace.width, headsPlace.height, ratio());
    pen.drawImage(headsResting, 0, 0, headsPlace.width, headsPlace.height);
    paintChosen(pen, headsPlace, head());
  }

  function rest() {
    resting = document.createElement("canvas");
    paintMap(canvasFor(resting, place.width, place.height, ratio()), place, cells, head(),
      model.get("own_scale"));
    canvasFor(map, place.width, place.height, ratio());
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
    part.all.ariaLabel = `All heads, ${name}arrow keys choose another one.`;
  }

  function choose(values) {
    choosing = true;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    choosing = false;
    changed();
    try {
      model.save_changes();
    } catch { /* the kernel is gone: the page goes on alone */ }
  }

  function changed() {
    if (choosing) return; // all of it at once, later
    tellHead();
    if (!place) return;
    lightHead();
    rest();
    fit();
  }

  function chooseScale() {
    choose({ own_scale: part.own.checked });
    restHeads();
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
    const [wide, high] = [Math.max(place.width + 24, 420), place.height + 92];
    const pen = canvasFor(canvas, wide, high, 2);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, wide, high);
    pen.fillStyle = INK;
    pen.textBaseline = "middle";
    pen.font = fontOf(16, place.family, "bold");
    pen.fillText(fitted(pen, model.get("title"), wide - 24), 12, 20);
    pen.font = fontOf(12, place.family);
    folded(pen, part.words.textContent, wide - 24).forEach((line, at) => (
      pen.fillText(line, 12, place.height + 47 + 16 * at)));
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
  part.own.onchange = chooseScale;
  part.save.onclick = save;
  map.addEventListener("pointermove", point);
  map.addEventListener("pointerleave", () => { at = null; light(); });
  map.addEventListener("blur", () => { at = null; light(); });
  map.addEventListener("click", (event) => { point(event); if (at) pin(at[0]); });
  map.addEventListener("keydown", walk);
  part.all.addEventListener("click", (event) => {
    const box = part.all.getBoundingClientRect();
    const next = headAt(headsPlace, event.clientX - box.left, event.clientY - box.top);
    if (next !== null) chooseHead(next);
  });
  part.all.addEventListener("keydown", walkHeads);
  model.on("change:layer change:head change:pinned change:own_scale", changed);
  el.append(card);
  const sizes = new ResizeObserver(() => {
    if (card.clientWidth === width) return; // its height is our own doing
    width = card.clientWidth;
    resize();
  });
  sizes.observe(card);
  return () => {
    sizes.disconnect();
    model.off("change:layer change:head change:pinned change:own_scale", changed);
  };
}

export default { render };
