// Ten questions, one after another, each with its feedback; at the end, what to read.
const PATIENCE = 3000; // ms without an answer until that is said
const LATE = "No answer from the kernel: run this cell again.";
const UNKNOWN = "unknown";

const sentence = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);

function render({ model, el }) {
  const asked = model.get("questions");
  const head = make("h4", { tabIndex: -1 });
  const body = make("div", { className: "asked" });
  const status = make("p", { className: "sentence" });
  status.setAttribute("role", "status");
  const next = make("button", { type: "button", className: "next" });
  const card = make("section", { className: "course-explorer self-test" },
    head, body, status, next);
  card.setAttribute("aria-label", "Ten questions");
  card.addEventListener("keydown", keepPlainKeys);
  let place = 0;
  let timer;

  function answer(key) {
    const question = asked[place];
    model.set("answers", { ...model.get("answers"), [question.id]: key });
    model.save_changes();
    clearTimeout(timer);
    timer = setTimeout(() => { status.textContent = LATE; }, PATIENCE);
    showQuestion();
    next.focus();
  }

  function option({ key, text }, letter, chosen, right) {
    const mark = { [right]: "✔ right: " }[chosen && key] ?? (key === chosen ? "✘ your answer: " : "");
    const button = make("button", { type: "button", className: "option" },
      `${mark}${letter ? `${letter}) ` : ""}${text}`);
    button.disabled = Boolean(chosen);
    button.classList.toggle("right", Boolean(chosen) && key === right);
    button.classList.toggle("chosen", key === chosen);
    button.addEventListener("click", () => answer(key));
    return button;
  }

  function feedback({ options, right }, chosen) {
    const said = (key) => sentence(options.find((one) => one.key === key).feedback);
    if (chosen === right) return `Right. ${said(right)}`;
    return chosen === UNKNOWN ? said(right) : `${said(chosen)} What is right: ${said(right)}`;
  }

  function showQuestion() {
    const question = asked[place];
    const chosen = model.get("answers")[question.id];
    body.after(status);
    head.textContent = `Question ${place + 1} of ${asked.length}`;
    body.replaceChildren(make("p", { className: "text" }, question.text),
      ...question.options.map((one, i) => option(one, "abc"[i], chosen, question.right)),
      option({ key: UNKNOWN, text: "I do not know" }, "", chosen, question.right));
    const first = place === 0 && !chosen;
    status.textContent = chosen ? feedback(question, chosen)
      : first ? `${model.get("verdict")} ${model.get("earlier")}` : "";
    next.textContent = place + 1 < asked.length ? "Next question" : "What to read";
    next.style.visibility = chosen ? "visible" : "hidden";
  }

  function showEnd() {
    body.before(status);
    head.textContent = "What to read";
    const answers = model.get("answers");
    body.replaceChildren(make("ol", {}, ...asked.map((one) => make("li", {},
      `${answers[one.id] === one.right ? "✔ known" : `✘ section ${one.section}`}: ${one.text}`))));
    status.textContent = model.get("verdict");
    next.textContent = "Begin again";
    next.style.visibility = "visible";
  }

  function show() {
    if (place < asked.length) showQuestion();
    else showEnd();
  }

  next.addEventListener("click", () => {
    place += 1;
    if (place > asked.length) {
      place = 0;
      model.set("answers", {});
      model.save_changes();
    }
    show();
    head.focus(); // a screen reader reads on from there, and Tab goes to the first option
  });
  const told = () => {
    clearTimeout(timer);
    if (status.textContent === LATE || place === asked.length) show();
  };
  model.on("change:verdict", told);
  const open = asked.findIndex((one) => !(one.id in model.get("answers")));
  place = open < 0 ? asked.length : open;
  show();
  el.append(card);
  return () => {
    clearTimeout(timer);
    model.off("change:verdict", told);
  };
}

export default { render };
