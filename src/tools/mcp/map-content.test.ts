import { describe, expect, it } from 'vitest';
import { mapResult } from './map-content.js';

const text = (said: string) => ({ type: 'text', text: said });
const image = (bytes: number) => ({
  type: 'image',
  mimeType: 'image/png',
  data: Buffer.alloc(bytes).toString('base64'),
});
const contentOf = (content: unknown, maxBytes = 10_000) =>
  (mapResult({ content }, maxBytes).result as { content: unknown }).content;

describe('what a tool answered', () => {
  it('is a text when there is only text', () => {
    expect(mapResult({ content: [text('a'), text('b')] }, 100)).toEqual({ result: 'a\nb', is_error: false });
    expect(mapResult({ content: [], isError: true }, 100)).toEqual({ result: '', is_error: true });
  });

  it('keeps structured content, and not the same as text again', () => {
    const structuredContent = { sum: 3 };
    expect(mapResult({ content: [text('{"sum": 3}')], structuredContent }, 1000).result).toEqual({
      structured_content: { sum: 3 },
    });
    expect(mapResult({ content: [text('three')], structuredContent }, 1000).result).toEqual({
      content: 'three',
      structured_content: { sum: 3 },
    });
  });

  it('has the type and size of an image, and its data where that fits', () => {
    expect(contentOf([image(30)])).toEqual([
      { type: 'image', mime_type: 'image/png', size: 30, data: image(30).data },
    ]);
    expect(contentOf([image(300_000), text('after')])).toEqual([
      { type: 'image', mime_type: 'image/png', size: 300_000, is_cut: true },
      text('after'),
    ]);
  });

  it('has resources and links under our names', () => {
    const resource = { uri: 'a:b', mimeType: 'text/plain', text: 'x', _meta: {} };
    const link = { type: 'resource_link', uri: 'a:c', name: 'c', size: 7, icons: [] };
    expect(contentOf([{ type: 'resource', resource }, link, { type: 'dance' }])).toEqual([
      { type: 'resource', uri: 'a:b', mime_type: 'text/plain', text: 'x' },
      { type: 'resource_link', uri: 'a:c', name: 'c', size: 7 },
      { type: 'unknown' },
    ]);
  });

  it.each([
    [[image(9), text('x'.repeat(50_000)), text('more')]],
    [Array.from({ length: 10_000 }, () => image(9))],
    [[image(9), text('"\u0000🙂'.repeat(20_000))]],
  ])('is never larger than it may be', (content) => {
    const { result } = mapResult({ content }, 2000);
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(2000);
    expect(JSON.stringify(result)).toMatch(/is_cut|left out/);
  });
});
