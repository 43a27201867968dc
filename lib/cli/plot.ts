/**
 * Pictures as inline SVG: axes, labels and curves are vectors, heat maps are PNG images in them. A picture is a `plot` of
 * layers over two axes; a layer turns axis positions into SVG. Scales, ticks and colours are d3's.
 */
import { noteToHz } from '../index.js';
import { noteName } from './numbers.js';
import { optional } from './optional.js';

export interface Axis {
  label: string;
  min: number;
  max: number;
  ticks: { value: number; text: string }[];
  /** Where a value lies between the axis' ends, 0 to 1. */
  position(value: number): number;
}

/** Where values lie in the picture, in SVG units. */
export interface Frame {
  x(value: number): number;
  y(value: number): number;
}

export type Layer = (frame: Frame) => string;

const WIDTH = 1000;
/** Ticks one above the other need this much room. */
const TICK_HEIGHT = 40;
const MARGIN = { left: 72, right: 92, top: 10, bottom: 44 };

/** The colour of what is drawn of the sound itself: the middle of the heat maps' colours. */
export const SOUND = '#721f81';

async function load() {
  const [{ format }, { scaleLinear, scaleLog, scaleUtc }, { interpolateMagma }, { encode }] = await Promise.all([
    optional(import('d3-format')),
    optional(import('d3-scale')),
    optional(import('d3-scale-chromatic')),
    optional(import('fast-png')),
  ]);
  return { compact: format('~s'), scaleLinear, scaleLog, scaleUtc, interpolateMagma, encode };
}

let drawing: Awaited<ReturnType<typeof load>>;

/** To be awaited before the first picture: what draws it is optional. */
export async function loadDrawing(): Promise<void> {
  drawing ??= await load();
}

/** Ticks on an axis, about as many. */
const TICKS = 8;

function linear(label: string, min: number, max: number, values: number[], text: (value: number) => string): Axis {
  const ticks = values.filter((v) => v >= min && v <= max).map((value) => ({ value, text: text(value) }));
  return { label, min, max, ticks, position: drawing.scaleLinear([min, max], [0, 1]) };
}

/** An axis with round values, about `count` of them; those of thousands are written as 12k. */
export function linearAxis(label: string, min: number, max: number, count = TICKS): Axis {
  const scale = drawing.scaleLinear([min, max], [0, 1]);
  const text = Math.max(-min, max) >= 1000 ? drawing.compact : scale.tickFormat(count);
  return linear(label, min, max, scale.ticks(count), text);
}

/** A logarithmic axis with ticks at `values`, or at 1, 2 and 5 times the powers of ten. */
export function logAxis(
  label: string,
  min: number,
  max: number,
  values?: number[],
  text: (value: number) => string = drawing.compact,
): Axis {
  const scale = drawing.scaleLog([min, max], [0, 1]);
  const round = values ?? scale.ticks().filter((value) => '125'.includes(value.toExponential()[0]!));
  const ticks = round.filter((v) => v >= min && v <= max).map((value) => ({ value, text: text(value) }));
  return { label, min, max, ticks, position: scale };
}

/** A logarithmic axis of pitch, from one frequency in Hz to another, with a tick at every C. */
export function pitchAxis(min: number, max: number): Axis {
  const octaves = Array.from({ length: 11 }, (_, octave) => noteToHz(`C${octave}`));
  return logAxis('pitch (C4 is 261.6 Hz)', min, max, octaves, noteName);
}

/** An axis of equally spaced names, the first at the low end; item i covers i to i + 1. */
export function namesAxis(label: string, names: readonly string[]): Axis {
  const middles = names.map((_, i) => i + 0.5);
  return linear(label, 0, names.length, middles, (middle) => names[middle - 0.5]!);
}

/** Time from 0 to `seconds`; in minutes and seconds, or hours and minutes, when that is easier to read. */
export function timeAxis(seconds: number): Axis {
  if (seconds <= 120) return linearAxis('time (s)', 0, seconds);
  const values = drawing
    .scaleUtc([0, 1000 * seconds], [0, 1])
    .ticks(TICKS)
    .map((date) => date.getTime() / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3 * 3600)
    return linear('time (min:s)', 0, seconds, values, (t) => `${Math.floor(t / 60)}:${two(t % 60)}`);
  const hours = (t: number) => `${Math.floor(t / 3600)}:${two(Math.floor(t / 60) % 60)}`;
  return linear('time (h:min)', 0, seconds, values, hours);
}

/** The shared face of every picture. */
export interface PlotOptions {
  /** What the picture shows, for those who cannot see it. */
  title: string;
  height: number;
  x: Axis;
  y: Axis;
  layers: Layer[];
  /** What the colours of a heat map mean: the values at the dark and the light end. */
  colours?: { label: string; min: number; max: number };
}

export function plot({ title, height, x, y, layers, colours }: PlotOptions): string {
  const left = MARGIN.left;
  const right = WIDTH - MARGIN.right;
  const top = MARGIN.top;
  const bottom = height - MARGIN.bottom;
  const frame: Frame = {
    x: (value) => round(left + x.position(value) * (right - left)),
    y: (value) => round(bottom - y.position(value) * (bottom - top)),
  };
  const area = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
  const parts = [
    // A nested <svg> clips what reaches beyond the axes and, unlike a clip path, needs no name that is unique in the page.
    `<svg ${area} viewBox="${left} ${top} ${right - left} ${bottom - top}">`,
    ...layers.map((layer) => layer(frame)),
    '</svg>',
  ];
  for (const { value, text } of x.ticks) {
    const at = frame.x(value);
    parts.push(`<path class="grid" d="M${at} ${top}V${bottom}"/><path class="tick" d="M${at} ${bottom}v5"/>`);
    parts.push(`<text x="${at}" y="${bottom + 18}" text-anchor="middle">${escaped(text)}</text>`);
  }
  for (const { value, text } of y.ticks) {
    const at = frame.y(value);
    parts.push(`<path class="grid" d="M${left} ${at}H${right}"/><path class="tick" d="M${left} ${at}h-5"/>`);
    parts.push(`<text x="${left - 8}" y="${at + 4}" text-anchor="end">${escaped(text)}</text>`);
  }
  parts.push(
    `<rect class="frame" ${area}/>`,
    `<text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(x.label)}</text>`,
    sideways(14, (top + bottom) / 2, y.label),
  );
  if (colours) {
    const scale = linearAxis(colours.label, colours.min, colours.max, (bottom - top) / TICK_HEIGHT);
    parts.push(colourBar(scale, right + 16, top, bottom));
  }
  return [
    `<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    ...parts,
    '</svg>',
  ].join('');
}

function colourBar(scale: Axis, left: number, top: number, bottom: number): string {
  const tall = (bottom - top) / HEAT_LEVELS;
  const cells = Array.from({ length: HEAT_LEVELS }, (_, i) => {
    // A little taller than its place, so that no seams show between the cells.
    const y = round(bottom - (i + 1) * tall);
    return `<rect x="${left}" y="${y}" width="14" height="${round(tall + (i ? 0.6 : 0))}" fill="${drawing.interpolateMagma(i / (HEAT_LEVELS - 1))}"/>`;
  });
  const ticks = scale.ticks.map(({ value, text }) => {
    const y = round(bottom - scale.position(value) * (bottom - top));
    const label = `<text x="${left + 22}" y="${y + 4}">${escaped(text)}</text>`;
    return `<path class="tick" d="M${left + 14} ${y}h5"/>${label}`;
  });
  const border = `<rect class="frame" x="${left}" y="${top}" width="14" height="${bottom - top}"/>`;
  return [...cells.reverse(), border, ...ticks, sideways(left + 68, (top + bottom) / 2, scale.label)].join('');
}

function sideways(x: number, y: number, text: string): string {
  return `<text transform="translate(${x} ${y}) rotate(-90)" text-anchor="middle">${escaped(text)}</text>`;
}

/** A grid of values: row-major, row 0 lowest. */
export interface Grid {
  rows: number;
  columns: number;
  data: ArrayLike<number>;
}

export interface HeatOptions {
  /** The axis values at the left edge of the first column and the right edge of the last. */
  x: [left: number, right: number];
  /** The axis values at the lower edge of row 0 and the upper edge of the last row. */
  y: [low: number, high: number];
  /** The values at the dark and the light end of the colours. */
  min: number;
  max: number;
}

/** Steps between the dark and the light end, 1.7 dB of 80: as fine as can be seen, and a third fewer bytes than 256. */
const HEAT_LEVELS = 48;

/** Fewer rows than this are bars to be told apart, not to be blended into each other. */
const MANY_ROWS = 32;

/** A heat map. Its rows and columns are equally wide on the axes, whichever those are. */
export function heat({ rows, columns, data }: Grid, { x, y, min, max }: HeatOptions): Layer {
  const pixels = new Uint8Array(rows * columns);
  const top = HEAT_LEVELS - 1;
  for (let row = 0; row < rows; row++) {
    const from = (rows - 1 - row) * columns;
    for (let column = 0; column < columns; column++) {
      const level = Math.round((top * (data[from + column]! - min)) / (max - min));
      pixels[row * columns + column] = Math.max(0, Math.min(top, level || 0));
    }
  }
  const palette = Array.from({ length: HEAT_LEVELS }, (_, level) => rgb(drawing.interpolateMagma(level / top)));
  const image = { width: columns, height: rows, data: pixels, depth: 8, channels: 1, palette } as const;
  const png = Buffer.from(drawing.encode(image, { zlib: { level: 9 } }));
  const href = `data:image/png;base64,${png.toString('base64')}`;
  return (frame) => {
    const left = frame.x(x[0]);
    const high = frame.y(y[1]);
    const size = `width="${round(frame.x(x[1]) - left)}" height="${round(frame.y(y[0]) - high)}"`;
    const cells = rows < MANY_ROWS ? ' style="image-rendering:pixelated"' : '';
    return `<image x="${left}" y="${high}" ${size} preserveAspectRatio="none"${cells} href="${href}"/>`;
  };
}

/** The bytes of a colour written as #rrggbb. */
function rgb(colour: string): number[] {
  return [...Buffer.from(colour.slice(1), 'hex')];
}

/** A line through the points; it is broken where a value is not finite. */
export function curve(xs: ArrayLike<number>, ys: ArrayLike<number>, colour: string, width = 2): Layer {
  return (frame) => {
    let path = '';
    let pen = 'M';
    for (let i = 0; i < xs.length; i++) {
      if (!Number.isFinite(ys[i])) {
        pen = 'M';
        continue;
      }
      path += `${pen}${frame.x(xs[i]!)} ${frame.y(ys[i]!)}`;
      pen = 'L';
    }
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`;
  };
}

/** The area between two lines. */
export function area(xs: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>, colour: string): Layer {
  return (frame) => {
    const upper = Array.from(xs, (x, i) => `${frame.x(x)} ${frame.y(high[i]!)}`);
    const lower = Array.from(xs, (x, i) => `${frame.x(x)} ${frame.y(low[i]!)}`).reverse();
    return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${colour}" stroke="${colour}" stroke-width="0.5"/>`;
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text made safe for HTML and SVG, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
