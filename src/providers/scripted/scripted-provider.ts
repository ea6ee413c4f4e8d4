import type { ModelFacts } from '../../config/model-table.js';
import type { LanguageModel } from '../language-model.js';
import type { ModelProvider } from '../model-provider.js';
import { ScriptedModel } from './scripted-model.js';

/** What `plain` takes: text alone, and little of it. Words are its tokens, whoever counts them. */
const plainFacts: ModelFacts = {
  context_window: 4096,
  max_output_tokens: 1024,
  vision: false,
  tools: false,
  reasoning: false,
  tokenizer: 'o200k_base',
};

/**
 * The built-in provider: `default` at the pace that is set, `fast` as fast as it goes, `plain` for a look at what becomes
 * of what a model cannot do; beside them the names that the settings give facts of.
 */
export class ScriptedProvider implements ModelProvider {
  readonly models: readonly string[];
  readonly takesAnyName = false;

  constructor(
    private readonly paceMs: number,
    moreModels: readonly string[] = [],
    readonly name = 'scripted',
  ) {
    this.models = [...new Set(['default', 'fast', 'plain', ...moreModels])];
  }

  model(name: string): LanguageModel {
    return new ScriptedModel(`${this.name}/${name}`, name === 'default' ? this.paceMs : 0);
  }

  /** There is no server behind it. */
  relay(): undefined {
    return undefined;
  }

  factsOf(name: string): ModelFacts | undefined {
    return name === 'plain' ? plainFacts : undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
