import type { Workflow, WorkflowInput } from './workflow-kinds.js';
import type { WorkflowProblem } from './read-workflow.js';

export type InputReading =
  { readonly input: Readonly<Record<string, unknown>> } | { readonly problems: readonly WorkflowProblem[] };

/** What the caller gave, with the defaults of what was left out; or every field that does not fit. Pure. */
export function checkInput(workflow: Workflow, given: Readonly<Record<string, unknown>>): InputReading {
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(workflow.inputs, name))
    .map((name) => ({ path: `input.${name}`, message: 'is no input of this workflow' }));
  const input: Record<string, unknown> = {};
  const wrong: WorkflowProblem[] = [];
  for (const [name, declared] of Object.entries(workflow.inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : declared.default;
    const message = misfit(declared, value);
    if (message) wrong.push({ path: `input.${name}`, message });
    // What was left out and has no default is null, so that an expression can ask for it.
    input[name] = value ?? null;
  }
  const problems = [...unknown, ...wrong];
  return problems.length > 0 ? { problems } : { input };
}

function misfit(
  { type, required, enum: values, default: otherwise }: WorkflowInput,
  value: unknown,
): string | undefined {
  if (value === undefined) return (required ?? otherwise === undefined) ? 'is required' : undefined;
  if (!isOfType[type](value)) return `must be of type ${type}`;
  const isListed = values?.some((one) => JSON.stringify(one) === JSON.stringify(value)) ?? true;
  return isListed ? undefined : `must be one of ${JSON.stringify(values)}`;
}

const isOfType: { readonly [Type in WorkflowInput['type']]: (value: unknown) => boolean } = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
