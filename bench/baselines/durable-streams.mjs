// The peer: the reference server of the Durable Streams protocol, in memory or on files.
import { DurableStreamTestServer } from '@durable-streams/server';
import { answerAsks } from '../lib/answer-asks.mjs';

answerAsks({
  listen: async ({ dataDir }) => {
    const server = new DurableStreamTestServer({ port: 0, host: '127.0.0.1', ...(dataDir && { dataDir }) });
    return server.start();
  },
});
