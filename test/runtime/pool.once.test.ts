/** The pool behind `cochlea/promises`: what runs at once, what waits, what stops, and who else is held up. */
import { readFile } from 'node:fs/promises';
import { configure } from 'cochlea';
import { melSpectrogram, stft } from 'cochlea/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const seconds = (length: number) => new Float32Array(22050 * length).fill(0.5);
const short = seconds(1);
// Some fifty milliseconds of work: on a busy machine a new thread takes its time to start.
const long = seconds(600);

/**
 * A job of half a minute or more, which ends when it is stopped: what happens meanwhile happens beside it, however busy the
 * machine is.
 */
function endless() {
  const controller = new AbortController();
  let pending = true;
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const onProgress = (fraction: number) => {
    if (fraction > 0) started();
  };
  const options = { sampleRate: 22050, nFft: 8192, hopLength: 1, nMels: 1, signal: controller.signal, onProgress };
  const job = melSpectrogram(seconds(240), options);
  const ended = job.then(
    () => {
      pending = false;
    },
    () => {
      pending = false;
    },
  );
  return {
    job,
    running,
    pending: () => pending,
    stop: async (reason?: Error) => {
      controller.abort(reason);
      await ended;
    },
  };
}

let threads: number;
beforeEach(() => {
  threads = configure().threads;
});
afterEach(() => {
  configure({ threads });
});

/** Names of the promises in the order in which they settle. */
async function order(promises: Record<string, Promise<unknown>>): Promise<string[]> {
  const settled: string[] = [];
  await Promise.all(
    Object.entries(promises).map(([name, promise]) =>
      promise.then(
        () => settled.push(name),
        () => settled.push(name),
      ),
    ),
  );
  return settled;
}

describe('jobs', () => {
  it('run one after another on one thread', async () => {
    configure({ threads: 1 });
    expect(await order({ long: stft(long), short: stft(short) })).toEqual(['long', 'short']);
  });

  it('run at the same time on two threads', async () => {
    configure({ threads: 2 });
    const other = endless();
    await stft(short);
    expect(other.pending()).toBe(true);
    await other.stop();
  });

  it('that already wait start when threads are added', async () => {
    configure({ threads: 1 });
    const other = endless();
    const waiting = stft(short);
    configure({ threads: 2 });
    await waiting;
    expect(other.pending()).toBe(true);
    await other.stop();
  });

  it('all finish, however many there are', async () => {
    const results = await Promise.all(Array.from({ length: 500 }, () => stft(new Float32Array(2048))));
    expect(new Set(results.map(({ shape }) => shape.join()))).toEqual(new Set(['1025,5']));
  });

  it('fail alone', async () => {
    const bad = new Float32Array(2048).fill(Number.NaN);
    const outcomes = await Promise.allSettled([stft(short), stft(bad), stft(short)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('other work', () => {
  it('of the event loop goes on while a job runs', async () => {
    const job = endless();
    await job.running;
    for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(job.pending()).toBe(true);
    await job.stop();
  });

  it("on libuv's threads does not wait for jobs", async () => {
    configure({ threads: 1 });
    const jobs = Array.from({ length: 8 }, endless);
    await Promise.all(Array.from({ length: 8 }, () => readFile(new URL(import.meta.url))));
    expect(jobs.filter((job) => job.pending())).toHaveLength(8);
    await Promise.all(jobs.map((job) => job.stop()));
  });
});

const reason = new Error('not needed any more');

describe('an abort', () => {
  it('before the call rejects without work', async () => {
    await expect(stft(short, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('stops a running job and rejects with its reason', async () => {
    configure({ threads: 1 });
    const other = endless();
    await other.running;
    const rejected = expect(other.job).rejects.toBe(reason);
    await other.stop(reason);
    await rejected;
    // The only thread is free again, half a minute before the job could have been done.
    await stft(short);
  });

  it('rejects a job that still waits', async () => {
    configure({ threads: 1 });
    const controller = new AbortController();
    const jobs = { long: stft(long), waiting: stft(short, { signal: controller.signal }) };
    jobs.waiting.catch(() => {});
    controller.abort(reason);
    expect(await order(jobs)).toEqual(['waiting', 'long']);
    await expect(jobs.waiting).rejects.toBe(reason);
  });

  it('after the end changes nothing, and no listener stays on the signal', async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const { shape } = await stft(short, { signal });
    controller.abort(reason);
    expect(shape).toEqual([1025, 44]);
    expect(listeners).toBe(0);
  });

  it('takes a timeout, whose reason is a TimeoutError', async () => {
    await expect(stft(seconds(600), { signal: AbortSignal.timeout(5) })).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError' }),
    );
  });
});

describe('one signal', () => {
  it('serves any number of calls without a warning, and each can end before it is aborted', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const controller = new AbortController();
    const { signal } = controller;
    await Promise.all(Array.from({ length: 30 }, () => stft(short, { signal })));
    const jobs = Array.from({ length: 30 }, () => stft(long, { signal }));
    controller.abort(reason);
    const outcomes = await Promise.allSettled(jobs);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual(jobs.map(() => reason));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });
});

describe('progress', () => {
  it('that throws rejects the promise, and is not called again', async () => {
    const error = new Error('in onProgress');
    let calls = 0;
    const onProgress = () => {
      calls++;
      throw error;
    };
    await expect(stft(seconds(900), { onProgress })).rejects.toBe(error);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(calls).toBe(1);
  });

  it('rises to 1', async () => {
    const seen: number[] = [];
    await stft(seconds(600), { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen[0]).toBeGreaterThanOrEqual(0);
    expect(seen.at(-1)).toBe(1);
  });
});

describe('the options of every promise', () => {
  class Given {
    readonly #nFft = 512;
    get nFft() {
      return this.#nFft;
    }
    get onProgress() {
      return undefined;
    }
  }

  it.each([
    ['inherited', Object.create({ nFft: 512 })],
    [
      'accessors',
      {
        get nFft() {
          return 512;
        },
      },
    ],
    ['accessors of a class', new Given()],
    ['frozen', Object.freeze({ nFft: 512, signal: undefined })],
  ])('are read as the synchronous form reads them: %s', async (_, options) => {
    expect((await stft(short, options)).shape).toEqual([257, 173]);
  });

  it.each([
    [{ signal: 'stop' }, "signal: expected an AbortSignal, received 'stop'"],
    [{ signal: null }, 'signal: expected an AbortSignal, received null'],
    [{ onProgress: true }, 'onProgress: expected a function, received true'],
    [{ out: {} }, "options: expected no 'out': a promise resolves with a new result, received 'out'"],
    [{ Signal: undefined }, 'options: expected one of the options nFft'],
  ])('refuse %j', async (options, message) => {
    await expect(stft(short, options as never)).rejects.toThrow(message);
  });
});
