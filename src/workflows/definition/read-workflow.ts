import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { readYaml } from '../../config/read-yaml.js';
import { checkExpression, expressionsIn } from './expressions.js';
import { innerSteps, stepKinds, type Workflow, type WorkflowStep } from './workflow-kinds.js';
import { workflowSchema } from './workflow-schema.js';

/** What is wrong with a workflow file: where in it, and a sentence. */
export interface WorkflowProblem {
  readonly path: string;
  readonly message: string;
}

export type WorkflowReading =
  { readonly workflow: Workflow } | { readonly problems: readonly WorkflowProblem[] };

/** More than this many steps, counted with those inside, is not one workflow. */
const maxSteps = 500;
const require = createRequire(import.meta.url);
let compiled: ValidateFunction | undefined;

/** Reads a workflow from YAML: its shape by the schema, then its ids and expressions. Never throws for what is written. */
export function readWorkflow(id: string, text: string): WorkflowReading {
  const document = readYaml(text);
  if ('wrong' in document)
    return { problems: [{ path: '', message: `It is not valid YAML ${document.wrong}.` }] };
  const shape = shapeProblems(document.value);
  if (shape.length > 0) return { problems: shape };
  const written = document.value as Omit<Workflow, 'id' | 'name' | 'inputs'> & Partial<Workflow>;
  const workflow: Workflow = { ...written, id, name: written.name ?? id, inputs: written.inputs ?? {} };
  const problems = [...inputProblems(workflow), ...stepProblems(workflow), ...outputProblems(workflow)];
  return problems.length > 0 ? { problems } : { workflow };
}

/** Every step with those inside it, in the order in which they are written, and the names its expressions may use. */
export function allSteps(
  steps: readonly WorkflowStep[],
  names: readonly string[] = ['inputs', 'steps', 'vars'],
): readonly { readonly step: WorkflowStep; readonly names: readonly string[] }[] {
  return steps.flatMap((step) => {
    const inside = 'for_each' in step ? [...names, step.as, 'index'] : names;
    return [{ step, names }, ...allSteps(innerSteps(step), inside)];
  });
}

function shapeProblems(value: unknown): readonly WorkflowProblem[] {
  const validate = (compiled ??= compile());
  if (validate(value)) return [];
  // Of a step that is of no kind, every kind's key is reported missing, and then that none is there: that will do.
  const errors = (validate.errors ?? []).filter(
    ({ keyword, schemaPath }) => keyword !== 'if' && !schemaPath.includes('/anyOf/'),
  );
  return errors
    .slice(0, 20)
    .map((error) => ({ path: toPath(error.instancePath), message: sentenceOf(error) }));
}

function compile(): ValidateFunction {
  const { Ajv2020: Validator } = require('ajv/dist/2020.js') as { readonly Ajv2020: typeof Ajv2020 };
  return new Validator({ allErrors: true, strict: false, useDefaults: true }).compile(workflowSchema);
}

const toPath = (pointer: string): string => pointer.slice(1).replaceAll('/', '.');

function sentenceOf({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  if (keyword === 'anyOf') return `needs one of ${stepKinds.join(', ')}`;
  if (keyword === 'additionalProperties')
    return `has no field ${String((params as { additionalProperty: string }).additionalProperty)}`;
  // Of a step that is of no kind every kind's key is reported missing; one sentence says it.
  if (keyword === 'required' && 'missingProperty' in params)
    return `needs ${String(params['missingProperty'])}`;
  return message;
}

function inputProblems({ inputs }: Workflow): readonly WorkflowProblem[] {
  return Object.entries(inputs).flatMap(([name, input]) => {
    if (input.default === undefined) return [];
    const isFitting = (input.enum ?? [input.default]).some(
      (value) => JSON.stringify(value) === JSON.stringify(input.default),
    );
    return isFitting ? [] : [{ path: `inputs.${name}.default`, message: 'is not one of enum' }];
  });
}

function stepProblems({ steps }: Workflow): readonly WorkflowProblem[] {
  const all = allSteps(steps);
  if (all.length > maxSteps)
    return [{ path: 'steps', message: `has ${all.length} steps; ${maxSteps} are possible` }];
  const seen = new Set<string>();
  const ids = new Set(all.map(({ step }) => step.id));
  return all.flatMap(({ step, names }) => {
    const twice = seen.has(step.id) ? [{ path: step.id, message: 'is the id of two steps' }] : [];
    seen.add(step.id);
    const expressions = ownExpressions(step);
    return [
      ...twice,
      ...expressions.flatMap((expression) => wrong(step.id, expression, names)),
      ...expressions.flatMap((expression) => unknownSteps(step.id, expression, ids)),
    ];
  });
}

/** The expressions of a step itself, not those of the steps inside it. */
function ownExpressions(step: WorkflowStep): readonly string[] {
  if ('if' in step) return [step.if];
  if ('for_each' in step) return [step.for_each];
  if ('prompt' in step) return expressionsIn([step.prompt, step.system]);
  if ('tool' in step) return expressionsIn(step.arguments);
  return expressionsIn('set' in step ? step.set : step.approval);
}

function outputProblems({ output, steps }: Workflow): readonly WorkflowProblem[] {
  const ids = new Set(allSteps(steps).map(({ step }) => step.id));
  return expressionsIn(output).flatMap((expression) => [
    ...wrong('output', expression, ['inputs', 'steps', 'vars']),
    ...unknownSteps('output', expression, ids),
  ]);
}

/** A step that is nowhere in the workflow is a slip of the pen; one that has not run yet is missed when it is read. */
function unknownSteps(
  path: string,
  expression: string,
  ids: ReadonlySet<string>,
): readonly WorkflowProblem[] {
  const code = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const named = [...code.matchAll(/(?<![\w.])steps\s*\.\s*(\w+)/g)].map(([, id = '']) => id);
  return named
    .filter((id) => !ids.has(id))
    .map((id) => ({ path, message: `${expression}: there is no step ${id}` }));
}

function wrong(path: string, expression: string, names: readonly string[]): readonly WorkflowProblem[] {
  const message = checkExpression(expression, names);
  return message === undefined ? [] : [{ path, message: `${expression}: ${message}` }];
}
