import type { ListedModel } from '../model-provider.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The models in a server's list: OpenAI's and Anthropic's, with what OpenRouter, vLLM and Anthropic say of them beside
 * their names. Undefined for what is no list; what is no model in it is left out. Pure.
 */
export function convertModels(listed: unknown): readonly ListedModel[] | undefined {
  const models = isFields(listed) ? listed['data'] : undefined;
  if (!Array.isArray(models)) return undefined;
  return models.flatMap((model: unknown) => (isFields(model) ? convertModel(model) : []));
}

function convertModel(model: Fields): readonly ListedModel[] {
  const { id: name } = model;
  if (typeof name !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(name)) return [];
  const created = createdOf(model);
  const owned_by = textIn(model, 'owned_by');
  const display_name = textIn(model, 'display_name') ?? textIn(model, 'name');
  const facts = factsOf(model);
  return [
    {
      name,
      ...(created !== undefined && { created }),
      ...(owned_by !== undefined && { owned_by }),
      ...(display_name !== undefined && { display_name }),
      ...(Object.keys(facts).length > 0 && { facts }),
    },
  ];
}

function createdOf(model: Fields): number | undefined {
  const { created, created_at } = model;
  if (typeof created === 'number' && Number.isSafeInteger(created)) return created;
  const at = typeof created_at === 'string' ? Date.parse(created_at) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
}

function factsOf(model: Fields): NonNullable<ListedModel['facts']> {
  const top = isFields(model['top_provider']) ? model['top_provider'] : {};
  const window = firstCount(model['context_length'], model['max_model_len'], model['max_input_tokens']);
  const output = firstCount(top['max_completion_tokens'], model['max_output_tokens'], model['max_tokens']);
  return {
    ...(window !== undefined && { context_window: window }),
    ...(output !== undefined && { max_output_tokens: output }),
  };
}

const firstCount = (...values: readonly unknown[]): number | undefined =>
  values.find(
    (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 16,
  );

const textIn = (model: Fields, field: string): string | undefined => {
  const value = model[field];
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
};

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
