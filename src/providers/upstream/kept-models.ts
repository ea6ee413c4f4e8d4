import type { LanguageModelV3 } from '@ai-sdk/provider';

/** Making an SDK model takes half a millisecond (it builds its schemas), so the last ones used are kept. */
const maxKept = 64;

/** The SDK's models of one provider, by their names. */
export class KeptModels {
  private readonly kept = new Map<string, LanguageModelV3>();

  constructor(private readonly make: (name: string) => LanguageModelV3) {}

  get(name: string): LanguageModelV3 {
    const model = this.kept.get(name) ?? this.make(name);
    // Set anew, so that the first key is always the one that was used longest ago.
    this.kept.delete(name);
    this.kept.set(name, model);
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxKept && oldest !== undefined) this.kept.delete(oldest);
    return model;
  }
}
