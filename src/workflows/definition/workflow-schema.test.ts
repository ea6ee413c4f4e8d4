import { expect, it } from 'vitest';
import { workflowSchema } from './workflow-schema.js';

it('matches docs/reference/workflow.schema.json (written anew by vitest -u)', async () => {
  const text = `${JSON.stringify(workflowSchema, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../docs/reference/workflow.schema.json');
});
