import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/domain-error.js';
import { isId, type Owner } from '../../kernel/ids.js';
import type { Tx } from '../../storage/tx.js';
import type { ConfigPatch, ContextConfig } from '../context-config.js';
import type { SystemPrompt } from './system-prompt-row.js';
import { lockPrompt } from './system-prompt.store.js';
import { SystemPromptsPull } from './system-prompts.pull.js';
import { expand, maxExpanded } from './template-format.js';

type Named = Pick<
  ContextConfig,
  'system_prompt' | 'system_prompt_id' | 'system_prompt_version' | 'system_prompt_variables'
>;

/** Makes a context's system prompt of what its config names. */
@Injectable()
export class SystemPromptTexts {
  constructor(private readonly prompts: SystemPromptsPull) {}

  /**
   * The stored prompt with its values in it, and behind it the config's own text. Throws `unknown_system_prompt`,
   * `wrong_variables`. An id that is none was set when nothing could be stored yet, and names nothing.
   */
  async textOf(owner: Owner, config: Named): Promise<string> {
    const { system_prompt = '', system_prompt_id: id, system_prompt_version: version } = config;
    if (id === undefined || !isId(id)) return system_prompt;
    const found = await this.prompts.find(id, owner, version);
    if (!found) throw unknown(id, version);
    return textWith(found, config);
  }

  /**
   * Refuses a patch after which a config would name what there is not: beside what `textOf` wants, its values must be
   * of variables that there are. What it names cannot be deleted or changed before the unit ends.
   */
  async require(tx: Tx, owner: Owner, patch: ConfigPatch, after: Named): Promise<void> {
    const { system_prompt_id: id, system_prompt_version: version } = after;
    if (id === undefined || !namesPrompt(patch)) return;
    const isThere = isId(id) && (await tx.lock(lockPrompt, id, owner)) !== undefined;
    const found = isThere ? await this.prompts.find(id, owner, version, tx) : undefined;
    if (!found) throw unknown(id, version);
    const known = new Set(found.variables.map(({ name }) => name));
    const names = Object.keys(after.system_prompt_variables ?? {}).filter((name) => !known.has(name));
    if (names.length > 0) throw wrong(`The system prompt has no variables ${names.join(', ')}.`, names);
    textWith(found, after);
  }
}

/** Whether a patch says anything of a stored system prompt; of any other, nothing is looked up. */
const namesPrompt = ({
  system_prompt_id,
  system_prompt_version,
  system_prompt_variables,
}: ConfigPatch): boolean =>
  [system_prompt_id, system_prompt_version, system_prompt_variables].some((field) => field !== undefined);

function textWith(found: SystemPrompt, { system_prompt = '', system_prompt_variables = {} }: Named): string {
  const expanded = expand(found.content, found.variables, system_prompt_variables);
  if (expanded.type === 'missing') throw missing(expanded.names);
  if (expanded.type === 'too_long')
    throw wrong(`The system prompt would be longer than ${maxExpanded} characters.`, []);
  return [expanded.text, system_prompt].filter((text) => text.trim() !== '').join('\n\n');
}

const unknown = (id: string, version: number | undefined): DomainError =>
  new DomainError(
    'unknown_system_prompt',
    version === undefined
      ? `There is no system prompt ${id}.`
      : `There is no version ${version} of a system prompt ${id}.`,
  );

const missing = (names: readonly string[]): DomainError =>
  wrong(`The system prompt needs values of ${names.join(', ')}: set system_prompt_variables.`, names);

const wrong = (detail: string, variables: readonly string[]): DomainError =>
  new DomainError('wrong_variables', detail, { variables: variables.slice(0, 100) });
