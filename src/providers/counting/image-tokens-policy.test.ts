import { expect, it } from 'vitest';
import type { ImageRule } from '../../config/model-table.js';
import { imageRuleOf } from '../image-rules.js';
import { imageTokens, type ImageDetail } from './image-tokens-policy.js';

const tiles: ImageRule = { type: 'tiles', base: 85, tile: 170 };
const patches: ImageRule = { type: 'patches', factor: 1 };
const area: ImageRule = { type: 'area' };

// The examples of the two guides, and what lies at the edges.
it.each<readonly [ImageRule, number, number, ImageDetail | undefined, number]>([
  [tiles, 1024, 1024, 'high', 765],
  [tiles, 2048, 4096, 'high', 1105],
  [tiles, 4096, 8192, 'low', 85],
  [tiles, 1024, 1024, undefined, 765],
  [tiles, 512, 512, 'auto', 255],
  [tiles, 513, 512, 'auto', 425],
  [tiles, 1, 1, 'auto', 255],
  [tiles, 20_000, 1, 'auto', 765],
  [patches, 1024, 1024, 'high', 1024],
  [patches, 1800, 2400, 'high', 1452],
  [patches, 1024, 1024, 'low', 256],
  [patches, 2048, 768, undefined, 1536],
  [patches, 100_000, 1, undefined, 1536],
  [area, 200, 200, undefined, 54],
  [area, 1000, 1000, undefined, 1334],
  [area, 1092, 1092, undefined, 1590],
  [area, 3136, 1000, undefined, 1046],
  [area, 4000, 4000, undefined, 1600],
  [area, 4000, 4000, 'low', 1600],
])('counts %o of %i by %i, detail %s, as %i', (rule, width, height, detail, tokens) => {
  expect(imageTokens(rule, { width, height }, detail)).toBe(tokens);
});

it.each<readonly [string, ImageRule]>([
  ['gpt-4o', tiles],
  ['gpt-4.1', tiles],
  ['gpt-4o-mini', { type: 'tiles', base: 2833, tile: 5667 }],
  ['gpt-4o-mini-2024-07-18', { type: 'tiles', base: 2833, tile: 5667 }],
  ['gpt-5', { type: 'tiles', base: 70, tile: 140 }],
  ['gpt-5.1', { type: 'tiles', base: 70, tile: 140 }],
  ['gpt-5-mini', { type: 'patches', factor: 1.62 }],
  ['gpt-4.1-nano', { type: 'patches', factor: 2.46 }],
  ['o4-mini', { type: 'patches', factor: 1.72 }],
  ['o3', { type: 'tiles', base: 75, tile: 150 }],
])('counts the images of %s as its maker does', (name, rule) => {
  expect(imageRuleOf(name, 'o200k_base')).toEqual(rule);
});

it('counts the images of models that it does not know by their area', () => {
  expect(imageRuleOf('claude-sonnet-4-5', 'estimate')).toEqual(area);
  expect(imageRuleOf('Qwen2.5-VL', 'estimate')).toEqual(area);
});
