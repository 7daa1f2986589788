// The parts of the card: native inputs, lines of letters, a table of odds, canvases.
const BARS = 10; // likeliest letters that have a bar
const WRITTEN = 60; // letters the button writes
const MOST_BITS = 10; // surprisal at which the shade is darkest
const MAP_KEYS = "Arrow keys: walk the map. Page up, page down: next head.";

function slider(words, id, settings, changed) {
  const input = make("input", { type: "range", id, ...settings });
  const value = make("output", { htmlFor: id }, input.value);
  input.addEventListener("input", () => {
    value.textContent = Number(input.value).toFixed(2);
    changed();
  });
  value.textContent = Number(input.value).toFixed(2);
  return { input, box: make("label", { htmlFor: id }, make("span", {}, words), input, value) };
}

function textField(id, most) {
  const input = make("textarea", { id, rows: 2, maxLength: 1000, spellcheck: false,
    autocomplete: "off" });
  input.setAttribute("autocapitalize", "off");
  input.setAttribute("aria-describedby", `${id}-note`);
  const note = make("p", { id: `${id}-note`, className: "note" });
  const label = make("label", { htmlFor: id }, `Your text, ${most - 1} letters at most`);
  return { input, note, box: make("div", { className: "field" }, label, note, input) };
}

// All heads: one native choice among pictures, a line for each layer.
function headChoice(id, layers, heads, changed) {
  const canvases = [];
  const grid = make("div", { className: "heads", role: "radiogroup",
    ariaLabel: "Attention head to enlarge" });
  grid.style.setProperty("--heads", heads);
  for (let at = 0; at < layers * heads; at += 1) {
    const words = `layer ${Math.floor(at / heads) + 1}, head ${at % heads + 1}`;
    const input = make("input", { type: "radio", name: `${id}-head`, value: at, checked: at === 0,
      ariaLabel: words, onchange: changed });
    const canvas = make("canvas", { ariaHidden: "true" });
    canvases.push(canvas);
    grid.append(make("label", { title: words }, input, canvas,
      make("span", { ariaHidden: "true" }, `${Math.floor(at / heads) + 1}.${at % heads + 1}`)));
  }
  return { grid, canvases, inputs: [...grid.querySelectorAll("input")] };
}

function oddsTable() {
  const caption = make("caption");
  const body = make("tbody");
  const head = make("tr", {}, ...["letter", "odds", "with sliders"].map((words) => (
    make("th", { scope: "col" }, words))));
  return { caption, body, table: make("table", {}, caption, make("thead", {}, head), body) };
}

// One line of the table: two bars, the model's own odds and what the sliders make of them.
function oddsRow({ name, odds, drawn, came }) {
  const bars = make("div", { className: "bars", ariaHidden: "true" }, make("div"), make("div"));
  bars.children[0].style.width = `${100 * odds}%`;
  bars.children[1].style.width = `${100 * drawn}%`;
  return make("tr", { className: came ? "came" : "" },
    make("th", { scope: "row" }, came ? `${name} ◂` : name),
    make("td", {}, bars, make("span", {}, odds.toFixed(3))),
    make("td", {}, drawn.toFixed(3)));
}

// A letter of the text, shaded by its surprisal in bits; null for the start mark.
function letterSpan(id, letter, name, bits) {
  const blank = /^\p{Zs}$/u.test(letter);
  const span = make("span", { id, role: "option", className: bits === null ? "start" : "letter",
    ariaLabel: bits === null ? name : `“${name}”, ${bits.toFixed(2)} bits` },
    blank ? " " : name);
  if (bits !== null) {
    const share = Math.min(1, bits / MOST_BITS);
    span.style.setProperty("--share", share.toFixed(3));
    span.title = `${name}: ${bits.toFixed(2)} bits`;
  }
  return span;
}

function build(facts, changed) {
  const id = `live-${Math.random().toString(36).slice(2)}`; // differs between cards
  const { n_layers: layers, n_heads: heads, max_len: most } = facts.config;
  const field = textField(`${id}-text`, most);
  const temperature = slider("temperature", `${id}-t`, { min: 0, max: 2, step: 0.05, value: 1 },
    changed.how);
  const topP = slider("top-p", `${id}-p`, { min: 0.05, max: 1, step: 0.05, value: 1 }, changed.how);
  const write = make("button", { type: "button" }, `write ${WRITTEN} letters`);
  const read = make("div", { className: "read", role: "listbox", tabIndex: 0,
    ariaLabel: "The text, shaded by surprisal; arrow keys choose a letter" });
  const odds = oddsTable();
  const choice = headChoice(id, layers, heads, changed.head);
  const large = make("canvas", { className: "large", tabIndex: 0, role: "img" });
  const looks = make("p", { className: "looks" });
  const words = make("p", { className: "words" });
  const said = make("p", { className: "said", role: "status" });
  const key = make("p", { className: "key", ariaHidden: "true" }, "surprisal 0", make("i"),
    `${MOST_BITS} bits and more`);
  const scale = make("p", { className: "scale", ariaHidden: "true" }, "weight 0", make("i"), "1");
  scale.querySelector("i").style.background = `linear-gradient(to right, ${
    [0, 64, 128, 192, 255].map(css).join(", ")})`;
  const card = make("section", { className: "course-live", ariaLabel: "A language model" },
    field.box, make("div", { className: "bar" }, temperature.box, topP.box, write, key), words,
    read,
    make("div", { className: "stage" }, make("div", { className: "odds" }, odds.table),
      make("div", { className: "all" }, make("p", { className: "name" },
        "where each head looks, layer.head"), choice.grid),
      make("div", { className: "one" }, looks, large, scale)), said);
  card.addEventListener("keydown", keepPlainKeys);
  return { id, card, field, temperature: temperature.input, topP: topP.input, write, read, odds,
    choice, large, looks, words, said };
}
