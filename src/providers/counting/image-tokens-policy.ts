import type { ImageRule } from '../../config/model-table.js';
import type { ImageSize } from './image-size.js';

/** OpenAI scales what is larger down to this square, and then its shorter side to this length. */
const maxSide = 2048;
const maxShortSide = 768;
const tileSide = 512;

const patchSide = 32;
const maxPatches = 1536;
/** What `low` makes of an image. */
const lowSide = 512;

/** Anthropic scales down what has a longer side, or would take more tokens. */
const maxAreaSide = 1568;
const maxAreaTokens = 1600;
const pixelsPerToken = 750;

/** An image of which nothing is known counts as a large one of a usual form. */
export const unknownImage: ImageSize = { width: 768, height: 1536 };

export type ImageDetail = 'auto' | 'low' | 'high';

/**
 * The tokens of an image. Tiles and patches: OpenAI, "Images and vision", "Calculating costs"; area: Anthropic, "Vision",
 * "Calculate image costs". `auto` counts as `high`: rather too many than too few. Pure.
 */
export function imageTokens(rule: ImageRule, size: ImageSize, detail: ImageDetail = 'auto'): number {
  switch (rule.type) {
    case 'tiles':
      return rule.base + (detail === 'low' ? 0 : rule.tile * tilesOf(size));
    case 'patches':
      return Math.ceil(rule.factor * patchesOf(detail === 'low' ? fitted(size, lowSide) : size));
    case 'area':
      return areaTokens(fitted(size, maxAreaSide));
    default:
      return rule satisfies never;
  }
}

function tilesOf(size: ImageSize): number {
  const { width, height } = fitted(size, maxSide);
  const scale = Math.min(1, maxShortSide / Math.min(width, height));
  return Math.ceil(rounded(width * scale) / tileSide) * Math.ceil(rounded(height * scale) / tileSide);
}

/** An image that has too many is scaled down until it has not, and until its patches are whole along one side. */
function patchesOf({ width, height }: ImageSize): number {
  const patches = Math.ceil(width / patchSide) * Math.ceil(height / patchSide);
  if (patches <= maxPatches) return patches;
  const scale = Math.sqrt((patchSide ** 2 * maxPatches) / (width * height));
  const [across, down] = [(width * scale) / patchSide, (height * scale) / patchSide];
  const whole = Math.min(Math.max(1, Math.floor(across)) / across, Math.max(1, Math.floor(down)) / down);
  return Math.min(maxPatches, Math.ceil(rounded(across * whole)) * Math.ceil(rounded(down * whole)));
}

const areaTokens = ({ width, height }: ImageSize): number =>
  Math.min(maxAreaTokens, Math.ceil((width * height) / pixelsPerToken));

function fitted({ width, height }: ImageSize, most: number): ImageSize {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: width * scale, height: height * scale };
}

/** 24 that came out as 24.000000000000004 is 24. */
const rounded = (length: number): number => Math.round(length * 1e6) / 1e6;
