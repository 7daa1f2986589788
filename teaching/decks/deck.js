"use strict";
// What a deck does beside turning its slides: a page in a frame lets go of the keyboard. Questions
// answer by questions.js.

// A page in a frame has keys of its own; after Escape those of the deck work again.
function leaving(frame) {
  frame.contentWindow.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    frame.blur();
    window.focus();
  });
}

addEventListener("load", () => document.querySelectorAll(".frame iframe").forEach(leaving));
Reveal.initialize({
  width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4,
  center: false, display: "flex", transition: "none", backgroundTransition: "none",
  controls: false, progress: true, hash: true, slideNumber: "c/t", plugins: [RevealNotes],
});
