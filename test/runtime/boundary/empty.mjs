// Calls every function that takes a matrix, in both forms, with matrices without rows, without columns and without either.
// A count that is zero must not be divided by, which ends the process. Prints the names of the functions it called.
import * as cochlea from 'cochlea';
import * as promises from 'cochlea/promises';

const sampleRate = 22050;
const shapes = [
  [0, 0],
  [0, 3],
  [1, 0],
  [1, 3],
  [3, 0],
  [12, 0],
  [1025, 0],
];

/** The arguments of each function for a real and a complex matrix of one shape; long filters take other paths. */
const functions = {
  istft: (_, D) => [[D], [D, { nFft: 2048 }]],
  softmask: (S) => [[S, S]],
  hpssSpectrogram: (S, D) => [
    [S],
    [S, { kernelSize: 256 }],
    [D, { kernelSize: [31, 300], mask: true }],
    [S, { kernelSize: [300, 3], residual: true }],
  ],
  medianFilter: (S) => [
    [S, { size: 3 }],
    [S, { size: [1, 300] }],
    [S, { size: [300, 1] }],
    [S, { size: [301, 301], mode: 'wrap' }],
  ],
  magnitude: (_, D) => [[D]],
  phase: (_, D) => [[D]],
  magphase: (_, D) => [[D]],
  powerToDb: (S) => [[S], [S, { ref: 'max' }]],
  amplitudeToDb: (S) => [[S]],
  piptrack: (S) => [[S, { sampleRate }]],
  estimateTuning: (S) => [[S, { sampleRate }]],
  melSpectrogram: (S) => [[S, { sampleRate }]],
  mfcc: (S) => [
    [S, { sampleRate }],
    [S, { sampleRate, dctType: 1 }],
  ],
  onsetStrength: (S) => [
    [S, { sampleRate }],
    [S, { sampleRate, aggregate: 'median', detrend: true }],
  ],
  chromaStft: (S) => [
    [S, { sampleRate }],
    [S, { sampleRate, tuning: 0 }],
  ],
  chromaCqt: (S) => [[S, {}]],
  chromaCens: (S) => [[S, {}]],
  chromaVqt: (S) => [[S, { intervals: 'equal' }]],
  tonnetz: (S) => [[S]],
  icqt: (_, D) => [[D, { sampleRate }]],
  estimateKey: (S) => [[S]],
  resonatorChroma: (S) => [[S, { frequencies: Float64Array.of(110) }]],
  resonatorMfcc: (S) => [[S], [S, {}]],
  superResolution: (S) => [[{ magnitude: S, frequency: S }, { sampleRate }]],
};

const forms = [{ ...cochlea }, { ...promises }];
const called = new Set();
for (const [name, cases] of Object.entries(functions)) {
  if (!(name in forms[0])) continue;
  for (const [rows, columns] of shapes) {
    const plane = () => new Float32Array(rows * columns);
    const shape = [rows, columns];
    for (const args of cases({ data: plane(), shape }, { re: plane(), im: plane(), shape })) {
      for (const form of forms) {
        try {
          await form[name]?.(...args);
        } catch (error) {
          if (!String(error.code).startsWith('ERR_COCHLEA_')) throw error;
        }
      }
    }
  }
  called.add(name);
}
console.log([...called].sort().join(' '));
