export default [
  {
    name: 'fft',
    about: 'real transforms, 16 frames at a time, against FFTW 3 (single precision, FFTW_PATIENT)',
    program: 'fft',
  },
];
