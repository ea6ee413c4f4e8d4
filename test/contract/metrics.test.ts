// What is measured, what the page and the dashboard say of it, and what the server shows are the same.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import '../../src/create-app.js';
import '../../src/telemetry/otel/open-tracing.js';
import { mapToGauges } from '../../src/metrics/map-to-gauges.js';
import { metricsPage } from '../../src/metrics/metrics-page.js';
import { processMetrics } from '../../src/metrics/process-metrics.js';
import { exposition } from '../../src/telemetry/exposition-format.js';
import { families, type Family } from '../../src/telemetry/family.js';
import { readExposition, type Scrape } from '../support/metrics.js';
import { root } from '../support/pages.js';

const nothing = {
  version: '',
  node: '',
  dialect: '',
  runs: {},
  liveRuns: 0,
  streams: 0,
  subscribers: 0,
  longPolls: 0,
  waitingUnits: 0,
  openCalls: new Map<string, number>(),
};
const ours: readonly Family[] = [...mapToGauges(nothing), ...families()].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

it('docs/reference/metrics.md has every family (written anew by vitest -u)', async () => {
  await expect(metricsPage(ours)).toMatchFileSnapshot('../../docs/reference/metrics.md');
});

describe('a family of ours', () => {
  it.each(ours)('$name has a name and a sentence as all have', ({ name, kind, about, labelNames }) => {
    expect(name).toMatch(/^pullcord_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(about).toMatch(/^[A-Z].*[^.]$/);
    for (const label of labelNames) expect(label).toMatch(/^[a-z]+$/);
    for (const label of ['id', 'owner', 'model', 'context', 'path', 'user', 'le'])
      expect(labelNames).not.toContain(label);
  });
});

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

describe('ops/grafana/pullcord.json', () => {
  const dashboard = JSON.parse(readFileSync(join(root, 'ops/grafana/pullcord.json'), 'utf8')) as Dashboard;
  const shown = dashboard.panels.filter(({ type }) => type !== 'row');
  const expressions = shown.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
  );
  let scraped: Scrape;
  beforeAll(async () => void (scraped = readExposition(exposition(ours) + (await processMetrics()))));

  const namesIn = (expr: string): readonly string[] =>
    [...expr.matchAll(/\b(?:pullcord|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
  const familyOf = (name: string): string =>
    scraped.families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');

  it('asks for nothing that is not measured', () => {
    expect(expressions.length).toBeGreaterThan(40);
    const unknown = expressions.flatMap(({ title, expr }) =>
      namesIn(expr)
        .filter((name) => !scraped.families.has(familyOf(name)))
        .map((name) => `${title}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('shows everything of ours that is', () => {
    const asked = new Set(expressions.flatMap(({ expr }) => namesIn(expr).map(familyOf)));
    expect(ours.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([]);
  });

  it('tells series apart by labels that they have', () => {
    for (const { title, expr, legendFormat } of expressions) {
      const [name = ''] = namesIn(expr);
      const family = ours.find((one) => one.name === familyOf(name));
      if (!family) continue;
      const known = [...family.labelNames, 'instance', 'le'];
      const asked = [...expr.matchAll(/\bby \(([^)]*)\)|([a-z]+)=~?"/g)].flatMap(([, by, one]) =>
        (by ?? one ?? '').split(/, */),
      );
      const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      for (const label of [...asked, ...legend]) expect(known, `${title}: ${expr}`).toContain(label);
    }
  });

  it('adds up only what is a rate: a counter alone says how long the server has run', () => {
    for (const { title, expr } of expressions)
      for (const name of namesIn(expr)) {
        const isCounter = scraped.families.get(familyOf(name))?.type !== 'gauge';
        const isOfSummary = name.startsWith('nodejs_eventloop_lag');
        if (isCounter && !isOfSummary) expect(expr, title).toContain(`rate(${name}`);
      }
  });

  it('says of each panel what it shows, and puts none upon another', () => {
    const all = dashboard.panels;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { title, description } of shown) expect(description, title).toMatch(/\.$/);
    const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(all.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
