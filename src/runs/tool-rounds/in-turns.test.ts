import { describe, expect, it } from 'vitest';
import { inTurns, type Turnwise } from './in-turns.js';

interface Work extends Turnwise {
  readonly name: string;
}

const parallel = (name: string): Work => ({ name, isParallel: true });
const alone = (name: string): Work => ({ name, isParallel: false });

/** Work whose ends the test decides, and what happened, in order. */
class Workshop {
  readonly log: string[] = [];
  readonly stop = new AbortController();
  readonly failures: unknown[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  run(items: readonly Work[], limit = 8): Promise<void> {
    const { signal: abort } = this.stop;
    const begin = (batch: readonly Work[]): Promise<void> => {
      this.log.push(`begin ${batch.map(({ name }) => name).join(' ')}`);
      return Promise.resolve();
    };
    const perform = ({ name }: Work): Promise<void> =>
      new Promise((resolve, reject) =>
        this.ends.set(name, (error) => {
          this.log.push(`end ${name}`);
          if (error) reject(error);
          else resolve();
        }),
      );
    return inTurns(items, limit, { begin, perform, abort }, (error) => this.failures.push(error));
  }

  /** Ends a piece of work that must be under way. */
  async end(name: string, error?: Error): Promise<void> {
    await this.settle();
    const end = this.ends.get(name);
    if (!end) throw new Error(`${name} is not under way`);
    this.ends.delete(name);
    end(error);
    await this.settle();
  }

  /** Lets everything happen that waits for nobody. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('work in turns', () => {
  it('is under way together where it may be', async () => {
    const shop = new Workshop();
    const done = shop.run([parallel('a'), parallel('b'), parallel('c')]);
    for (const name of ['c', 'a', 'b']) await shop.end(name);
    await done;
    expect(shop.log).toEqual(['begin a b c', 'end c', 'end a', 'end b']);
  });

  it('is never more than the limit at once', async () => {
    const shop = new Workshop();
    const done = shop.run(['a', 'b', 'c'].map(parallel), 2);
    for (const name of ['b', 'a', 'c']) await shop.end(name);
    await done;
    expect(shop.log).toEqual(['begin a b', 'end b', 'begin c', 'end a', 'end c']);
  });

  it('waits for those before it, and is alone, where it must be', async () => {
    const shop = new Workshop();
    const done = shop.run([parallel('a'), alone('b'), alone('c'), parallel('d'), parallel('e')]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await shop.end(name);
    await done;
    expect(shop.log).toEqual([
      'begin a',
      'end a',
      'begin b',
      'end b',
      'begin c',
      'end c',
      'begin d e',
      'end d',
      'end e',
    ]);
  });

  it('begins nothing more after a failure, which is told at once and thrown when the rest has ended', async () => {
    const shop = new Workshop();
    const error = new Error('no');
    let isOver = false;
    const done = shop.run([parallel('a'), parallel('b'), alone('c')]).finally(() => (isOver = true));
    done.catch(() => undefined);
    await shop.end('b', error);
    expect([shop.failures, isOver]).toEqual([[error], false]);
    await shop.end('a');
    await expect(done).rejects.toBe(error);
    expect(shop.log).toEqual(['begin a b', 'end b', 'end a']);
  });

  it('begins nothing more once it is stopped, and ends when what was begun has', async () => {
    const shop = new Workshop();
    const done = shop.run([alone('a'), alone('b')]);
    done.catch(() => undefined);
    await shop.settle();
    shop.stop.abort('turn_ended');
    await shop.end('a');
    await expect(done).rejects.toBe('turn_ended');
    expect(shop.log).toEqual(['begin a', 'end a']);
  });

  it('performs nothing of what could not be begun', async () => {
    const error = new Error('lost');
    const doing = {
      begin: () => Promise.reject(error),
      perform: () => Promise.reject(new Error('was performed')),
      abort: new AbortController().signal,
    };
    await expect(inTurns([parallel('a')], 8, doing, () => undefined)).rejects.toBe(error);
  });

  it('is over at once when there is none', async () => {
    await new Workshop().run([]);
  });
});
