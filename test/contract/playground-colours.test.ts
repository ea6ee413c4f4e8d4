// What is written in the playground can be read: its colours against each other, as WCAG 2.2 counts contrast.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const sheet = readFileSync(
  fileURLToPath(new URL('../../playground/src/style/tokens.css', import.meta.url)),
  'utf8',
);

type Colour = readonly [number, number, number];

/** A colour of the page in both themes. */
function token(name: string): { readonly light: Colour; readonly dark: Colour } {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(sheet);
  if (!found?.[1] || !found[2]) throw new Error(`tokens.css has no --${name}.`);
  return { light: parse(found[1]), dark: parse(found[2]) };
}

function parse(hex: string): Colour {
  const part = (at: number): number => parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: Colour): number {
  const linear = (part: number): number =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const [red, green, blue] = colour;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['sunken', 'ground', 'raised', 'hover', 'chosen', 'code'];

describe.each(['light', 'dark'] as const)('In the %s theme', (theme) => {
  it.each(['text', 'muted', 'accent', 'danger', 'signal'])('%s can be read on every surface', (name) => {
    for (const surface of surfaces)
      expect
        .soft(contrast(token(name)[theme], token(surface)[theme]), `--${name} on --${surface}`)
        .toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['on-accent', 'accent'],
    ['accent', 'pull-wash'],
    ['signal', 'signal-wash'],
    ['danger', 'danger-wash'],
    ['text', 'signal-wash'],
    ['text', 'you-wash'],
    ['muted', 'you-wash'],
    ['ground', 'text'],
    ['ground', 'danger'],
  ])('%s can be read on %s', (name, under) =>
    expect(contrast(token(name)[theme], token(under)[theme])).toBeGreaterThanOrEqual(4.5),
  );

  it.each(['signal-mark', 'pull-mark', 'line-strong'])('%s can be seen on every pane', (name) => {
    for (const surface of ['sunken', 'ground', 'raised'])
      expect
        .soft(contrast(token(name)[theme], token(surface)[theme]), `--${name} on --${surface}`)
        .toBeGreaterThanOrEqual(3);
  });
});
