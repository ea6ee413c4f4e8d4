import { HttpException } from '@nestjs/common';
import { errorCodes } from 'fastify';
import { expect, it } from 'vitest';
import { fromFastify } from './fastify-errors.js';

const refusals: readonly [keyof typeof errorCodes, string][] = [
  ['FST_ERR_BAD_URL', 'malformed_request'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_request'],
];

it.each(refusals)('says %s in our words, wrapped by Nest or not', (name, code) => {
  const error = new errorCodes[name]('secret');
  for (const thrown of [error, new HttpException('wrapped', 400, { cause: error })]) {
    expect(fromFastify(thrown)).toMatchObject({ code });
    expect(fromFastify(thrown)?.message).not.toContain('secret');
  }
});

it('names the field that a compiled schema refused', () => {
  const validation = [
    { keyword: 'required', instancePath: '/chunks/0', params: { missingProperty: 'delta' } },
    { keyword: 'additionalProperties', instancePath: '', params: { additionalProperty: 'x'.repeat(500) } },
    { keyword: 'type', instancePath: '/chunks', params: {}, message: 'must be array' },
    { keyword: 'if', instancePath: '/chunks/0', params: {}, message: 'must match "then" schema' },
  ];
  expect(fromFastify({ code: 'FST_ERR_VALIDATION', validation })).toMatchObject({
    code: 'invalid_request',
    message: 'chunks.0.delta is required.',
    facts: {
      errors: [
        { path: 'chunks.0.delta', message: 'is required' },
        { path: 'x'.repeat(100), message: 'is not a known field' },
        { path: 'chunks', message: 'must be array' },
      ],
    },
  });
});

it.each([undefined, null, 'text', new Error('other'), { code: 'FST_ERR_OTHER' }, { cause: null }])(
  'leaves %s to others',
  (thrown) => expect(fromFastify(thrown)).toBeUndefined(),
);
