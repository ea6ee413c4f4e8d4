// An import that is slow, and the sweep that removes what those have left whose makers are gone.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { BranchStore } from '../../src/contexts/branch.store.js';
import { ContextStore } from '../../src/contexts/context.store.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { newId } from '../../src/kernel/ids.js';
import { MessageFollowers } from '../../src/messages/message-followers.js';
import { MessageStore } from '../../src/messages/message.store.js';
import { PinStore } from '../../src/messages/pin.store.js';
import type { Tx } from '../../src/storage/tx.js';
import { ChunkStore } from '../../src/streaming/chunk.store.js';
import { StreamStore } from '../../src/streaming/stream.store.js';
import { conversationIn } from '../../src/transfer/foreign/conversation-in.js';
import { layOut } from '../../src/transfer/foreign/lay-out.js';
import { ImportService, type Imported, type Take } from '../../src/transfer/import/import.service.js';
import { ImportStore } from '../../src/transfer/import/import.store.js';
import { readRecord } from '../../src/transfer/record/read-record.js';
import type { ContextRecord } from '../../src/transfer/record/record-kinds.js';
import { openStorage, owner, type OpenStorage } from '../support/open-storage.js';

const lease = 60_000;

let opened: OpenStorage;
let imports: ImportService;
/** What is done once, behind the next unit of a name. */
let behind: Map<string, () => void | Promise<void>>;

beforeEach(async () => {
  // The renewals come when a test says so.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  opened = await openStorage();
  behind = new Map();
  const { storage, clock } = opened;
  const commit = storage.commit.bind(storage);
  storage.commit = async <Answer>(name: string, work: (tx: Tx) => Promise<Answer>): Promise<Answer> => {
    const answer = await commit(name, work);
    const next = behind.get(name);
    behind.delete(name);
    await next?.();
    return answer;
  };
  const settings = readSettings({ PULLCORD_RUN_LEASE_MS: String(lease) });
  const followers = new MessageFollowers();
  const branches = new BranchStore(clock, settings);
  const messages = new MessageStore(branches, followers, clock);
  const chunks = new ChunkStore(clock, settings);
  const store = new ImportStore(
    new ContextStore(clock),
    branches,
    messages,
    new PinStore(clock, followers),
    chunks,
    new StreamStore(messages, chunks, settings, clock),
    clock,
    settings,
  );
  imports = new ImportService(storage, store, clock, settings);
});
afterEach(async () => {
  vi.useRealTimers();
  await opened.close();
});

async function conversation(): Promise<ContextRecord> {
  const messages = [{ role: 'user', content: 'Kept?' }];
  const found = conversationIn({ title: 'Slow', messages });
  if (!found) throw new Error('It is no conversation.');
  return readRecord(layOut(found, newId, opened.clock.now()), readSettings({}));
}

const run = (work: (take: Take) => Promise<void>): Promise<readonly Imported[]> =>
  imports.import(owner, undefined, async (take) => {
    await work(take);
    return (imported) => imported;
  });

async function counts(): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const table of ['contexts', 'messages', 'imported_contexts', 'imports']) {
    const [row] = await opened.outsider.look<{ n: number | string }>(`SELECT count(*) AS n FROM ${table}`);
    found[table] = Number(row?.n);
  }
  return found;
}

/** A promise, and what fulfils it. */
function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const nothing = { contexts: 0, messages: 0, imported_contexts: 0, imports: 0 };

it('is left alone by a sweep that found it late, once it has written again', async () => {
  const imported = await run(async (take) => {
    await take(await conversation(), 'same');
    opened.clock.time += lease + 1;
    const second = await conversation();
    behind.set('find_imports', () => take(second, 'same'));
    await imports.sweep();
  });
  expect(imported.map(({ message_count }) => message_count)).toEqual([1, 1]);
  expect(await counts()).toEqual({ ...nothing, contexts: 2, messages: 2 });
});

it('is refused, and never acknowledged, once a sweep has removed some of it', async () => {
  const { promise: answered, resolve: give } = gate();
  let sweep: Promise<void> | undefined;
  const refusal: unknown = await run(async (take) => {
    await take(await conversation(), 'same');
    opened.clock.time += lease + 1;
    // The sweep stays where it has removed something, until the import has had its answer.
    await new Promise<void>((removed) => {
      behind.set('drop_import', async () => {
        removed();
        await answered;
      });
      sweep = imports.sweep();
    });
  }).catch((error: unknown) => error);
  give();
  await sweep;
  expect(refusal).toBeInstanceOf(DomainError);
  expect(refusal).toMatchObject({ code: 'storage_unavailable' });
  expect(await counts()).toEqual(nothing);
});

it('leaves alone what another import has taken since it was swept away', async () => {
  const record = await conversation();
  const other = async (): Promise<void> => {
    opened.clock.time += lease + 1;
    await imports.sweep();
    // Not ended yet when the first one hears that it was swept away, and removes what it has begun.
    const isTaken = new Promise<void>((taken) => {
      second = run(async (take) => {
        await take(record, 'same');
        taken();
        await answered;
      });
    });
    await isTaken;
  };
  const { promise: answered, resolve: give } = gate();
  let second: Promise<readonly Imported[]> | undefined;
  behind.set('import_context', other);
  await expect(run((take) => take(record, 'same'))).rejects.toMatchObject({ code: 'storage_unavailable' });
  give();
  expect(await second).toMatchObject([{ id: record.context.id, message_count: 1 }]);
  expect(await counts()).toEqual({ ...nothing, contexts: 1, messages: 1 });
});

it('keeps its lease while it works on something else for long, and no longer', async () => {
  await run(async (take) => {
    await take(await conversation(), 'same');
    for (let third = 0; third < 6; third++) {
      opened.clock.time += lease / 3;
      const renewed = new Promise<void>((done) => behind.set('renew_import', done));
      await vi.advanceTimersByTimeAsync(lease / 3);
      await renewed;
    }
    await imports.sweep();
  });
  expect(await counts()).toEqual({ ...nothing, contexts: 1, messages: 1 });
  expect(vi.getTimerCount()).toBe(0);
});
