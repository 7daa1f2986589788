// All heads at once, small: a line for each layer; of one layer, in a block.
const CAPTION = 17; // px above each head, where there is room

function layOutHeads(cells, width, height) {
  const count = cells.layers * cells.heads;
  const across = cells.layers > 1 ? cells.heads : Math.ceil(Math.sqrt(count));
  const down = Math.ceil(count / across);
  const step = Math.min(width / across, (height - 20) / down, 130);
  const caption = step >= 44 ? CAPTION : 0;
  const size = Math.floor(Math.min(step - 6, step - caption - 4));
  return { across, down, step, size, caption, count, width: across * step, height: 20 + down * step };
}

function paintHeads(pen, place, cells, own, family) {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, place.width, place.height);
  pen.fillStyle = QUIET;
  pen.font = fontOf(12, family);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillText(cells.layers > 1 ? "layer.head" : "heads", 3, 9);
  pen.imageSmoothingEnabled = false;
  const most = Math.floor(place.size * (window.devicePixelRatio || 1));
  for (let head = 0; head < place.count; head += 1) {
    const [x, y] = cornerOf(place, head);
    pen.drawImage(cells.small(head, own, most), x, y, place.size, place.size);
    if (place.caption) {
      const number = head % cells.heads + 1;
      const words = cells.layers > 1 ? `${Math.floor(head / cells.heads) + 1}.${number}` : number;
      pen.fillStyle = INK;
      pen.fillText(words, x, y - CAPTION / 2 - 1);
    }
  }
}

function paintChosen(pen, place, chosen) {
  const [x, y] = cornerOf(place, chosen);
  pen.strokeStyle = BLUE;
  pen.lineWidth = 3;
  pen.strokeRect(x - 1.5, y - 1.5, place.size + 3, place.size + 3);
}

function cornerOf({ across, step, caption }, head) {
  return [3 + (head % across) * step, 20 + Math.floor(head / across) * step + caption];
}

function headAt(place, x, y) {
  const [column, line] = [Math.floor((x - 3) / place.step), Math.floor((y - 20) / place.step)];
  const head = line * place.across + column;
  const inside = column >= 0 && column < place.across && line >= 0 && head < place.count;
  return inside ? head : null;
}
