import { inputTypes } from './workflow-kinds.js';

const name = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$' } as const;
const text = { type: 'string', minLength: 1, maxLength: 100_000 } as const;
const expression = { type: 'string', minLength: 1, maxLength: 4000 } as const;
const steps = { type: 'array', minItems: 1, maxItems: 100, items: { $ref: '#/$defs/step' } } as const;

const shared = {
  id: { ...name, description: 'Unique in the workflow; its output is steps.<id>.output.' },
  continue_on_error: {
    type: 'boolean',
    description: 'A failure becomes the output, {error: {code, message}}, and does not end the workflow.',
  },
} as const;

const tries = {
  timeout_ms: { type: 'integer', minimum: 1, maximum: 86_400_000, description: 'How long one try may take.' },
  repeatable: {
    type: 'boolean',
    description: 'It may run again after it was cut off. It may not, unless this or retry says so.',
  },
  retry: {
    type: 'object',
    required: ['max_attempts'],
    additionalProperties: false,
    properties: {
      max_attempts: { type: 'integer', minimum: 1, maximum: 20 },
      delay_ms: { type: 'integer', minimum: 0, maximum: 3_600_000 },
    },
  },
} as const;

function step(kind: string, about: string, required: readonly string[], properties: object): object {
  return {
    type: 'object',
    title: kind,
    description: about,
    required: ['id', ...required],
    additionalProperties: false,
    properties: { ...shared, ...properties },
  };
}

/** The JSON Schema (2020-12) of a workflow file. */
export const workflowSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Pullcord workflow',
  description:
    '${{ … }} in texts and values holds a CEL expression over inputs, steps, vars and, in for_each, the element and index.',
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Shown to people; the file name by default.',
    },
    description: { type: 'string', maxLength: 10_000 },
    inputs: {
      type: 'object',
      maxProperties: 50,
      propertyNames: name,
      additionalProperties: { $ref: '#/$defs/input' },
    },
    steps,
    output: { description: 'The result; without it, the output of the last step.' },
  },
  $defs: {
    input: {
      type: 'object',
      required: ['type'],
      additionalProperties: false,
      properties: {
        type: { enum: [...inputTypes] },
        description: { type: 'string', maxLength: 2000 },
        default: {},
        enum: { type: 'array', minItems: 1, maxItems: 1000 },
        required: { type: 'boolean' },
      },
    },
    step: {
      type: 'object',
      // By the one key that says the kind, so that an error speaks of that kind alone.
      allOf: [
        branch('prompt'),
        branch('tool'),
        branch('set'),
        branch('if'),
        branch('for_each'),
        branch('approval'),
      ],
      anyOf: ['prompt', 'tool', 'set', 'if', 'for_each', 'approval'].map((kind) => ({ required: [kind] })),
    },
    prompt: step('prompt', 'Asks a model; the output is its text.', ['prompt'], {
      ...tries,
      prompt: text,
      system: text,
      model: { type: 'string', minLength: 1, maxLength: 200 },
      parameters: {
        type: 'object',
        additionalProperties: false,
        properties: {
          temperature: { type: 'number', minimum: 0, maximum: 2 },
          max_tokens: { type: 'integer', minimum: 1, maximum: 10_000_000 },
        },
      },
    }),
    tool: step('tool', 'Calls a tool; the output is its result.', ['tool'], {
      ...tries,
      tool: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
      arguments: { type: 'object' },
    }),
    set: step('set', 'Sets variables, vars.<name>; the output is what it set.', ['set'], {
      set: { type: 'object', minProperties: 1, maxProperties: 50, propertyNames: name },
    }),
    if: step(
      'if',
      'Runs one of two lists of steps; the output is that of the last step that ran.',
      ['if', 'then'],
      {
        if: expression,
        then: steps,
        else: steps,
      },
    ),
    for_each: step(
      'for_each',
      'Runs its steps for every element; the output lists the output of each one’s last step.',
      ['for_each', 'steps'],
      {
        for_each: expression,
        as: { ...name, default: 'item' },
        max_parallel: { type: 'integer', minimum: 1, maximum: 16, default: 1 },
        steps,
      },
    ),
    approval: step('approval', 'Waits until the user approves; denied, the step fails.', ['approval'], {
      approval: text,
    }),
  },
} as const;

function branch(kind: string): object {
  return { if: { required: [kind] }, then: { $ref: `#/$defs/${kind}` } };
}
