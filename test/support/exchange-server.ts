// The whole server in the test's own process, for what has no route of its own.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findings, newTally } from '../../src/cli/verify/findings.js';
import { readSettings } from '../../src/config/read-settings.js';
import { createApp } from '../../src/create-app.js';
import { Conversations } from '../../src/exchanges/conversations/conversations.service.js';
import { Exchanges } from '../../src/exchanges/exchanges.service.js';
import type { NewExchange } from '../../src/exchanges/exchange-kinds.js';
import { createLogger } from '../../src/http/request-logger.js';
import type { Owner } from '../../src/kernel/ids.js';
import type { ModelPart, ModelRequest, PromptMessage } from '../../src/providers/language-model.js';
import { Storage } from '../../src/storage/storage.js';
import { dialect, freshDatabase } from './databases.js';
import type { FakeUpstream } from './fake-upstream.js';

export const owner = 'local' as Owner;

export interface ExchangeServer {
  readonly url: string;
  readonly exchanges: Exchanges;
  readonly conversations: Conversations;
  /** What `pullcord verify` would find. */
  findings(): Promise<readonly string[]>;
  /** Ends it, and begins again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A server whose models are the fake upstream's. */
export async function serveExchanges(
  upstream: Pick<FakeUpstream, 'url'>,
  env: Readonly<Record<string, string>> = {},
): Promise<ExchangeServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-exchanges-'));
  const postgres = dialect === 'postgres' ? await freshDatabase() : undefined;
  const settings = readSettings({
    PULLCORD_DATA_DIR: folder,
    PULLCORD_STRICT_UNITS: 'true',
    PULLCORD_AUTO_TITLES: 'false',
    PULLCORD_MODEL_RETRY_BASE_MS: '10',
    PULLCORD_DRAIN_MS: '200',
    // Signals alone have to do.
    PULLCORD_EXCHANGE_POLL_MS: '600000',
    OPENAI_BASE_URL: upstream.url,
    OPENAI_API_KEY: 'key',
    ...(postgres && { DATABASE_URL: postgres.url }),
    ...env,
  });
  const serve = async () => {
    const app = await createApp(settings, createLogger('silent'));
    await app.listen(0, '127.0.0.1');
    return app;
  };
  let app = await serve();
  return {
    get url() {
      return app.getHttpServer().address() === null ? '' : urlOf(app.getHttpServer().address());
    },
    get exchanges() {
      return app.get(Exchanges, { strict: false });
    },
    get conversations() {
      return app.get(Conversations, { strict: false });
    },
    findings: async () => {
      const snapshot = await app.get(Storage, { strict: false }).snapshot();
      const found: string[] = [];
      try {
        for await (const finding of findings(snapshot, 'thorough', newTally())) found.push(finding);
      } finally {
        await snapshot.close();
      }
      return found;
    },
    restart: async () => {
      await app.close();
      app = await serve();
    },
    close: async () => {
      await app.close();
      await postgres?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function urlOf(address: unknown): string {
  const { port } = address as { readonly port: number };
  return `http://127.0.0.1:${port}`;
}

export const user = (text: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text }] });

export const requestOf = (...messages: readonly PromptMessage[]): ModelRequest => ({
  messages,
  tools: [],
  parameters: {},
  task: 'answer',
});

/** An exchange in a new context whose whole request is new to it. */
export function newExchange(
  messages: readonly PromptMessage[],
  more: Partial<NewExchange> = {},
): NewExchange {
  return {
    context: 'new',
    model: 'openai/gpt-4o-mini',
    request: requestOf(...messages),
    inputs: messages.map((prompt) => ({ prompt })),
    dialect: 'responses',
    ...more,
  };
}

export async function collect(parts: AsyncIterable<ModelPart>): Promise<readonly ModelPart[]> {
  const found: ModelPart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

export const never = new AbortController().signal;

/** All deltas of a type, joined. */
export const joined = (parts: readonly ModelPart[], type: 'text' | 'reasoning' | 'tool_arguments'): string =>
  parts.flatMap((part) => (part.type === type ? [part.delta] : [])).join('');
