"use strict";
// A question's buttons say, when they are pressed, what is to be said of them.

function answering(question) {
  const buttons = [...question.querySelectorAll("button")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      button.classList.add(button.dataset.right === "true" ? "right" : "wrong");
      question.querySelector(".answer").textContent = button.dataset.feedback;
    });
  }
}

document.querySelectorAll(".question").forEach(answering);
