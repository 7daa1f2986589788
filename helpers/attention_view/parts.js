// The parts of the card: native inputs, canvases, lines of tokens.
function labelled(words, input) {
  input.ariaLabel = words; // without its options
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
