const TARGETS = { avx512: 2, avx2: 1.5 };

/** Ours against the fastest of FFTW's ways: batches of real transforms, and single complex ones. */
function read(lines) {
  const rows = [];
  for (const { kind, n } of lines.filter(({ way }) => way === 'fftw one')) {
    const same = lines.filter((line) => line.kind === kind && line.n === n);
    const fftw = Math.min(...same.filter(({ way }) => way.startsWith('fftw')).map(({ seconds }) => seconds));
    for (const { tier, seconds } of same.filter(({ way }) => way === 'tile' || way === 'single')) {
      rows.push({
        case: `${kind === 'real' ? 'rfft, batches' : 'fft, one'} of ${n}`,
        about: kind === 'real' ? '16 frames at a time; FFTW: its fastest way, in the first-level cache' : 'complex',
        tier,
        peer: kind === 'real' ? 'FFTW (patient)' : 'FFTW (measure)',
        ours: seconds,
        theirs: fftw,
        ratio: fftw / seconds,
        target: kind === 'real' ? TARGETS[tier] : undefined,
        bound: 'Transforms of 16 frames of this length do not fit the second-level cache together with their tables.',
        equal: true,
      });
    }
  }
  return { rows };
}

export default [{ name: 'fft', about: 'against FFTW 3, single precision', program: 'fft', read }];
