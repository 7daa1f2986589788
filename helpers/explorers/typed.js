
// A text of one's own: a field above the view, which is drawn anew for each text.
const PATIENCE = 3000; // ms without an answer until that is said
const LATE = "No answer yet: the kernel is busy. If it was restarted, run this cell again.";

function typedField(model, asked) {
  const id = `typed-${Math.random().toString(36).slice(2)}`; // differs between cards
  const input = make("input", { type: "text", id, autocomplete: "off", spellcheck: false });
  const hint = make("span", { className: "hint", ariaHidden: "true" }, "Enter ↵");
  const alert = make("p", { id: `${id}-alert`, role: "alert" });
  const note = make("p", { role: "status" });
  const label = make("label", { htmlFor: id }, model.get("label"));
  const box = make("div", { className: "own" },
    make("div", { className: "field" }, label, input, hint),
    make("div", { className: "notes" }, alert, note));
  input.addEventListener("change", () => asked(input.value));
  const say = (words) => {
    alert.textContent = words;
    note.textContent = words ? "" : model.get("note");
    input.toggleAttribute("aria-invalid", words !== "");
    if (words) input.setAttribute("aria-describedby", alert.id);
    else input.removeAttribute("aria-describedby");
  };
  return { box, input, say };
}

function renderTyped({ model, el }) {
  let timer;
  let stop = () => {};
  const field = typedField(model, (text) => {
    if (text === model.get("text")) return;
    model.set("text", text);
    model.save_changes();
    clearTimeout(timer);
    timer = setTimeout(() => field.say(LATE), PATIENCE);
  });

  // The field moves into the new card and keeps what the keys are for.
  function draw() {
    const focused = field.box.contains(document.activeElement);
    stop();
    el.replaceChildren();
    stop = render({ model, el });
    el.firstElementChild.prepend(field.box);
    if (focused) field.input.focus();
  }

  function answered() {
    clearTimeout(timer);
    if (model.get("error") === "") draw();
    field.input.value = model.get("text");
    field.say(model.get("error"));
  }

  answered();
  if (model.get("error") !== "") draw();
  model.on("change:answers", answered);
  return () => {
    clearTimeout(timer);
    model.off("change:answers", answered);
    stop();
  };
}

export default { render: renderTyped };
