import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName } from './matches-name.js';

describe('a pattern of names', () => {
  it('means what the same pattern means as a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '_', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, letters, (glob, name) => {
        const regex = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesName(glob, name)).toBe(regex.test(name));
      }),
      { numRuns: 2000 },
    );
  });
});
