import type { ImageRule, Tokenizer } from '../config/model-table.js';

const tiles = (base: number, tile: number): ImageRule => ({ type: 'tiles', base, tile });
const patches = (factor: number): ImageRule => ({ type: 'patches', factor });

/** As OpenAI's guide to images has it; the first that fits counts. */
const known: readonly (readonly [RegExp, ImageRule])[] = [
  [/^gpt-4o-mini\b/, tiles(2833, 5667)],
  [/^(gpt-5|gpt-4\.1)-mini\b/, patches(1.62)],
  [/^(gpt-5|gpt-4\.1)-nano\b/, patches(2.46)],
  [/^o4-mini\b/, patches(1.72)],
  [/^gpt-5/, tiles(70, 140)],
  [/^o[13]\b/, tiles(75, 150)],
  [/^claude\b/, { type: 'area' }],
];

const openAi = tiles(85, 170);
const anybody: ImageRule = { type: 'area' };

/** How the images that this model is sent are counted: by its name, or else as most of its family. Pure. */
export const imageRuleOf = (name: string, tokenizer: Tokenizer): ImageRule =>
  known.find(([pattern]) => pattern.test(name))?.[1] ?? (tokenizer === 'estimate' ? anybody : openAi);
