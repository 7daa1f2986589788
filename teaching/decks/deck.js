"use strict";
// What a deck does beside turning its slides: questions answer, and a page in a frame lets go of
// the keyboard.

function answering(question) {
  const buttons = [...question.querySelectorAll("button")];
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      button.classList.add(button.dataset.right === "true" ? "right" : "wrong");
      question.querySelector(".answer").textContent = button.dataset.feedback;
      if (event.detail) button.blur();               // by pointer: the next key turns the slide
    });
    button.addEventListener("keydown", (event) => {
      if (event.key === " " || event.key === "Enter") event.stopPropagation();
    });
  }
}

// A page in a frame has keys of its own; after Escape those of the deck work again.
function leaving(frame) {
  frame.contentWindow.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    frame.blur();
    window.focus();
  });
}

document.querySelectorAll(".question").forEach(answering);
addEventListener("load", () => document.querySelectorAll(".frame iframe").forEach(leaving));
Reveal.initialize({
  width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4,
  center: false, display: "flex", transition: "none", backgroundTransition: "none",
  controls: false, progress: true, hash: true, slideNumber: "c/t", plugins: [RevealNotes],
});
