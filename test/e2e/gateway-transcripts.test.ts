// What goes over the wire, event by event, in every pair of dialects and every situation: test/golden holds it.
// Written anew with `npx vitest run --project e2e-sqlite test/e2e/gateway-transcripts -u`, and then read by eye.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../../src/providers/language-model.js';
import { askIn, pathOf } from '../support/transcripts/ask-in.js';
import { GatewayStand } from '../support/transcripts/gateway-stand.js';
import { brokenLaws } from '../support/transcripts/laws.js';
import { cases } from '../support/transcripts/situations.js';
import { goldenPath, transcriptOf } from '../support/transcripts/transcript.js';

const golden = fileURLToPath(new URL('../golden/', import.meta.url));

let stand: GatewayStand;
beforeAll(async () => {
  stand = await GatewayStand.open();
});
afterAll(() => stand.close());

describe.each(dialects)('a client that speaks %s', (client) => {
  it.each(
    cases
      .filter((one) => one.client === client)
      .map((one) => [one.upstream, one.situation.name, one] as const),
  )('of a provider that speaks %s: %s', async (upstream, name, one) => {
    const plan = one.situation.answer(upstream);
    const asked = askIn(client, stand.model(upstream), one.situation.ask);
    const exchange = await stand.exchange(upstream, plan, pathOf[client], asked);

    const { status, body } = exchange;
    const isOurs = client !== upstream && status === 200 && !one.situation.ask.isWhole;
    expect(isOurs ? brokenLaws(client, body) : []).toEqual([]);
    await expect(transcriptOf(one, { ...exchange, plan, asked })).toMatchFileSnapshot(
      golden + goldenPath(client, upstream, name),
    );
  });
});

it('no transcript is of a case that is gone', () => {
  const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.txt'),
  );

  expect(files.map((name) => name.replaceAll('\\', '/')).sort()).toEqual(
    cases.map(({ client, upstream, situation }) => goldenPath(client, upstream, situation.name)).sort(),
  );
});
