// The card of an explorer: native inputs, the sentence of the result, the picture.
const LOST = "No answer from the kernel: run this cell again.";
const GONE = "The kernel is gone: run this cell again.";
const SAVED = "This is a saved picture; its controls need the kernel: run this cell again.";
const BUSY = "No answer yet: the kernel is busy. The picture follows when it is free.";
const PATIENCE = 3000; // ms without an answer until that is said
const GAP = 4; // px between lines of controls, as in card.css
const DEAD = ["dead", "terminating", "restarting", "autorestarting"];

// Each kind of control gives: box (what stands in the card), input (what is focused),
// read() and show(value).
const KINDS = {
  range(spec, id, changed) {
    const { min, max, step } = spec;
    const digits = (String(step).split(".")[1] ?? "").length;
    const input = make("input", { type: "range", id, min, max, step, oninput: changed });
    const number = make("span", { className: "number", ariaHidden: "true" });
    number.style.minWidth = `${Number(max).toFixed(digits).length}ch`;
    const tell = () => { number.textContent = Number(input.value).toFixed(digits); };
    input.addEventListener("input", tell);
    return {
      input, box: make("div", {}, input, number), read: () => Number(input.value),
      show: (value) => { input.value = value; tell(); },
    };
  },

  select(spec, id, changed) {
    const options = spec.options.map((text, value) => make("option", { value, text }));
    const input = make("select", { id, onchange: changed }, ...options);
    return {
      input, box: input, read: () => input.selectedIndex,
      show: (place) => { input.selectedIndex = place; },
    };
  },

  radio(spec, id, changed) {
    const inputs = spec.options.map(() => make("input", { type: "radio", name: id }));
    const box = make("div", { id, role: "radiogroup", onchange: changed }, ...inputs.map(
      (input, place) => make("label", {}, input, make("span", {}, spec.options[place]))));
    box.setAttribute("aria-labelledby", `${id}-label`);
    return {
      input: box, box, read: () => inputs.findIndex((input) => input.checked),
      show: (place) => { inputs[place].checked = true; },
    };
  },

  text(spec, id, changed) {
    const input = make("input", {
      type: "text", id, onchange: changed, autocomplete: "off", spellcheck: false,
    });
    const hint = make("span", { className: "hint", ariaHidden: "true" }, "Enter ↵");
    return {
      input, box: make("div", {}, input, hint), read: () => input.value,
      show: (value) => { input.value = value; },
    };
  },

  checkbox(spec, id, changed) {
    const input = make("input", { type: "checkbox", id, onchange: changed });
    return {
      input, box: input, read: () => input.checked, show: (value) => { input.checked = value; },
    };
  },

  grid(spec, id, changed) {
    const inputs = spec.rows.map((row) => spec.columns.map((column) => make("input", {
      type: "checkbox", ariaLabel: `${row} ${spec.says} ${column}`,
    })));
    const cells = (tag, words) => words.map((word) => make(tag, {}, word));
    const onkeydown = (event) => walk(inputs, event);
    const table = make("table", { id, onchange: changed, onkeydown },
      make("tr", {}, ...cells("th", ["", ...spec.columns])),
      ...inputs.map((row, i) => make("tr", {}, ...cells("th", [spec.rows[i]]),
        ...cells("td", row))));
    table.setAttribute("aria-labelledby", `${id}-label`);
    const read = () => inputs.map(
      (row) => row.map(({ checked }) => (checked ? "x" : ".")).join("")).join(" ");
    const show = (value) => value.split(" ").forEach((row, i) => [...row].forEach(
      (sign, j) => { inputs[i][j].checked = sign === "x"; }));
    return { input: table, box: table, read, show };
  },
};

// An arrow key goes from one box of a grid to the next.
function walk(inputs, event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const [down, right] = step[event.key] ?? [0, 0];
  const row = inputs.findIndex((one) => one.includes(event.target));
  if (row < 0 || !(down || right)) return;
  event.preventDefault();
  inputs[row + down]?.[inputs[row].indexOf(event.target) + right]?.focus();
}

function makeControl(spec, id, changed) {
  const control = KINDS[spec.kind](spec, id, changed);
  const name = make("label", { id: `${id}-label`, htmlFor: id }, spec.label);
  const className = `control ${spec.kind}${spec.short ? " short" : ""}`;
  control.row = make("div", { className }, name, control.box);
  return control;
}

// The last control on the line on which `row` stands.
function endOfLine(row) {
  const next = row.nextElementSibling;
  return next && next.offsetTop === row.offsetTop ? endOfLine(next) : row;
}

function build(model, changed) {
  const prefix = `card-${Math.random().toString(36).slice(2)}`; // ids differ between cards
  const specs = model.get("spec");
  const controls = Object.fromEntries(specs.map((spec, place) => [
    spec.name, makeControl(spec, `${prefix}-${place}`, changed)]));
  const rows = (more) => specs.filter((spec) => spec.more === more)
    .map((spec) => controls[spec.name].row);
  const block = make("div", { className: "controls" }, ...rows(false));
  if (rows(true).length) {
    block.append(make("details", {}, make("summary", {}, "more"),
      make("div", { className: "controls" }, ...rows(true))));
  }
  const note = make("p", { id: `${prefix}-alert`, role: "alert" });
  block.append(note);
  const sentence = make("p", { className: "sentence", role: "status" });
  const picture = make("img");
  const [width, height] = model.get("place");
  const card = make("div", { className: "course-explorer" }, block, sentence, picture);
  card.style.maxWidth = `${width + 26}px`; // with its padding and border
  picture.style.aspectRatio = `${width} / ${height}`;
  card.addEventListener("keydown", keepPlainKeys);
  return { card, controls, block, note, sentence, picture };
}

// The pointer, dragged over the first axes of the picture, sets two sliders: what it points at.
function dragOver(picture, grip, controls, changed) {
  const [across, up] = grip.names.map((name) => controls[name]);
  const between = ([low, high], share) => low + (high - low) * share;
  const shares = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    return [((event.clientX - left) / width - grip.left) / grip.wide,
      1 - ((event.clientY - top) / height - grip.top) / grip.high];
  };
  const follow = (event) => {
    const [right, above] = shares(event);
    across.show(between(grip.across, right)); // a slider keeps to its ends and its steps
    up.show(between(grip.up, above));
    changed();
  };
  const dragged = (event) => picture.hasPointerCapture(event.pointerId);
  picture.draggable = false;
  picture.style.touchAction = "none";
  picture.addEventListener("pointerdown", (event) => {
    if (shares(event).some((share) => share < 0 || share > 1)) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    across.input.focus(); // the arrow keys go on from there
    follow(event);
  });
  picture.addEventListener("pointermove", (event) => {
    const inside = shares(event).every((share) => share >= 0 && share <= 1);
    picture.classList.toggle("grip", inside || dragged(event));
    if (dragged(event)) follow(event);
  });
}

// A click on the n-th spot of the picture sets a slider to n.
function clickOn(picture, model, slider, changed) {
  const under = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    return model.get("spots").findIndex(([across, down, wide, high]) => (
      x >= across && x <= across + wide && y >= down && y <= down + high));
  };
  picture.addEventListener("pointermove", (event) => {
    picture.classList.toggle("spot", under(event) >= 0);
  });
  picture.addEventListener("click", (event) => {
    const place = under(event);
    if (place < 0) return;
    slider.show(place + 1);
    slider.input.focus(); // the arrow keys go on from there
    changed();
  });
}

function render({ model, el }) {
  const { card, controls, block, note, sentence, picture } = build(model, ask);
  const link = model.get("layout"); // a model beside ours: it knows whether the kernel is there
  let timer;
  let url;

  function gone() {
    const kernel = model.widget_manager?.kernel;
    return link?.comm_live === false || kernel === null || DEAD.includes(kernel?.status);
  }

  function ask() {
    if (gone()) return say(GONE);
    const before = model.get("answers");
    const silent = (message) => message.content.execution_state === "idle"
      && model.get("answers") === before;
    model.set("inputs", Object.fromEntries(
      Object.entries(controls).map(([name, control]) => [name, control.read()])));
    model.save_changes({ iopub: { status: (message) => silent(message) && say(GONE) } });
    timer ??= setTimeout(look, PATIENCE);
  }

  // Still no answer. A kernel that does nothing never got the question: it was restarted meanwhile.
  function look() {
    if (gone()) return say(GONE);
    const lost = model.widget_manager?.kernel?.status === "idle";
    say(lost ? LOST : BUSY);
    if (!lost) timer = setTimeout(look, PATIENCE);
  }

  // Say what is wrong below the control `culprit`, or below all of them.
  function say(words, culprit = "") {
    clearTimeout(timer);
    timer = undefined;
    for (const { input } of Object.values(controls)) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    note.remove();
    const control = words && controls[culprit];
    if (control) {
      control.input.setAttribute("aria-invalid", "true");
      control.input.setAttribute("aria-describedby", note.id);
    }
    endOfLine(control?.row ?? block.lastElementChild).after(note);
    note.textContent = words;
    fit();
  }

  // The sentence gives up its room for what is said above it, and is set small where it is long.
  function fit() {
    const { height } = note.getBoundingClientRect();
    card.style.setProperty("--taken", `${height && height + GAP}px`);
    sentence.classList.remove("long");
    sentence.classList.toggle("long", sentence.scrollHeight > sentence.clientHeight);
  }

  function showInputs() {
    const inputs = model.get("inputs");
    const slider = controls[model.get("clicked")];
    if (slider) slider.input.max = model.get("spots").length; // it ends at the last spot
    for (const [name, control] of Object.entries(controls)) {
      if (control.read() !== inputs[name]) control.show(inputs[name]);
    }
  }

  function showResult() {
    sentence.textContent = model.get("caption");
    picture.alt = model.get("caption");
    const old = url;
    url = URL.createObjectURL(new Blob([model.get("image")], { type: "image/png" }));
    picture.src = url;
    URL.revokeObjectURL(old);
  }

  for (const [name, control] of Object.entries(controls)) control.show(model.get("inputs")[name]);
  showInputs();
  if (model.get("grip").names) dragOver(picture, model.get("grip"), controls, ask);
  if (controls[model.get("clicked")]) clickOn(picture, model, controls[model.get("clicked")], ask);
  showResult();
  say(model.get("error"), model.get("culprit"));
  model.on("change:inputs change:spots", showInputs);
  model.on("change:answers", () => {
    if (model.get("error") === "") showResult();
    say(model.get("error"), model.get("culprit"));
  });
  model.on("comm_live_update", () => say(GONE));
  el.append(card);
  const sizes = new ResizeObserver(fit);
  sizes.observe(card);
  if (gone()) say(SAVED);
  return () => {
    sizes.disconnect();
    URL.revokeObjectURL(url);
  };
}

export default { render };
