import { expect, it } from 'vitest';
import type { BranchId, Owner } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import type { BranchRecord, ContextFacts, ContextRecord, MessageRecord } from '../record/record-kinds.js';
import { mapRows } from './map-rows.js';

const at = '2026-01-01T00:00:00.000Z';

const branch = (id: string, facts: object): BranchRecord => ({
  ...{
    id: id as BranchId,
    name: id,
    parent_branch: null,
    fork_depth: 0,
    head_message_id: null,
    head_depth: 0,
  },
  ...{ created_at: at, config: {}, deleted_at: null, parts: [] },
  ...facts,
});

const message = (of: string, depth: number, role: 'user' | 'assistant'): MessageRecord => ({
  message: { branch: of as BranchId, depth, role } as Message,
  finish_reason: null,
  chunks: [],
});

it('says of every branch where a user first speaks on its line, in whatever order the branches come', () => {
  const record: ContextRecord = {
    context: { config: {}, state: { type: 'initial' }, title: null, created_at: at } as ContextFacts,
    removed: [],
    pins: [],
    branches: [
      branch('grandchild', { parent_branch: 'late', fork_depth: 4, head_depth: 4 }),
      branch('late', { parent_branch: 'main', fork_depth: 3, head_depth: 4, deleted_at: at }),
      branch('early', { parent_branch: 'main', fork_depth: 1, head_depth: 3 }),
      branch('silent', { parent_branch: 'main', fork_depth: 1, head_depth: 1 }),
      branch('borrows', {
        ...{ parent_branch: 'main', fork_depth: 1, head_depth: 5 },
        parts: [
          { depth: 3, length: 1, source_branch: 'main', source_depth: 1 },
          { depth: 4, length: 2, source_branch: 'early', source_depth: 2 },
        ],
      }),
      branch('main', { head_depth: 3 }),
    ],
    messages: [
      message('main', 1, 'assistant'),
      message('main', 3, 'user'),
      message('main', 2, 'user'),
      message('late', 4, 'user'),
      message('early', 2, 'assistant'),
      message('early', 3, 'user'),
      message('borrows', 2, 'assistant'),
    ],
  };
  const { branches } = mapRows(record, 'ada' as Owner, 0);
  expect(Object.fromEntries(branches.map(({ id, first_user_depth }) => [id, first_user_depth]))).toEqual({
    main: 2,
    late: 2,
    grandchild: 2,
    early: 3,
    silent: null,
    borrows: 5,
  });
});
