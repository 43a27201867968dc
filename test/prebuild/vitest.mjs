// Stands in for vitest where vitest itself does not run: under an emulator, in Wine, in Bun and Deno. Its matchers are
// vitest's own; the tests of one file run in order, and the process ends with one line, `N passed, N failed`.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
setState({}, expect);
Object.defineProperties(expect, Object.getOwnPropertyDescriptors(globalThis[ASYMMETRIC_MATCHERS_OBJECT]));

const tests = [];
const names = [];

function each(declare) {
  return (rows) => (name, body) => {
    for (const row of rows) declare(name.replace('%s', row), () => body(...[row].flat()));
  };
}

export function describe(name, body) {
  names.push(name);
  body();
  names.pop();
}
describe.each = each(describe);

export function it(name, body) {
  tests.push({ name: [...names, name].join(' > '), body });
}
it.each = each(it);

setTimeout(async () => {
  let failed = 0;
  for (const { name, body } of tests) {
    try {
      await body();
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n      ${error?.message ?? error}`);
    }
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 && tests.length > 0 ? 0 : 1);
}, 0);
