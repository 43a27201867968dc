/** The rooms of CONTRIBUTING.md are those that are there, and imports go from later rooms to earlier ones, never in a circle. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const table = /^\| room \| holds \|\n\|---\|---\|\n((?:\|.*\n)+)/m.exec(
  readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'),
)!;
// In the order of the table: a room may import from those before it.
const rooms = table[1]!
  .trim()
  .split('\n')
  .flatMap((row) =>
    row
      .split('|')[1]!
      .split(',')
      .map((room) => room.trim()),
  );

interface Tree {
  top: string;
  pattern: RegExp;
  /** The file that an import in `from` means. */
  target: (from: string, what: string) => string;
}

const trees: Tree[] = [
  {
    top: 'lib',
    pattern: /from '(\.[^']+)\.js'/g,
    target: (from, what) => `${posix.join(posix.dirname(from), what)}.ts`,
  },
  { top: 'native/core', pattern: /#include "(core\/[^"]+)"/g, target: (_, what) => `native/${what}` },
  { top: 'native/binding', pattern: /#include "(binding\/[^"]+)"/g, target: (_, what) => `native/${what}` },
];

function importsOf({ top, pattern, target }: Tree): Map<string, string[]> {
  const files = readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|cc|h)$/.test(file))
    .map((file) => posix.join(top, file.replaceAll('\\', '/')));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const targets = [...text.matchAll(pattern)].map((match) => target(file, match[1]!));
      return [file, targets.filter((each) => files.includes(each))];
    }),
  );
}

/** The first circle that following the imports leads into, or nothing. */
function circleIn(imports: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const follow = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    done.add(file);
    for (const next of imports.get(file) ?? []) {
      const circle = follow(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    return [];
  };
  for (const file of imports.keys()) {
    const circle = follow(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('rooms', () => {
  it.each(['lib', 'native/core', 'native/binding', 'test', 'bench/cases'])(
    'of %s are those of CONTRIBUTING.md',
    (top) => {
      const machinery = ['fixtures', 'gates', 'helpers', 'native', 'prebuild', 'reference'];
      const folders = readdirSync(join(root, top), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !(top === 'test' && machinery.includes(entry.name)))
        .map(({ name }) => name);
      expect(folders.filter((name) => !rooms.includes(name))).toEqual([]);
      const expected = rooms.filter((room) => room !== 'cli' || existsSync(join(root, top, 'cli')));
      expect(folders.sort()).toEqual(expected.sort());
    },
  );

  it.each(trees)('of $top import from earlier rooms alone', (tree) => {
    const roomOf = (file: string) => file.slice(tree.top.length + 1).split('/')[0]!;
    const upwards = [...importsOf(tree)].flatMap(([file, targets]) =>
      targets
        .filter((target) => rooms.includes(roomOf(target)) && rooms.includes(roomOf(file)))
        .filter((target) => rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(file)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it.each(trees)('of $top have no circle of imports', (tree) => {
    const imports = importsOf(tree);
    expect(imports.size).toBeGreaterThan(20);
    expect([...imports.values()].flat().length).toBeGreaterThan(20);
    expect(circleIn(imports)).toEqual([]);
    expect(
      circleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b']);
  });
});

describe('the codes', () => {
  const codes = (file: string, pattern: RegExp) =>
    Array.from(readFileSync(join(root, file), 'utf8').matchAll(pattern), ([, code]) => code).sort();

  it.each([
    ['errors', /'(ERR_COCHLEA_\w+)'/g, /^\| `(ERR_\w+)`/gm],
    ['warning', /'(COCHLEA_WARN_\w+)'/g, /^\| `(COCHLEA_WARN_\w+)`/gm],
  ])('of lib/runtime/%s.ts are listed in docs/errors.md, each once', (name, declared, listed) => {
    const known = [...new Set(codes(`lib/runtime/${name}.ts`, declared))];
    expect(known.length).toBeGreaterThan(2);
    expect(codes('docs/errors.md', listed)).toEqual(known);
  });
});
