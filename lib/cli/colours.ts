/**
 * The colour map of the heat maps: from near-black violet over blue and green to light yellow, with lightness growing in
 * equal steps, so that equal steps in dB look equal, also in grey and to most colour-blind eyes. It is a curve in OKLCh
 * (Björn Ottosson, "A perceptual color space for image processing", 2020): lightness 0.16 to 0.96, hue 305 to 105
 * degrees, and as much chroma (at most 0.15) as sRGB can show.
 */
export type Rgb = [red: number, green: number, blue: number];

/** The colour of a level, 0 (dark) to 1 (light). */
export function colourAt(x: number): Rgb {
  const lightness = 0.16 + 0.8 * x;
  const hue = ((305 - 200 * x ** 1.15) * Math.PI) / 180;
  let chroma = 0.15;
  let rgb = linearRgb(lightness, chroma, hue);
  while (!rgb.every((v) => v >= 0 && v <= 1)) {
    chroma -= 0.001;
    rgb = linearRgb(lightness, chroma, hue);
  }
  return rgb.map((v) => Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055))) as Rgb;
}

function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red},${green},${blue})`;
}
