"use strict";
// What the pages do beside what their theme does: a page in a frame gets the height it needs, and
// what moves sideways can be reached by keys.

function fitting(frame) {
  const fit = () => {
    const body = frame.contentDocument?.body;
    if (body) frame.style.height = `${body.scrollHeight + 34}px`;
  };
  const begin = () => {
    if (!frame.contentDocument?.body) return;
    fit();
    new ResizeObserver(fit).observe(frame.contentDocument.body);
  };
  frame.addEventListener("load", begin);
  if (frame.contentDocument?.readyState === "complete") begin();
}

// A page in a frame knows the system's choice of light or dark only; here it follows the reader's.
const rulesForDark = new Map();         // a page in a frame -> its rules

function colouring(frame) {
  const page = frame.contentDocument, dark = document.documentElement.dataset.theme === "dark";
  if (page?.readyState !== "complete") return;
  if (!rulesForDark.has(page)) {
    rulesForDark.set(page, [...page.styleSheets].flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule.media?.mediaText.includes("color-scheme: dark")));
  }
  for (const rule of rulesForDark.get(page)) rule.media.mediaText = dark ? "all" : "not all";
  page.documentElement.style.colorScheme = dark ? "dark" : "light";
}

for (const frame of document.querySelectorAll(".frame iframe")) {
  fitting(frame);
  frame.addEventListener("load", () => colouring(frame));
  colouring(frame);                     // it may have been there before this script
  new MutationObserver(() => colouring(frame)).observe(
    document.documentElement, { attributeFilter: ["data-theme"] });
}
for (const block of document.querySelectorAll("pre, div.formula")) {
  if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
}
for (const arrow of document.querySelectorAll(".bd-links summary")) {
  arrow.ariaLabel = `Pages of ${arrow.closest("li").querySelector("a").textContent.trim()}`;
}
