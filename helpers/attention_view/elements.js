// What every card of the course begins with: making elements, and the keys that it keeps.
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Plain keys belong to the card, else JupyterLab moves or cuts the cell; the rest goes on to it.
// Escape hands all keys back to the cell, also those that a text field would keep.
function keepPlainKeys(event) {
  const shortcut = event.ctrlKey || event.altKey || event.metaKey;
  const leaves = event.key === "Escape" || (event.key === "Enter" && event.shiftKey);
  if (!shortcut && !leaves) event.stopPropagation();
  if (event.key !== "Escape" || event.isComposing) return;
  event.target.blur();
  event.currentTarget.closest(".jp-Cell")?.focus();
}
