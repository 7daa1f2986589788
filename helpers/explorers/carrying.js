// Two buttons: the kernel packs a file for the browser to keep; a file goes back in pieces.
const PIECE = 1 << 20; // bytes: a server closes the connection at ten times as many
const PATIENCE = 5000; // ms without an answer until that is said
const LATE = "No answer yet: the kernel is busy. If it was restarted, run this cell again.";

function build() {
  const id = `carrying-${Math.random().toString(36).slice(2)}`; // differs between cards
  const take = make("button", { type: "button" }, "Take my work home");
  const file = make("input", { type: "file", id, accept: ".zip" });
  const label = make("label", { htmlFor: id }, "Bring it back");
  const link = make("a", { hidden: true });
  const note = make("p", { role: "status" });
  const alert = make("p", { role: "alert" });
  const card = make("div", { className: "course-carrying" },
    make("div", { className: "buttons" }, take, make("span", { className: "file" }, file, label),
      link), note, alert);
  card.addEventListener("keydown", keepPlainKeys);
  return { card, take, file, link, note, alert };
}

function render({ model, el }) {
  const { card, take, file, link, note, alert } = build();
  let timer;

  function say(words, wrong = "") {
    clearTimeout(timer);
    note.textContent = words;
    alert.textContent = wrong;
  }

  function wait(words) {
    say(words);
    timer = setTimeout(() => say("", LATE), PATIENCE);
  }

  take.addEventListener("click", () => {
    wait("Packing ...");
    model.send({ do: "take" });
  });

  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    wait(`Reading ${chosen.name} ...`);
    file.value = ""; // so that the same file can be chosen again
    let data;
    try {
      data = await chosen.arrayBuffer();
    } catch {
      say("", "The browser cannot read that file.");
      return;
    }
    let start = 0;
    do {
      const piece = data.slice(start, start + PIECE);
      const first = start === 0;
      start += PIECE;
      model.send({ do: "piece", first, last: start >= data.byteLength }, undefined, [piece]);
    } while (start < data.byteLength);
  });

  function keep({ name }, [data]) {
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([data], { type: "application/zip" }));
    Object.assign(link, { download: name, textContent: name, hidden: false });
    link.click();
  }

  const answered = () => say(model.get("said"), model.get("error"));
  model.on("msg:custom", keep);
  model.on("change:answers", answered);
  answered();
  el.append(card);
  return () => {
    clearTimeout(timer);
    URL.revokeObjectURL(link.href);
    model.off("msg:custom", keep);
    model.off("change:answers", answered);
  };
}

export default { render };
