import { chroma } from './chroma.js';
import { cqt } from './cqt.js';
import { hpss } from './hpss.js';
import { key } from './key.js';
import { pitch } from './pitch.js';
import { resonators } from './resonators.js';
import type { Section } from './section.js';
import { spectrum } from './spectrum.js';
import { tuning } from './tuning.js';
import { waveform } from './waveform.js';

/**
 * What a report holds, in this order. A feature joins the report, the summary and the JSON by adding its section here;
 * nothing else in the command line knows how many there are.
 */
export const sections: readonly Section[] = [waveform, resonators, spectrum, cqt, chroma, key, tuning, pitch, hpss];
