
// The stage of the map: canvas, list of neighbours, buttons; what the pointer and the keys do.
const TALL = 400; // px of the map beside its list
const LOW = 200; // px where the list stands below it
const SUGGESTED = 8; // words offered while one types

function buttonOf(text, ariaLabel, onclick) {
  return make("button", { type: "button", ariaLabel, title: ariaLabel, onclick }, text);
}

function listOf(found, names, { point, choose }) {
  const prefix = `near-${Math.random().toString(36).slice(2)}`; // ids differ between cards
  const list = make("div", { className: "near", tabIndex: 0, ariaLabel: "nearest in space" });
  list.setAttribute("role", "listbox");
  let active = -1;
  const light = (at) => {
    active = at;
    [...list.children].forEach((row, place) => row.setAttribute("aria-selected", place === at));
    if (at < 0) list.removeAttribute("aria-activedescendant");
    else list.setAttribute("aria-activedescendant", `${prefix}-${at}`);
    point(at < 0 ? null : found.neighbours[at][0]);
  };
  found.neighbours.forEach(([place, cosine, kept, rank], at) => {
    const row = make("div", {
      id: `${prefix}-${at}`, className: kept ? "kept" : "torn",
      ariaLabel: `${names[place]}, cosine ${cosine}, number ${rank} on the map`,
      onclick: () => choose(place), onpointerenter: () => light(at),
    }, make("i", {}), make("b", { dir: "auto" }, names[place]), make("span", {}, cosine),
    make("span", {}, rank.toLocaleString("en")));
    row.setAttribute("role", "option");
    list.append(row);
  });
  list.addEventListener("pointerleave", () => light(-1));
  list.addEventListener("blur", () => light(-1));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const last = found.neighbours.length - 1;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step) light(Math.max(0, Math.min(last, active + step)));
    else if (["Enter", " "].includes(event.key) && active >= 0) choose(found.neighbours[active][0]);
    else return;
    event.preventDefault();
  });
  return list;
}

function buildStage(near) {
  const canvas = make("canvas", { tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "map of words");
  const head = make("p", { className: "head", ariaHidden: "true" }, make("span", {},
    "nearest in space"), make("span", {}, "cosine"), make("span", {}, "on map"));
  const place = make("div");
  const key = make("div", { className: "key" },
    make("p", { className: "kept" }, make("i", {}), `among the ${near} nearest on the map too`),
    make("p", { className: "torn" }, make("i", {}), "torn apart by the map"));
  const buttons = make("div", { className: "buttons" });
  const hint = make("p", { className: "hint" }, "Drag the map; click it, then turn the wheel.");
  const side = make("div", { className: "side" }, head, place, key, buttons, hint);
  return { stage: make("div", { className: "stage" }, canvas, side), canvas, place, buttons };
}

// Words that begin with what is typed, the most frequent ones first.
function suggest(field, words) {
  const list = make("datalist", { id: `${field.id}-words` });
  field.setAttribute("list", list.id);
  field.addEventListener("input", () => {
    const typed = field.value.trim().toLowerCase();
    const found = [];
    for (const place of typed ? words.order : []) {
      if (words.names[place].startsWith(typed)) found.push(words.names[place]);
      if (found.length === SUGGESTED) break;
    }
    list.replaceChildren(...found.map((value) => make("option", { value })));
  });
  return list;
}

function renderMap({ model, el }) {
  const stop = render({ model, el });
  const card = el.lastElementChild;
  const field = card.querySelector("input");
  const words = readWords(model);
  const view = new View(words);
  const { stage, canvas, place, buttons } = buildStage(model.get("near"));
  const resting = document.createElement("canvas"); // all but what is pointed at
  let pointed = null;
  let width = 0;
  let drag = null; // where the pointer went down, and where it was last
  let list;
  const widths = new Map(); // of names

  const family = () => getComputedStyle(card).fontFamily;

  function light() {
    const pen = penFor(canvas, view.width, view.height);
    pen.drawImage(resting, 0, 0, view.width, view.height);
    if (pointed !== null) paintPointed(pen, view, pointed, family());
  }

  function paint() {
    const pen = penFor(resting, view.width, view.height);
    const names = new Names(pen, view, family(), widths);
    paintDots(pen, view);
    paintFound(pen, view, names, model.get("found"));
    paintNames(view, names);
    light();
  }

  function point(next) {
    if (next === pointed) return;
    pointed = next;
    canvas.classList.toggle("on", next !== null);
    light();
  }

  function choose(next) {
    if (next === null || next === model.get("found").place) return;
    field.value = words.names[next];
    field.dispatchEvent(new Event("change", { bubbles: true })); // as if it had been typed
  }

  // Another word was chosen: its list, and the map moved there if it is out of sight.
  function follow() {
    const found = model.get("found");
    const focused = list?.contains(document.activeElement);
    list = listOf(found, words.names, { point, choose });
    place.replaceChildren(list);
    if (focused) list.focus();
    if (!view.holds(view.at(found.place))) {
      view.centre(words.places[2 * found.place], words.places[2 * found.place + 1]);
    }
    canvas.ariaLabel = `${words.names.length} words. ${model.get("caption")} ${HINT}`;
    pointed = null;
    paint();
  }

  function zoom(factor, around = [view.width / 2, view.height / 2]) {
    view.zoomBy(factor, around);
    paint();
  }

  function whole() {
    view.zoom = 1;
    view.centre(0, 0);
    paint();
  }

  const pixel = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { start: pixel(event), last: pixel(event), moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = pixel(event);
    if (!drag) return point(view.nearest(x, y));
    drag.moved ||= Math.hypot(x - drag.start[0], y - drag.start[1]) > 4;
    if (!drag.moved) return;
    view.move(x - drag.last[0], y - drag.last[1]);
    drag.last = [x, y];
    pointed = null;
    paint();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) choose(view.nearest(...pixel(event)));
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointerleave", () => { if (!drag) point(null); });
  canvas.addEventListener("wheel", (event) => { // before a click the wheel scrolls the page
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    zoom(1.0015 ** -event.deltaY, pixel(event));
  }, { passive: false });
  const steps = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (steps[event.key]) {
      view.move(...steps[event.key]);
      paint();
    } else if (["+", "="].includes(event.key)) zoom(1.5);
    else if (["-", "−"].includes(event.key)) zoom(1 / 1.5);
    else if (["0", "Home"].includes(event.key)) whole();
    else return;
    event.preventDefault();
  });

  buttons.append(buttonOf("+", "zoom in", () => zoom(1.5)),
    buttonOf("−", "zoom out", () => zoom(1 / 1.5)), buttonOf("all words", "all words", whole));
  card.append(suggest(field, words));
  card.classList.add("course-map");
  card.querySelector("img").replaceWith(stage);
  const sizes = new ResizeObserver(() => {
    if (card.clientWidth === width) return; // its height is our own doing
    width = card.clientWidth;
    widths.clear(); // before it was on the page, the letters were not known
    const inner = stage.clientWidth - 8; // its padding
    const beside = inner >= 540;
    stage.classList.toggle("beside", beside);
    view.resize(beside ? inner - 262 : inner, beside ? TALL : LOW);
    paint();
  });
  sizes.observe(card);
  follow();
  const answered = () => { if (model.get("error") === "") follow(); };
  model.on("change:answers", answered);
  return () => {
    sizes.disconnect();
    model.off("change:answers", answered);
    stop();
  };
}

export default { render: renderMap };
