// @ts-nocheck
// Decodes two seconds of a tone and noise from every format and depth that ffmpeg, sox and lame can make, compares with
// what ffmpeg decodes, and writes docs/formats.md. Needs these three; not part of the suites, whose own table of
// uncompressed formats is in decoding.once.test.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { decode } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'decode.js'));
const folder = mkdtempSync(join(tmpdir(), 'cochlea-formats-'));
const RATE = 44100;
const SECONDS = 2;

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
const ffmpeg = (...args) => run('ffmpeg', '-hide_banner', '-loglevel', 'error', '-y', ...args);

/** Tone in the left, noise in the right channel. */
function makeSource() {
  const tone = `sine=frequency=440:duration=${SECONDS}:sample_rate=${RATE}`;
  const noise = `anoisesrc=d=${SECONDS}:c=pink:r=${RATE}:a=0.3:seed=1`;
  const join = '[0:a]volume=4[a];[a][1:a]join=inputs=2:channel_layout=stereo';
  ffmpeg(
    '-f',
    'lavfi',
    '-i',
    tone,
    '-f',
    'lavfi',
    '-i',
    noise,
    '-filter_complex',
    join,
    '-c:a',
    'pcm_f32le',
    'source.wav',
  );
}

/** A row of the table: what it is, a file name, and how the file is made. */
const rows = [];
const encoded = (what, file, ...options) =>
  rows.push({ what, file, make: () => ffmpeg('-i', 'source.wav', '-map_metadata', '-1', ...options, file) });
const made = (what, file, make) => rows.push({ what, file, make });

const codecs = (container, extension, names, ...options) => {
  for (const name of names)
    encoded(`${container}, ${name}`, `${extension}-${name}.${extension}`, '-c:a', name, ...options);
};
codecs('WAV', 'wav', [
  'pcm_u8',
  'pcm_s16le',
  'pcm_s24le',
  'pcm_s32le',
  'pcm_f32le',
  'pcm_f64le',
  'pcm_alaw',
  'pcm_mulaw',
]);
codecs('WAV', 'wav', ['adpcm_ms', 'adpcm_ima_wav']);
encoded('WAV extensible, six channels of 24 bits', 'extensible.wav', '-ac', '6', '-c:a', 'pcm_s24le');
encoded(
  'WAV with a bext chunk',
  'bext.wav',
  '-c:a',
  'pcm_s16le',
  '-write_bext',
  '1',
  '-metadata',
  'description=seventeen letters',
);
encoded('RF64, pcm_s16le', 'rf64.wav', '-c:a', 'pcm_s16le', '-rf64', 'always');
made('RIFX, 16 bits', 'rifx.wav', () => run('sox', '-B', 'source.wav', '-b', '16', '-e', 'signed-integer', 'rifx.wav'));
codecs('Wave64', 'w64', ['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le']);
codecs('AIFF', 'aiff', ['pcm_s8', 'pcm_s16be', 'pcm_s24be', 'pcm_s32be']);
made('AIFF, 20 bits', 'aiff-20.aiff', () => run('sox', 'source.wav', '-b', '20', 'aiff-20.aiff'));
codecs('AIFF-C', 'aif', ['pcm_s16le', 'pcm_f32be', 'pcm_f64be', 'pcm_alaw', 'pcm_mulaw', 'adpcm_ima_qt'], '-f', 'aiff');
const big = ['pcm_s8', 'pcm_s16be', 'pcm_s24be', 'pcm_s32be', 'pcm_f32be', 'pcm_f64be', 'pcm_alaw', 'pcm_mulaw'];
codecs('AU', 'au', big);
codecs('CAF', 'caf', [...big, 'pcm_s16le', 'pcm_f32le', 'adpcm_ima_qt', 'alac']);
made('FLAC, 8 bits', 'flac-8.flac', () => run('sox', 'source.wav', '-b', '8', 'flac-8.flac'));
encoded('FLAC, 16 bits', 'flac-16.flac', '-sample_fmt', 's16');
encoded('FLAC, 24 bits', 'flac-24.flac', '-sample_fmt', 's32', '-bits_per_raw_sample', '24');
encoded('FLAC in Ogg', 'flac.oga', '-c:a', 'flac', '-f', 'ogg');
encoded('MP3, constant rate', 'cbr.mp3', '-b:a', '128k');
encoded('MP3, variable rate', 'vbr.mp3', '-q:a', '4');
encoded('MP3, mono at 22,050 Hz', 'low.mp3', '-ac', '1', '-ar', '22050', '-b:a', '48k');
encoded('MP3 without a Xing frame', 'plain.mp3', '-write_xing', '0', '-b:a', '96k');
made('MP3, free format', 'free.mp3', () =>
  run('lame', '--quiet', '--freeformat', '-b', '400', 'source.wav', 'free.mp3'),
);
encoded('MP2', 'layer2.mp2', '-c:a', 'mp2');
encoded('Vorbis in Ogg', 'vorbis.ogg', '-c:a', 'libvorbis', '-q:a', '4');
encoded('Opus in Ogg', 'opus.opus', '-c:a', 'libopus');
encoded('Opus in Ogg, six channels', 'six.opus', '-ac', '6', '-c:a', 'libopus');
encoded('Speex in Ogg', 'speex.spx', '-ar', '16000', '-ac', '1', '-c:a', 'libspeex');
const chain = (file, ...parts) =>
  writeFileSync(join(folder, file), Buffer.concat(parts.map((part) => readFileSync(join(folder, part)))));
made('Ogg chain of two Vorbis streams', 'chain.ogg', () => chain('chain.ogg', 'vorbis.ogg', 'vorbis.ogg'));
made('Ogg chain of two rates', 'rates.ogg', () => chain('rates.ogg', 'vorbis.ogg', 'opus.opus'));
// Without noise substitution, which every decoder fills with noise of its own.
encoded('AAC in M4A', 'aac.m4a', '-c:a', 'aac', '-aac_pns', '0');
encoded('ALAC in M4A', 'alac.m4a', '-c:a', 'alac');
encoded('AAC, ADTS', 'adts.aac', '-c:a', 'aac', '-aac_pns', '0');
encoded('Opus in WebM', 'opus.webm', '-c:a', 'libopus');
encoded('Vorbis in WebM', 'vorbis.webm', '-c:a', 'libvorbis');
encoded('AAC in Matroska', 'aac.mkv', '-c:a', 'aac', '-aac_pns', '0');
encoded('WavPack', 'wavpack.wv', '-c:a', 'wavpack');
encoded('TTA', 'tta.tta', '-c:a', 'tta');
encoded('Windows Media', 'wma.wma', '-c:a', 'wmav2');
encoded('AC-3', 'ac3.ac3', '-c:a', 'ac3');

/** What ffmpeg makes of a file: the mean of its channels. */
function reference(file) {
  const probe = run('ffprobe', '-v', 'error', '-show_streams', '-of', 'json', file);
  const { channels, sample_rate: rate } = JSON.parse(probe).streams[0];
  // ffmpeg makes AC-3 less dynamic unless it is told not to.
  const softer = file.endsWith('.ac3') ? ['-drc_scale', '0'] : [];
  const bytes = Uint8Array.from(ffmpeg(...softer, '-i', file, '-f', 'f32le', '-c:a', 'pcm_f32le', '-'));
  const all = new Float32Array(bytes.buffer, 0, bytes.length >> 2);
  const samples = Float32Array.from({ length: all.length / channels }, (_, i) => {
    return all.subarray(i * channels, (i + 1) * channels).reduce((sum, x) => sum + x, 0) / channels;
  });
  return { samples, channels, rate: Number(rate) };
}

/** The largest difference, and the delay between the two: a decoder may or may not drop what the encoder has added. */
function compare(ours, theirs) {
  const worst = (delay, from, to) => {
    let error = 0;
    for (let i = Math.max(from, -delay); i < to; i++) error = Math.max(error, Math.abs(ours[i + delay] - theirs[i]));
    return error;
  };
  const common = Math.min(ours.length, theirs.length);
  let delay = 0;
  if (worst(0, 0, common) > 1e-2) {
    for (let d = -3000; d <= 3000; d++) if (worst(d, 8000, 8300) < worst(delay, 8000, 8300)) delay = d;
  }
  return { delay, error: worst(delay, 0, common - Math.max(0, delay)) };
}

async function verdict(file) {
  try {
    const { samples, sampleRate, channels } = await decode(join(folder, file), () => {});
    const theirs = reference(file);
    if (sampleRate !== theirs.rate || channels !== theirs.channels) {
      return [`${sampleRate} Hz and ${channels} channels for ${theirs.rate} and ${theirs.channels}`, ''];
    }
    const { delay, error } = compare(samples.read(0, samples.length), theirs.samples);
    const notes = [];
    if (delay !== 0) notes.push(`${-delay} samples of the encoder's delay dropped that ffmpeg keeps`);
    return [error === 0 ? 'the same' : error.toExponential(1), notes.join('; ')];
  } catch (error) {
    return ['refused', error.message];
  }
}

makeSource();
// Decoders print complaints of their own.
console.error = () => {};
const lines = [];
for (const { what, file, make } of rows) {
  make();
  const [difference, note] = await verdict(file);
  lines.push(`| ${what} | ${difference} | ${note} |`);
  console.log(lines.at(-1));
}
const version = run('ffmpeg', '-version').toString().split(' ')[2];
rmSync(folder, { recursive: true });
const document = join(root, 'docs', 'formats.md');
const table = ['| format | largest difference | |', '| --- | --- | --- |', ...lines].join('\n');
const section = `<!-- formats -->\nffmpeg ${version}.\n\n${table}\n\n<!-- /formats -->`;
const text = readFileSync(document, 'utf8').replace(/<!-- formats -->.*<!-- \/formats -->/s, () => section);
writeFileSync(document, text);
