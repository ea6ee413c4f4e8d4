import type { LanguageModel } from '../language-model.js';
import type { ModelProvider } from '../model-provider.js';
import { ScriptedModel } from './scripted-model.js';

/** The built-in provider: `default` at the pace that is set, `fast` as fast as it goes. */
export class ScriptedProvider implements ModelProvider {
  readonly name = 'scripted';
  readonly models = ['default', 'fast'];
  readonly takesAnyName = false;

  constructor(private readonly paceMs: number) {}

  model(name: string): LanguageModel {
    return new ScriptedModel(`${this.name}/${name}`, name === 'fast' ? 0 : this.paceMs);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
