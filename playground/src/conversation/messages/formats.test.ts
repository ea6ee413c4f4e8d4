import { describe, expect, it } from 'vitest';
import { toPayload } from '../composer/map-to-payload.js';
import { durationText } from '../tools/duration-format.js';
import { structureText, type Tree } from './structure-format.js';

const at = '2026-11-21T00:00:00.000Z';
const project = { root_path: '/srv/app', generated_at: at, excluded_patterns: [] };

describe('a project', () => {
  it('is a tree of lines', () => {
    const src: Tree = { name: 'src', type: 'directory', children: [{ name: 'a.ts', type: 'file' }] };
    const content: Tree = {
      name: 'app',
      type: 'directory',
      children: [src, { name: 'README.md', type: 'file' }],
    };

    expect(structureText({ ...project, structure_type: 'tree', content })).toBe(
      'app/\n  src/\n    a.ts\n  README.md',
    );
  });

  it('is a list of files, or of packages', () => {
    expect(
      structureText({ ...project, structure_type: 'file_list', content: [{ path: 'a' }, { path: 'b' }] }),
    ).toBe('a\nb');
    expect(
      structureText({
        ...project,
        structure_type: 'dependencies',
        content: [{ name: 'x', version: '1' }, { name: 'y' }],
      }),
    ).toBe('x 1\ny');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [240.4, '240 ms'],
    [3240, '3.2 s'],
    [125_000, '2 min 5 s'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('an attachment', () => {
  const attachment = { id: 'a', name: 'n', size_bytes: 1, sha256: '', is_referenced: false, created_at: at };

  it('is shown to the model when it is an image, and read by it otherwise', () => {
    expect(toPayload({ ...attachment, mime_type: 'image/png' })).toEqual({
      kind: 'image',
      data: { source: { attachment_id: 'a' }, recognition_mode: 'auto' },
    });
    expect(toPayload({ ...attachment, mime_type: 'text/plain' })).toEqual({
      kind: 'file_reference',
      data: { attachment_id: 'a' },
    });
    expect(toPayload({ ...attachment, mime_type: 'image/svg+xml' }).kind).toBe('file_reference');
  });
});
