/** What was measured, as lines for a terminal, as Markdown and as one page with plots. */
import { encode, htmlList, htmlPage, htmlTable, markdownTable } from '../test/helpers/report.mjs';

const PREFIXES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
];

/** Three digits with an SI prefix. */
export function quantity(value, unit) {
  if (value === 0) return `0 ${unit}`;
  const [factor, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= 0.9995 * least) ?? PREFIXES.at(-1);
  return `${Number((value / factor).toPrecision(3))} ${prefix}${unit}`;
}

const time = (seconds) => quantity(seconds, 's');
const times = (ratio) => `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}x`;
const verdict = ({ ratio, target }) => (target === undefined ? '' : ratio >= target ? 'met' : 'missed');

/** One line of a terminal, under the heading `name`. */
export function line(item, name) {
  if (item.points) {
    const points = item.points.map(
      ({ series, x, y }) => `${series ? `${series} ` : ''}${x}: ${quantity(y, item.unit)}`,
    );
    return `  ${points.join(', ')}`;
  }
  if (item.fact) return `  ${item.fact}: ${item.value}`;
  if (item.peer === undefined) return `  ${item.tier.padEnd(9)} ${time(item.ours)}`;
  const spread = item.quartiles ? ` (${item.quartiles.map(times).join(' to ')})` : '';
  const judged = item.target === undefined ? '' : `  target ${times(item.target)} ${verdict(item)}`;
  const label = item.case === name ? '' : `${item.case}: `;
  return `  ${label}${item.tier.padEnd(9)} ${times(item.ratio).padStart(6)}${spread}  ${time(item.ours)} against ${time(item.theirs)} of ${item.peer}${judged}`;
}

const heading = ({ date, version, node, cpu, tier }) =>
  `cochlea ${version}, ${date}, ${cpu}, SIMD tier ${tier}, Node ${node}, one thread unless a line says otherwise.`;

/** The rows of README.md: one peer that its readers know, per part of the library. */
const SUMMARY = [
  ['rfft, batches of 2048', 'FFTW (patient)'],
  ['stft', 'librosa'],
  ['istft', 'librosa'],
  ['melSpectrogram', 'librosa'],
  ['hpss', 'librosa'],
  ['yin', 'librosa'],
  ['pyin', 'librosa'],
  ['cqt', 'librosa'],
  ['chromaCqt', 'librosa'],
  ['resonate, 88 bins', 'resonators (Rust)'],
];

/** What the best tier did against others. */
const compared = ({ machine, rows }) => rows.filter(({ peer, tier }) => peer !== undefined && tier === machine.tier);

const COLUMNS = ['what', 'against', 'ratio', 'cochlea', 'theirs'];
const cells = (row) => [row.case, row.peer, `**${times(row.ratio)}**`, time(row.ours), time(row.theirs)];

/** The table of README.md. */
export function summary(result) {
  const rows = SUMMARY.flatMap(([name, peer]) =>
    compared(result).filter((row) => row.case === name && row.peer === peer),
  );
  return `${heading(result.machine)} Medians of paired runs.

${markdownTable(COLUMNS, rows.map(cells))}`;
}

/** docs/benchmarks.md: the best tier against everybody. */
export function markdown(result) {
  const { rows, leftOut } = result;
  const judged = rows.filter(({ target }) => target !== undefined);
  const met = judged.filter((row) => verdict(row) === 'met').length;
  return `# Benchmarks

Written by \`npm run bench\`. A ratio is the other's time divided by cochlea's; above 1 cochlea is faster. Results were compared
first wherever both claim the same numbers.

${heading(result.machine)} Medians of paired runs; ${met} of ${judged.length} targets met.
[The report](../bench/report.html) has the other tiers, the spread, scaling, memory and what bounds the rest.

${markdownTable(
  [...COLUMNS, 'target'],
  compared(result).map((row) => [
    ...cells(row),
    row.target === undefined ? '' : `${times(row.target)} ${verdict(row)}`,
  ]),
)}
${leftOut.length > 0 ? `\nLeft out: ${[...new Set(leftOut)].join('; ')}.\n` : ''}`;
}

/** Bars of ratios on a logarithmic axis; a tick where the target is. */
function bars(rows) {
  const [left, width, step] = [330, 420, 22];
  const most = Math.max(10, ...rows.map(({ ratio }) => ratio));
  const least = Math.min(1, ...rows.map(({ ratio }) => ratio)) / 1.2;
  const x = (ratio) => left + (width * Math.log(ratio / least)) / Math.log(most / least);
  const ticks = [0.1, 1, 10, 100, 1000].filter((ratio) => ratio >= least && ratio <= most);
  const height = rows.length * step + 24;
  return `<svg viewBox="0 0 ${left + width + 80} ${height}" role="img" aria-label="ratios">
${ticks.map((ratio) => `<path d="M${x(ratio)} 0V${height - 18}" stroke="${ratio === 1 ? '#555' : '#ddd'}"/><text x="${x(ratio)}" y="${height - 4}" text-anchor="middle">${ratio}x</text>`).join('')}
${rows
  .map((row, i) => {
    const y = i * step + 3;
    const [from, to] = [Math.min(x(1), x(row.ratio)), Math.max(x(1), x(row.ratio))];
    const colour = row.ratio < 1 ? '#b8433a' : verdict(row) === 'missed' ? '#c9a227' : '#2f7f6f';
    const target =
      row.target === undefined ? '' : `<path d="M${x(row.target)} ${y - 1}v16" stroke="#000" stroke-width="2"/>`;
    return `<text x="${left - 6}" y="${y + 12}" text-anchor="end">${encode(`${row.case} / ${row.peer}`)}</text><rect x="${from}" y="${y}" width="${Math.max(1, to - from)}" height="14" fill="${colour}"/>${target}<text x="${to + 5}" y="${y + 12}">${times(row.ratio)}</text>`;
  })
  .join('\n')}</svg>`;
}

/** A curve on logarithmic axes, a line for each series. */
function plot({ name, about, axis, unit, points }) {
  const [left, top, width, height] = [80, 8, 420, 170];
  const range = (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low === high ? [low / 2, high * 2] : [low, high];
  };
  const [x0, x1] = range(points.map(({ x }) => x));
  const [y0, y1] = range(points.map(({ y }) => Math.max(y, 1e-12))).map((y, i) => (i === 0 ? y / 1.5 : y * 1.5));
  const x = (value) => left + (width * Math.log(value / x0)) / Math.log(x1 / x0);
  const y = (value) => top + height - (height * Math.log(Math.max(value, 1e-12) / y0)) / Math.log(y1 / y0);
  const colours = ['#2f7f6f', '#b8433a', '#3b5fa3', '#c9a227', '#7a4b94'];
  const series = [...new Set(points.map((point) => point.series))];
  const lines = series.map((key, i) => {
    const own = points.filter((point) => point.series === key);
    const marks = own.map(
      (p) =>
        `<circle cx="${x(p.x)}" cy="${y(p.y)}" r="3"><title>${encode(`${p.x}: ${quantity(p.y, unit)}`)}</title></circle>`,
    );
    const label = key ? `<text x="${left + width + 8}" y="${y(own.at(-1).y) + 4}">${encode(key)}</text>` : '';
    return `<g fill="${colours[i % 5]}"><polyline fill="none" stroke="${colours[i % 5]}" points="${own.map((p) => `${x(p.x)},${y(p.y)}`).join(' ')}"/>${marks.join('')}${label}</g>`;
  });
  const xs = [...new Set(points.map((point) => point.x))];
  return `<figure><svg viewBox="0 0 ${left + width + 80} ${top + height + 40}" role="img" aria-label="${encode(name)}">
<path d="M${left} ${top}V${top + height}H${left + width}" fill="none" stroke="#555"/>
${xs.map((value) => `<text x="${x(value)}" y="${top + height + 16}" text-anchor="middle">${value}</text>`).join('')}
<text x="${left + width / 2}" y="${top + height + 34}" text-anchor="middle">${encode(axis)}</text>
${[y0, Math.sqrt(y0 * y1), y1].map((value) => `<text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${encode(quantity(value, unit))}</text>`).join('')}
${lines.join('\n')}</svg><figcaption><b>${encode(name)}</b>: ${encode(about)}</figcaption></figure>`;
}

/** The whole report. */
export function html({ machine, rows, curves, facts, failures, leftOut }) {
  const judged = rows.filter(({ target }) => target !== undefined);
  const best = compared({ machine, rows });
  return htmlPage(
    'What cochlea costs, and what others do',
    `<p>${encode(heading(machine))}
A ratio is the other's time divided by cochlea's, in pairs of runs next to each other; above 1 cochlea is faster. Times alone
belong to this machine. Results were compared first wherever both claim the same numbers.</p>
<h2>Targets</h2>
${htmlTable(
  ['what', 'against', 'tier', 'target', 'measured', '', 'what bounds it'],
  judged.map((row) => [
    row.case,
    row.peer,
    row.tier,
    times(row.target),
    times(row.ratio),
    verdict(row),
    verdict(row) === 'missed' ? (row.bound ?? '') : '',
  ]),
)}
<h2>Ratios</h2><p>Black ticks are targets.</p>${bars(best)}
<h2>Scaling</h2>${curves.map(plot).join('\n')}
<h2>Limits of the machine, and the share of them that is used</h2>
${htmlTable(
  ['', 'measured'],
  facts.map(({ fact, value }) => [fact, value]),
)}
<h2>All measurements</h2>
${htmlTable(
  [
    'what',
    'measured with',
    'tier',
    'against',
    'ratio',
    'quartiles',
    'cochlea',
    'its first call',
    'theirs',
    'same numbers',
  ],
  rows.map((row) => [
    row.case,
    row.about,
    row.tier,
    row.peer ?? '',
    row.peer === undefined ? '' : times(row.ratio),
    row.quartiles ? row.quartiles.map(times).join(' to ') : '',
    time(row.ours),
    row.first === undefined ? '' : time(row.first),
    row.peer === undefined ? '' : time(row.theirs),
    row.equal ? 'yes' : '',
  ]),
)}
${leftOut.length > 0 ? `<h2>Left out</h2>${htmlList([...new Set(leftOut)])}` : ''}
${failures.length > 0 ? `<h2>Failed</h2>${htmlList(failures)}` : ''}
`,
  );
}
