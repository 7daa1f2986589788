// What every view of weights needs: colours and small pictures.
// cividis, 52 of its colours at equal steps
const CIVIDIS = `00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c
  3f4c6c 444f6c 49536c 4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78
  7e7d78 838179 888578 8d8878 928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d bfb06b
  c4b468 c9b965 cfbd62 d4c15f dac65b dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838`
  .split(/\s+/).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
const SHADES = Array.from({ length: 256 }, (_, place) => {
  const exact = place / 255 * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(exact), CIVIDIS.length - 2);
  return CIVIDIS[low].map((from, part) => Math.round(
    from + (exact - low) * (CIVIDIS[low + 1][part] - from)));
});
const INKS = SHADES.map((shade) => {
  const [r, g, b] = shade.map((part) => (part / 255 <= 0.04045
    ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff"; // the higher contrast
});
const shadeOf = (share) => Math.round(255 * Math.min(1, share));
const PIXELS = Uint32Array.from(SHADES, ([r, g, b]) => (
  ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0)); // as they lie in an ImageData
const css = (shade) => `rgb(${SHADES[shade].join(" ")})`;

function picture(pixels, width, height) {
  const canvas = make("canvas", { width, height });
  const data = new Uint8ClampedArray(pixels.buffer);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}
