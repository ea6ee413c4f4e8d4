import { Logger } from '@nestjs/common';
import { loadSettings } from '../config/load-settings.js';
import { ModelCatalog, type ModelCard } from '../providers/model-catalog.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { openProviders } from '../providers/open-providers.js';
import { say } from './say.js';

/**
 * `pullcord models [--json]`: the models of the providers that these settings describe. Their servers are asked, whether
 * this server runs or not; one that does not answer has only the models that the settings name.
 */
export async function models(args: readonly string[]): Promise<number | 'usage'> {
  const isJson = args[0] === '--json';
  if (args.length > (isJson ? 1 : 0)) return 'usage';
  const settings = loadSettings();
  Logger.overrideLogger(remarks);
  const registry = new ModelRegistry(settings, await openProviders(settings));
  try {
    const cards = await new ModelCatalog(registry, settings).all();
    for (const card of cards) await say(isJson ? JSON.stringify(card) : lineOf(card, registry.defaultModel));
  } finally {
    await registry.onApplicationShutdown();
  }
  return 0;
}

/** What else there is to say is not of the list: it goes where errors go. */
const remark = (message: unknown): void => void process.stderr.write(`${String(message)}\n`);
const remarks = { log: remark, warn: remark, error: remark };

/** The id first, so that the lines can be cut. */
function lineOf({ id, alias_of, facts }: ModelCard, defaultModel: string): string {
  const can = (['vision', 'tools', 'reasoning'] as const).filter((ability) => facts[ability]);
  const notes = [
    ...(alias_of === undefined ? [] : [`stands for ${alias_of}`]),
    ...(id === defaultModel ? ['default'] : []),
  ];
  const columns = [
    id.padEnd(40),
    `${facts.context_window}`.padStart(9),
    `${facts.max_output_tokens}`.padStart(8),
  ];
  return [...columns, can.join(' ').padEnd(22), notes.join(', ')].join('  ').trimEnd();
}
