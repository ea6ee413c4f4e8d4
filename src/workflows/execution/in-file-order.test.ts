import { describe, expect, it } from 'vitest';
import type { Workflow } from '../definition/workflow-kinds.js';
import { inFileOrder } from './in-file-order.js';

const workflow: Workflow = {
  id: 'w',
  name: 'W',
  inputs: {},
  steps: [
    {
      id: 'z',
      for_each: '[1]',
      as: 'item',
      max_parallel: 1,
      steps: [
        { id: 'y', prompt: 'x' },
        { id: 'b', if: 'true', then: [{ id: 'a', prompt: 'x' }] },
      ],
    },
    { id: 'c', prompt: 'x' },
  ],
};

describe('the order of steps', () => {
  it('is that of the file, and iterations count by their numbers', () => {
    const paths = ['c', 'z', 'z/0/a', 'z/0/b', 'z/0/y', 'z/10/y', 'z/2/y'];
    expect(
      inFileOrder(
        workflow,
        paths.map((path) => ({ path })),
      ).map(({ path }) => path),
    ).toEqual([...['z', 'z/0/y', 'z/0/b', 'z/0/a', 'z/2/y', 'z/10/y', 'c']]);
  });
});
