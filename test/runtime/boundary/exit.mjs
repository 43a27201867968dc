// Ends, in the way that the argument names, while jobs run and wait.
import * as promises from 'cochlea/promises';

const how = process.argv[2];
const y = new Float32Array(how === 'wait' ? 50_000 : 1_000_000).fill(0.5);
const jobs = Array.from({ length: 8 }, () => promises.stft(y));
switch (how) {
  case 'wait':
    process.on('exit', () => console.log('done'));
    break;
  case 'exit-now':
    process.exit(7);
    break;
  case 'exit-soon':
    setTimeout(() => process.exit(7), 5 + 40 * Math.random());
    break;
  case 'exit-in-handler':
    jobs[0].then(() => process.exit(7));
    break;
  case 'throw':
    setTimeout(() => {
      throw new Error('on purpose');
    }, 20);
    break;
}
