// The workflow that docs/guides/workflows.md shows is one that can be executed as it stands there.
import { expect, it } from 'vitest';
import { act, createContext } from '../support/api.js';
import { caller } from '../support/http.js';
import { fencesOf, readPage } from '../support/pages.js';
import { startServer } from '../support/server.js';
import { ExecutionClient, workflowFolder } from '../support/workflow-client.js';
import { makeFolder } from '../support/workspace.js';

const guide = readPage('docs/guides/workflows.md');

it('reads what is in the workspace, asks, and gives the notes', async () => {
  const shown = fencesOf(guide).find(({ language }) => language === 'yaml')?.code ?? '';
  const workspace = makeFolder({
    'docs/first.md': 'Faster.',
    'docs/more/second.md': 'Smaller.',
    'docs/third.txt': 'Not a note.',
  });
  const server = await startServer({
    env: {
      PULLCORD_WORKFLOWS_DIR: workflowFolder({ release_notes: shown }),
      PULLCORD_WORKSPACE_ROOTS: workspace,
      PULLCORD_SCRIPTED_PACE_MS: '0',
    },
  });
  const api = caller(server);
  const { id } = await createContext(api, { config: { workspace_path: workspace } });

  const execution = await ExecutionClient.begin(api, 'release_notes', {}, { context_id: id });
  const { approvals } = await execution.asks(1);
  expect(approvals).toEqual([{ tool_call_id: 'publish', question: 'Publish 2 notes?' }]);
  await act(api, id, 'approve_tools', { approvals: [{ tool_call_id: 'publish', decision: 'approve' }] });
  const { notes } = (await execution.reaches('completed')).result as { readonly notes: readonly string[] };
  expect(notes).toEqual([expect.stringContaining('Faster.'), expect.stringContaining('Smaller.')]);
});
