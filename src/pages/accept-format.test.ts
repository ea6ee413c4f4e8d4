import { describe, expect, it } from 'vitest';
import { acceptsGzip, prefersHtml } from './accept-format.js';

describe('an Accept header', () => {
  it.each([
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'text/html',
    'TEXT/HTML; q=0.5',
    'text/html, */*',
    'application/json;q=0.5, text/html;q=0.9',
    '*/*;q=0.1, text/html;level=1',
  ])('asks for a page: %s', (accept) => expect(prefersHtml(accept)).toBe(true));

  it.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'application/json',
    'application/json, text/plain, */*',
    'application/json, text/html',
    'text/html;q=0',
    'text/html;q=0.5, */*',
    'text/html;q=2',
    'text/html;q=x',
    'text/htmlx',
    'application/xhtml+xml',
  ])('asks for no page: %s', (accept) => expect(prefersHtml(accept)).toBe(false));
});

describe('an Accept-Encoding header', () => {
  it.each(['gzip', 'gzip, deflate, br, zstd', 'br;q=1.0, GZIP;q=0.5'])('takes gzip: %s', (encodings) =>
    expect(acceptsGzip(encodings)).toBe(true),
  );

  it.each([undefined, '', 'identity', '*', 'br', 'gzip;q=0', 'xgzip'])('takes no gzip: %s', (encodings) =>
    expect(acceptsGzip(encodings)).toBe(false),
  );
});
