"use strict";
// A question's buttons say, when they are pressed, what is to be said of them. Slides and site.

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

document.querySelectorAll(".question").forEach(answering);
