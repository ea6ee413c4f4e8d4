// A run is begun because it was accepted, not because somebody looked again later.
import { expect, it } from 'vitest';
import { act, createContext, reaches } from '../support/api.js';
import { caller } from '../support/http.js';
import { startServer } from '../support/server.js';

const rounds = 40;
const together = 4;

it('begins every run at once, however close together they are accepted', async () => {
  // The poll that makes lost wake-ups good comes every third of a lease: after the test's deadline.
  const server = await startServer({
    env: { PULLCORD_RUN_LEASE_MS: '600000', PULLCORD_DEFAULT_MODEL: 'scripted/fast' },
  });
  const api = caller(server);
  for (let round = 0; round < rounds; round++) {
    const ids = await Promise.all(
      Array.from({ length: together }, async () => (await createContext(api)).id),
    );
    await Promise.all(ids.map((id) => act(api, id, 'send_message', { content: '/echo Here.' })));
    const settled = await Promise.all(ids.map((id) => reaches(api, id, 'awaiting_user')));
    expect(settled).toHaveLength(together);
  }
});
