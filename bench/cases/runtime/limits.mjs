import { quantity } from '../../report.mjs';

const percent = (share) => `${Math.round(100 * share)} %`;

export default [
  {
    name: 'limits',
    about: 'what the machine can do, and what of it the transforms use',
    program: 'limits',
    read(lines) {
      const { write, copy } = lines.find((line) => line.copy);
      const facts = lines.flatMap(({ tier, multiplyAdds, what, seconds, bytes }) => {
        if (tier) return [{ fact: `multiply-adds, ${tier}`, value: `${quantity(multiplyAdds, '/s')}` }];
        if (!what) return [];
        const share = bytes / seconds / copy / 2;
        return [
          {
            fact: `${what}: least memory traffic`,
            value: `${quantity(bytes, 'B')} in ${quantity(seconds, 's')}, ${percent(share)} of the rate of a copy`,
          },
        ];
      });
      facts.push({ fact: 'memory written', value: quantity(write, 'B/s') });
      facts.push({ fact: 'memory copied (each byte read and written)', value: quantity(copy, 'B/s') });
      return { facts };
    },
  },
  {
    name: 'resonators, share of peak',
    about: 'the dense form against the multipliers',
    program: 'resonators',
    read(lines) {
      const { peak, product } = lines.find((line) => line.peak);
      const facts = [
        { fact: 'dense product of resonators', value: `${percent(product / peak)} of peak multiply-adds` },
      ];
      const rows = [];
      for (const { bins, seconds, bytes } of lines.filter((line) => line.bins)) {
        const share = 4 / seconds / peak;
        rows.push({
          case: `resonators, share of peak, ${bins} bins`,
          about: 'four multiply-adds per bin and sample at the peak rate; a basis shared by neighbours needs fewer',
          tier: lines.find((line) => line.tier)?.tier ?? 'active',
          peer: 'peak multiply-adds',
          ours: seconds,
          theirs: 4 / peak,
          ratio: share,
          target: 0.5,
          equal: false,
        });
        facts.push({
          fact: `memory of a bank of ${bins}`,
          value: `${bytes.toFixed(1)} bytes per bin and sample of a block (at most 64)`,
        });
      }
      return { rows, facts };
    },
  },
];
