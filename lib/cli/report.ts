import { basename } from 'node:path';
import { type Chapter, facts, type Outcome } from './outcome.js';
import { escaped } from './plot.js';

/** The report: one page that needs nothing but itself; its policy forbids the browser to load anything else. */
export function page(outcomes: Outcome[]): string {
  const title = outcomes.length === 1 ? basename(outcomes[0]!.file) : `${outcomes.length} recordings`;
  const contents = outcomes.map(({ file }, i) => `<li><a href="#f${i}">${escaped(file)}</a></li>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)} - cochlea report</title>
<style>${STYLE}</style>
</head>
<body>
${outcomes.length > 1 ? `<nav><h1>${outcomes.length} recordings</h1><ol>${contents}</ol></nav>` : ''}
${outcomes.map(article).join('\n')}
</body>
</html>
`;
}

function article(outcome: Outcome, index: number): string {
  const head = `<article id="f${index}"><h1>${escaped(outcome.file)}</h1>`;
  if (outcome.analysis === undefined)
    return `${head}<p class="error">Not analysed: ${escaped(outcome.reason)}</p></article>`;
  return `${head}<p>${escaped(facts(outcome.analysis))}</p>${outcome.chapters.map(chapter).join('\n')}</article>`;
}

function chapter({ title, summary, figures }: Chapter): string {
  const pictures = figures.map(
    ({ svg, caption }) => `<figure><div class="wide">${svg}</div><figcaption>${escaped(caption)}</figcaption></figure>`,
  );
  return `<section><h2>${escaped(title)}</h2><p>${escaped(summary)}</p>${pictures.join('\n')}</section>`;
}

const STYLE = `
body { max-width: 1060px; margin: 1.5rem auto; padding: 0 1rem; font: 15px/1.45 system-ui, sans-serif;
  color: #1b1b1f; background: #fff; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; margin: 1.5rem 0 0; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 0; }
p { margin: .2rem 0 .4rem; }
article + article { border-top: 2px solid #ccc; margin-top: 2rem; }
figure { margin: 0; }
figcaption { color: #55555e; font-size: .87rem; margin-left: 7.2%; max-width: 60rem; }
.error { color: #a40000; }
/* On a narrow screen a picture keeps the size at which its words can be read, and is moved sideways. */
.wide { overflow-x: auto; }
.wide .plot { min-width: 720px; }
@media (max-width: 720px) { figcaption { margin-left: 0; } }
.plot { display: block; width: 100%; font-size: 13px; fill: #1b1b1f; }
.plot .grid { stroke: #999; stroke-opacity: .28; fill: none; }
.plot .tick { stroke: #1b1b1f; fill: none; }
.plot .frame { stroke: #1b1b1f; fill: none; }
`;
