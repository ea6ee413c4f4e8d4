import { describe, expect, it } from 'vitest';
import { isText, judge, type Found } from './media-kinds.js';

const allowed = ['image/png', 'application/zip', 'text/plain', 'text/markdown', 'application/json'];
const known = (mime_type: string): Found => ({ type: 'known', mime_type });
const text: Found = { type: 'text' };
const unknown: Found = { type: 'unknown' };
const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const verdictOf = (found: Found, declared: string | undefined, name: string): string => {
  const verdict = judge(found, { declared, name }, allowed);
  return `${verdict.type} ${verdict.type === 'mislabelled' ? verdict.found : verdict.mime_type}`;
};

describe('the judgement of a file', () => {
  it.each<[Found, string | undefined, string, string]>([
    [known('image/png'), 'image/png', 'a.png', 'accepted image/png'],
    [known('image/png'), 'IMAGE/PNG', 'a', 'accepted image/png'],
    [known('image/png'), undefined, 'a', 'accepted image/png'],
    [known('image/png'), 'application/octet-stream', 'a.PNG', 'accepted image/png'],
    [known('image/png'), 'application/octet-stream', 'a.pdf', 'mislabelled image/png'],
    [known('image/png'), 'image/jpeg', 'a.png', 'mislabelled image/png'],
    [known('image/jpeg'), 'image/jpg', 'a.jpg', 'not_allowed image/jpeg'],
    [known('application/zip'), 'application/x-zip-compressed', 'a.zip', 'accepted application/zip'],
    [known('application/zip'), docx, 'a.docx', 'accepted application/zip'],
    [known(docx), 'application/zip', 'a.zip', `not_allowed ${docx}`],
    [known('application/zip'), 'image/png', 'a.png', 'mislabelled application/zip'],
    [text, undefined, 'a', 'accepted text/plain'],
    [text, 'text/markdown', 'a.md', 'accepted text/markdown'],
    [text, 'application/octet-stream', 'a.md', 'accepted text/markdown'],
    [text, 'text/x-python', 'a.py', 'accepted text/plain'],
    [text, 'video/mp2t', 'a.ts', 'accepted text/plain'],
    [text, 'application/json', 'a.json', 'accepted application/json'],
    [text, 'image/svg+xml', 'a.svg', 'accepted text/plain'],
    [text, 'image/png', 'a.png', 'mislabelled text'],
    [text, 'application/octet-stream', 'a.constructor', 'accepted text/plain'],
    [unknown, undefined, 'a', 'not_allowed application/octet-stream'],
    [unknown, 'text/plain', 'a.txt', 'mislabelled something else'],
    [unknown, 'image/png', 'a.png', 'mislabelled something else'],
  ])('of %o, said to be %s and called %s, is %s', (found, declared, name, expected) => {
    expect(verdictOf(found, declared, name)).toBe(expected);
  });

  it('takes no text where only images are taken', () => {
    expect(judge(text, { name: 'a.md' }, ['image/png'])).toEqual({
      type: 'not_allowed',
      mime_type: 'text/markdown',
    });
  });
});

it.each([
  ['text/html', true],
  ['application/ld+json', true],
  ['image/svg+xml', true],
  ['application/pdf', false],
  ['image/png', false],
])('text is %s: %s', (type, expected) => {
  expect(isText(type)).toBe(expected);
});
