import { expect, it } from 'vitest';
import { toolPolicy } from './tool-policy.js';

it.each([
  ['manual', { type: 'manual' }],
  ['auto_approve', { type: 'auto_approve' }],
  ['allow_list=read_*+current_time', { type: 'allow_list', allow: ['read_*', 'current_time'] }],
  ['limited_auto=5', { type: 'limited_auto', max_depth: 5 }],
  [
    { type: 'limited_auto', max_depth: 5 },
    { type: 'limited_auto', max_depth: 5 },
  ],
])('reads %j', (raw, policy) => {
  const read = toolPolicy.read(raw);
  expect(read).toEqual(policy);
  expect(read && toolPolicy.read(toolPolicy.show?.(read))).toEqual(policy);
});

it.each([
  'always',
  '',
  'manual=1',
  'allow_list',
  'allow_list=',
  'allow_list=read file',
  'limited_auto',
  'limited_auto=0',
  'limited_auto=1001',
  'limited_auto=5.5',
  { type: 'allow_list', allow: 'read_file' },
  { type: 'allow_list', allow: [7] },
  { type: 'limited_auto' },
  {},
  null,
  7,
])('does not take %j for a policy', (raw) => {
  expect(toolPolicy.read(raw)).toBeUndefined();
});
