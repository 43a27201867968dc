// The command line on the system of the program that runs this, in a folder where cochlea is installed with what it
// loads on use, and where sounds/ holds recordings. Prints `N passed, N failed`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const main = join('node_modules', 'cochlea', 'dist', 'cli', 'main.js');

function cochlea(...args) {
  // Into a file: Node's pipes are sockets, which Wine does not hand on.
  const output = openSync('output', 'w');
  const { status, error } = spawnSync(process.execPath, [main, ...args], { stdio: ['ignore', output, output] });
  closeSync(output);
  if (error) throw error;
  return { status, text: readFileSync('output', 'utf8') };
}

const ignoresCase = existsSync('SOUNDS');
const checks = {
  'analyzes a recording': () => {
    const { status, text } = cochlea('analyze', 'sounds/tone.flac', '--json', 'tone.json', '--report', 'tone.html');
    assert.equal(status, 0, text);
    assert.match(text, /strongest at/);
    assert.equal(JSON.parse(readFileSync('tone.json', 'utf8')).channels, 1);
    assert.match(readFileSync('tone.html', 'utf8'), /<\/html>/);
  },
  'replaces a file whole and leaves no other': () => {
    writeFileSync('tone.json', 'old');
    const before = readdirSync('.');
    assert.equal(cochlea('analyze', 'sounds/tone.mp3', '--json', 'tone.json').status, 0);
    assert.ok(JSON.parse(readFileSync('tone.json', 'utf8')));
    assert.deepEqual(readdirSync('.'), before);
  },
  'knows one file under two names': () => {
    const { status, text } = cochlea('analyze', 'sounds/tone.flac', '--json', 'one.x', '--report', 'ONE.X');
    assert.equal(status, ignoresCase ? 2 : 0, text);
    if (ignoresCase) assert.match(text, /--json and --report: the same file/);
  },
  'never writes over a recording': () => {
    const file = ignoresCase ? 'SOUNDS/TONE.FLAC' : 'sounds/tone.flac';
    const { size } = statSync(file);
    assert.equal(cochlea('analyze', 'sounds/tone.flac', '--json', file).status, 2);
    assert.equal(statSync(file).size, size);
  },
  'separates a recording': () => {
    const { status, text } = cochlea('hpss', 'sounds/tone.flac', '--out', 'stems');
    assert.equal(status, 0, text);
    for (const name of readdirSync('stems'))
      assert.equal(readFileSync(join('stems', name)).toString('latin1', 0, 4), 'RIFF');
    assert.equal(readdirSync('stems').length, 2);
  },
  'says what it cannot read': () => {
    const { status, text } = cochlea('analyze', 'nothing.wav');
    assert.equal(status, 1);
    assert.match(text, /nothing\.wav: no such file/);
  },
};

let passed = 0;
let failed = 0;
for (const [name, body] of Object.entries(checks)) {
  try {
    body();
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
