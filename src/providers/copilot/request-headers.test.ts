import { expect, it } from 'vitest';
import { headersFor } from './request-headers.js';

const of = (...messages: readonly object[]) => headersFor(JSON.stringify({ messages }));
const image = [{ type: 'image_url', image_url: { url: 'data:,' } }];

it.each([
  [[{ role: 'user', content: 'a' }], { 'x-initiator': 'user' }],
  [
    [
      { role: 'assistant', content: '' },
      { role: 'tool', content: 'a' },
    ],
    { 'x-initiator': 'agent' },
  ],
  [[{ role: 'user', content: image }], { 'x-initiator': 'user', 'copilot-vision-request': 'true' }],
  [[{ role: 'user', content: '"type":"image_url"' }], { 'x-initiator': 'user' }],
  [[], { 'x-initiator': 'user' }],
])('says of %j what Copilot wants to know', (messages, headers) => {
  expect(of(...messages)).toEqual(headers);
});

it('says of a request without messages that it is the user’s', () => {
  expect(headersFor()).toEqual({ 'x-initiator': 'user' });
  expect(headersFor('{"input":"a"}')).toEqual({ 'x-initiator': 'user' });
});
