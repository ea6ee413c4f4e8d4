import { expect, it } from 'vitest';
import { imageSize } from './image-size.js';

const hex = (...bytes: readonly string[]): string =>
  Buffer.from(bytes.join('').replaceAll(' ', '').padEnd(120, '0'), 'hex').toString('base64');

const png = hex('89504e470d0a1a0a 0000000d 49484452', '00000500 000002d0');
const gif = hex('474946383961', '8002 e001');
const lossy = hex('52494646 00000000 57454250 56503820 00000000 000000 9d012a', '4001 c800');
const lossless = hex('52494646 00000000 57454250 5650384c 00000000 2f', '3f413100');
const extended = hex('52494646 00000000 57454250 56503858 0a000000 00000000', '7f0700 370400');
const jfif = 'ffe0 0010 4a46494600 0101 00 0001 0001 0000';
const tables = 'ffdb 0043'.concat('00'.repeat(65), 'ffc4 0005 000000');
const jpeg = hex('ffd8', jfif, tables, 'ffc2 0011 08 0438 0780 03'.concat('00'.repeat(9)));

it.each([
  ['PNG', png, 1280, 720],
  ['GIF', gif, 640, 480],
  ['lossy WebP', lossy, 320, 200],
  ['lossless WebP', lossless, 320, 198],
  ['extended WebP', extended, 1920, 1080],
  ['progressive JPEG behind its tables', jpeg, 1920, 1080],
])('reads the size of a %s', (_, base64, width, height) => {
  expect(imageSize(base64)).toEqual({ width, height });
});

it.each([
  ['nothing', ''],
  ['what is no image', Buffer.from('It was many and many a year ago, in a kingdom').toString('base64')],
  ['what is no base64', '***'],
  ['a head that is cut', png.slice(0, 20)],
  ['a PNG without pixels', hex('89504e470d0a1a0a 0000000d 49484452', '00000000 000002d0')],
  ['a JPEG that ends before its frame', hex('ffd8', jfif)],
  ['a JPEG of nothing but segments', hex('ffd8').concat(hex('ffe00002'.repeat(12)).repeat(1000))],
])('says nothing of %s', (_, base64) => {
  expect(imageSize(base64)).toBeUndefined();
});
