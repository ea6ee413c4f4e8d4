import { expect, it } from 'vitest';
import { createPullcord } from './pullcord.js';

/** A client of a server that refuses everything, and how often that was asked. */
function begin() {
  const asked: string[] = [];
  const fetch = (url: RequestInfo | URL): Promise<Response> => {
    asked.push(String(url));
    return Promise.resolve(Response.json({ status: 409, code: 'context_busy' }, { status: 409 }));
  };
  return { pullcord: createPullcord({ baseUrl: 'https://example.org', fetch }), asked };
}

it('keeps a context with a message that could not be sent, until that is discarded', async () => {
  const { pullcord } = begin();
  const lookElsewhere = (): void => {
    for (let at = 0; at < 30; at++) pullcord.context(`other ${at}`);
  };
  const context = pullcord.context('mine');
  await expect(context.send('Keep this')).rejects.toThrow();
  lookElsewhere();
  const { outgoing } = pullcord.context('mine').getView();
  expect(outgoing).toMatchObject([{ content: 'Keep this', status: 'failed' }]);
  context.discard(outgoing[0]?.key ?? '');
  lookElsewhere();
  pullcord.context('one more');
  expect(pullcord.context('mine')).not.toBe(context);
  pullcord.close();
});

it('asks nothing by itself any more once it is closed', async () => {
  const { pullcord, asked } = begin();
  const context = pullcord.context('mine');
  pullcord.close();
  context.subscribe(() => undefined);
  pullcord.context('another').subscribe(() => undefined);
  pullcord.contexts().subscribe(() => undefined);
  context.showBranch('other');
  // Whatever was begun has come to its request by then.
  await new Promise(setImmediate);
  expect(asked).toEqual([]);
  expect(pullcord.connection.getView().status).toBe('idle');
});
