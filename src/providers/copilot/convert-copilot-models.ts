import { tokenizers, type ModelFacts } from '../../config/model-table.js';
import type { ListedModel } from '../model-provider.js';

type Given = Readonly<Record<string, unknown>>;

/** The models that can be chatted with, of what Copilot lists; undefined for what is no list. Pure. */
export function convertCopilotModels(body: unknown): readonly ListedModel[] | undefined {
  const { data } = given(body);
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((item: unknown) => {
    const { id, name, vendor, capabilities } = given(item);
    const can = given(capabilities);
    if (typeof id !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(id) || (can.type ?? 'chat') !== 'chat')
      return [];
    return [
      {
        name: id,
        ...(typeof vendor === 'string' && { owned_by: vendor }),
        ...(typeof name === 'string' && { display_name: name }),
        facts: factsIn(can),
      },
    ];
  });
}

function factsIn({ limits, supports, tokenizer }: Given): Partial<ModelFacts> {
  const { max_context_window_tokens: window, max_output_tokens: output } = given(limits);
  const { vision, tool_calls: tools } = given(supports);
  const known = tokenizers.find((one) => one === tokenizer);
  return {
    ...(isCount(window) && { context_window: window }),
    ...(isCount(output) && { max_output_tokens: output }),
    ...(typeof vision === 'boolean' && { vision }),
    ...(typeof tools === 'boolean' && { tools }),
    ...(known && { tokenizer: known }),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

const given = (value: unknown): Given => (typeof value === 'object' && value !== null ? { ...value } : {});
