import { describe, expect, it } from 'vitest';
import { fileName, importType } from './file-format.js';

describe('The name of an exported file', () => {
  it.each([
    ['Leases, once more', 'markdown', 'leases-once-more.md'],
    ['../../etc/passwd', 'json', 'etc-passwd.json'],
    ['Über Größe 大小', 'jsonl', 'über-größe-大小.jsonl'],
    ['…', 'json', 'conversation.json'],
  ] as const)('of %s as %s is %s', (title, format, name) => expect(fileName(title, format)).toBe(name));
});

describe('A file to import', () => {
  it.each([
    ['all.zip', 'application/zip'],
    ['a.JSONL', 'application/x-ndjson'],
    ['a.json', 'application/json'],
    ['zip', 'application/json'],
  ])('%s is taken as %s', (name, type) => expect(importType(name)).toBe(type));
});
