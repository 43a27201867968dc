// The recipes of examples/electron/README.md, word for word, as far as a machine without Electron can follow them: the
// bundlers bundle its utility process, which then runs in Node on a port of our own, and the archive leaves the binaries
// out. Runs in a folder where cochlea is installed. Prints `N passed, N failed`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const page = readFileSync(new URL('../../examples/electron/README.md', import.meta.url), 'utf8');
const find = (pattern) => new RegExp(pattern, 'm').exec(page)?.[1] ?? assert.fail(`not in the page: ${pattern}`);
const code = (name) => find(`^${name}[^]*?\`\`\`js\n([^]*?)\`\`\``);
const setting = (bundler) => find(`^\\| ${bundler}\\b.*? \\| \`(.*?)\``);

const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
const npx = (...args) => run('npx', '--no', ...args);

const tools = ['esbuild@0.28.2', 'webpack@5.112.2', 'webpack-cli@6.0.1', 'vite@8.3.8', '@electron/asar@3.4.1'];
run('npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...tools);

writeFileSync('main.mjs', code('`main.mjs`'));
writeFileSync('preload.js', code('`preload.js`'));
writeFileSync('page.js', code('The page'));
writeFileSync('analysis.mjs', code('`analysis.mjs`'));
// In the place of Electron: what the utility process gets, and what it must answer.
writeFileSync(
  'electron.mjs',
  `import { EventEmitter } from 'node:events';
   process.parentPort = new EventEmitter();
   await import(process.argv[2]);
   const port = new EventEmitter();
   port.start = () => port.emit('message', { data: new Float32Array(44100) });
   port.postMessage = ({ harmonic, percussive }) => console.log(harmonic.length, percussive.length);
   process.parentPort.emit('message', { ports: [port] });`,
);
const answers = (file) => assert.equal(run('node', 'electron.mjs', `./${file}`), '44100 44100\n');

const tests = {
  'the scripts of Electron': () => {
    for (const name of ['main.mjs', 'preload.js', 'page.js']) run('node', '--check', name);
    answers('analysis.mjs');
  },
  esbuild: () => {
    npx('esbuild', 'analysis.mjs', '--bundle', '--outfile=esbuild/analysis.js', ...setting('esbuild').split(' '));
    answers('esbuild/analysis.js');
  },
  webpack: () => {
    const output = `{ path: __dirname + '/webpack', filename: 'analysis.cjs' }`;
    const config = `mode: 'production', entry: './analysis.mjs', output: ${output}, ${setting('webpack')}`;
    writeFileSync('webpack.config.cjs', `module.exports = { ${config} };`);
    npx('webpack');
    answers('webpack/analysis.cjs');
  },
  vite: () => {
    const config = `${setting('vite').replace('build: {', "build: { ssr: 'analysis.mjs', outDir: 'vite',")}`;
    writeFileSync('vite.config.mjs', `export default { ${config} };`);
    npx('vite', 'build');
    answers('vite/analysis.mjs');
  },
  'an archive without the binaries': () => {
    mkdirSync('app/node_modules', { recursive: true });
    run('cp', '-r', 'node_modules/cochlea', 'app/node_modules');
    npx('asar', 'pack', 'app', 'app.asar', '--unpack', find("unpack: '(.*?)'"));
    assert.match(npx('asar', 'list', 'app.asar'), /cochlea.dist.index\.js/);
    const unpacked = 'app.asar.unpacked/node_modules/cochlea';
    assert.ok(!existsSync(`${unpacked}/dist`));
    const binaries = (folder) => run('find', folder, '-name', '*.node', '-printf', '%f %s\n').split('\n').toSorted();
    assert.deepEqual(binaries(unpacked), binaries('node_modules/cochlea'));
    // The binary needs nothing of what stayed inside.
    process.env.COCHLEA_PREBUILD = unpacked;
    answers('analysis.mjs');
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    test();
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error?.message ?? error}${error?.stdout ?? ''}`);
  }
}
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
