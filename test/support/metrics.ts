// What Prometheus would read of GET /metrics: strict, so that whatever it would stumble over fails here.
import { body } from './api.js';
import type { Caller } from './http.js';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ScrapedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Scrape {
  readonly text: string;
  readonly families: ReadonlyMap<string, ScrapedFamily>;
  /** The sum of the samples of this name whose labels include these; 0 where there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

export const scrape = async (api: Caller): Promise<Scrape> =>
  readExposition(body(await api.get<string>('/metrics')));

/** Reads the text format, version 0.0.4. Throws for what is not of it. */
export function readExposition(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  let current: { name: string; type: string; help: string; samples: Sample[] } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, word, about, rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP' && about !== undefined) {
      if (families.has(about)) throw new Error(`${about} is there twice.`);
      current = { name: about, type: '', help: rest, samples: [] };
      families.set(about, current);
      continue;
    }
    if (!current) throw new Error(`Not at its place: ${line}`);
    if (word === 'TYPE' && current.name === about) current.type = rest;
    else if (current.type !== '') current.samples.push(sampleOf(line, current.name));
    else throw new Error(`Not at its place: ${line}`);
  }
  const all = [...families.values()].flatMap(({ samples }) => samples);
  const isOf = (sample: Sample, labels: Readonly<Record<string, string>>): boolean =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return {
    text,
    families,
    sum: (name, labels = {}) =>
      all
        .filter((sample) => sample.name === name && isOf(sample, labels))
        .reduce((sum, { value }) => sum + value, 0),
  };
}

function sampleOf(line: string, family: string): Sample {
  const [, name, inBraces = '', value] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!name || value === undefined || !name.startsWith(family)) throw new Error(`Not a sample: ${line}`);
  const labels = [...inBraces.matchAll(/([a-z_]+)="((?:[^"\\\n]|\\.)*)"(?:,|$)/g)];
  if (labels.map(([whole]) => whole).join('') !== inBraces) throw new Error(`Not labels: ${line}`);
  return {
    name,
    labels: Object.fromEntries(labels.map(([, label, text]) => [label, text ?? ''])),
    value: Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')),
  };
}
