/** What the reports of parity and benchmark are written with. */
import { readFileSync, writeFileSync } from 'node:fs';

/** @typedef {readonly (string | number)[]} Cells */

/** @param {string | number} text */
export const encode = (text) => `${text}`.replace(/[&<>"|]/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * @param {Cells} head
 * @param {readonly Cells[]} rows
 */
export function markdownTable(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * @param {Cells} head
 * @param {readonly Cells[]} rows
 */
export function htmlTable(head, rows) {
  const line = (/** @type {string} */ tag, /** @type {Cells} */ cells) =>
    `<tr>${cells.map((cell) => `<${tag}>${encode(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line('th', head)}${rows.map((row) => line('td', row)).join('\n')}</table>`;
}

/** @param {readonly string[]} items */
export const htmlList = (items) => `<ul>${items.map((item) => `<li>${encode(item)}</li>`).join('\n')}</ul>`;

/**
 * One page that needs no other file.
 *
 * @param {string} title
 * @param {string} body
 */
export function htmlPage(title, body) {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${encode(title)}</title>
<style>body{font:15px/1.45 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}
li{overflow-wrap:anywhere}svg{width:100%;height:auto;font:12px system-ui,sans-serif}
figure{margin:1em 0;display:inline-block;width:49%;vertical-align:top}figcaption{font-size:13px}</style>
<h1>${encode(title)}</h1>
${body}
</html>
`;
}

/**
 * Writes `docs/<name>.md`, all of it.
 *
 * @param {string} name
 * @param {string} text
 */
export function writeDocument(name, text) {
  writeFileSync(new URL(`../../docs/${name}.md`, import.meta.url), `${text.trimEnd()}\n`);
}

/**
 * Writes what stands in README.md between `<!-- name -->` and `<!-- /name -->`.
 *
 * @param {string} name
 * @param {string} text
 */
export function writeReadmeSection(name, text) {
  const file = new URL('../../README.md', import.meta.url);
  const readme = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no section ${name}`);
  writeFileSync(file, `${readme.slice(0, from)}${begin}${text}\n${readme.slice(to)}`);
}
