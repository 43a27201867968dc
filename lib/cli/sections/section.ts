import type { Progress } from '../analysis.js';
import type { Track } from '../decode.js';

/** One part of the report and of the JSON. */
export interface Section {
  /** Its key under `features` in the JSON. */
  name: string;
  /** Its heading in the report and its label in the terminal's summary. */
  title: string;
  analyze(track: Track, progress: Progress): Finding;
}

export interface Finding {
  /** For the JSON: numbers with their unit in the name; `null` where there is no value. */
  features: Record<string, unknown>;
  /** For the terminal and the report: one line in words. */
  summary: string;
  /** For the report: draws pictures with `plot`, each with a caption that says how to read it. */
  figures(): Figure[];
}

export interface Figure {
  svg: string;
  caption: string;
}
