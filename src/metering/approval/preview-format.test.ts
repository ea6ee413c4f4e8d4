import { expect, it } from 'vitest';
import { maxPreview, toPreview } from './preview-format.js';

it.each([
  ['Hello?', 'Hello?'],
  ['  two\r\n lines\t', 'two lines'],
  ['\u001b[2J\u001b]0;gone\u0007red', '[2J ]0;gone red'],
  ['right\u202eto left\u2028and on', 'right to left and on'],
  ['', ''],
])('shows %j in one harmless line', (text, line) => expect(toPreview(text)).toBe(line));

it('is short, and cuts no character in two', () => {
  const preview = toPreview('👋'.repeat(1000));
  expect([...preview]).toHaveLength(maxPreview);
  expect(preview).toMatch(/^👋+…$/u);
});
