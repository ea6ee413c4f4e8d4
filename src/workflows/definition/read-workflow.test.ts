import { describe, expect, it } from 'vitest';
import { readWorkflow } from './read-workflow.js';

const read = (text: string) => readWorkflow('review', text);
const problemsOf = (text: string): string[] => {
  const reading = read(text);
  return 'problems' in reading ? reading.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

const whole = `
name: Review
inputs:
  topic: { type: string }
  depth: { type: integer, default: 2 }
steps:
  - id: list
    tool: list_directory
    arguments: { path: "\${{ inputs.topic }}" }
    retry: { max_attempts: 3, delay_ms: 10 }
  - id: each
    for_each: steps.list.output
    as: file
    steps:
      - id: read
        prompt: "Read \${{ file }} (\${{ index + 1 }})"
  - id: decide
    if: inputs.depth > 1 && size(steps.each.output) > 0
    then:
      - { id: keep, set: { kept: "\${{ steps.each.output }}" } }
    else:
      - { id: ask, approval: "Nothing found in \${{ inputs.topic }}. Go on?" }
output: { kept: "\${{ vars.kept }}" }
`;

describe('a workflow file', () => {
  it('is read with its defaults', () => {
    const reading = read(whole);
    expect(reading).toMatchObject({
      workflow: {
        id: 'review',
        name: 'Review',
        steps: [{ id: 'list' }, { id: 'each', as: 'file', max_parallel: 1 }, { id: 'decide' }],
      },
    });
  });

  it('may speak of steps in a text of an expression', () => {
    expect(problemsOf('steps: [{ id: a, prompt: "${{ \'steps.b\' + inputs.steps.c }}" }]')).toEqual([]);
  });

  it('takes its name from its file', () => {
    expect(read('steps: [{ id: a, set: { b: 1 } }]')).toMatchObject({
      workflow: { name: 'review', inputs: {} },
    });
  });

  const wrong: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['no YAML', 'steps: [', /not valid YAML at line 1/],
    ['a bomb of aliases', bomb(), /aliases|: must be/],
    ['no steps', 'name: x', /needs steps/],
    ['an empty list of steps', 'steps: []', /steps: must NOT have fewer/],
    ['a step without an id', 'steps: [{ set: { a: 1 } }]', /steps\.0: needs id/],
    [
      'a step of no kind',
      'steps: [{ id: a }]',
      /^steps\.0: needs one of prompt, tool, set, if, for_each, approval$/,
    ],
    ['a step of two kinds', 'steps: [{ id: a, prompt: x, tool: y }]', /has no field tool/],
    ['an unknown field', 'steps: [{ id: a, prompt: x, modle: y }]', /steps\.0: has no field modle/],
    ['an unknown field of the workflow', 'step: 1\nsteps: [{ id: a, prompt: x }]', /: has no field step/],
    ['an id twice', 'steps: [{ id: a, prompt: x }, { id: a, prompt: y }]', /a: is the id of two steps/],
    [
      'an id twice, at two depths',
      'steps: [{ id: a, if: "true", then: [{ id: a, prompt: y }] }]',
      /id of two/,
    ],
    ['a bad id', 'steps: [{ id: "a b", prompt: x }]', /steps\.0\.id: must match/],
    [
      'an expression that ends too early',
      'steps: [{ id: a, if: "inputs.x >", then: [{ id: b, prompt: x }] }]',
      /a: /,
    ],
    ['an unknown name', 'steps: [{ id: a, prompt: "${{ outputs.b }}" }]', /Unknown variable: outputs/],
    [
      'a step that is nowhere',
      'steps: [{ id: a, prompt: "${{ steps.b.output }}" }]',
      /a: .*there is no step b/,
    ],
    ['a result of no step', 'steps: [{ id: a, prompt: x }]\noutput: "${{ steps.b.output }}"', /no step b/],
    ['an element outside its loop', 'steps: [{ id: a, prompt: "${{ item }}" }]', /Unknown variable: item/],
    [
      'matches()',
      'steps: [{ id: a, if: "inputs.x.matches(\'a\')", then: [{ id: b, prompt: x }] }]',
      /search\(/,
    ],
    [
      'a default that is not listed',
      'inputs: { a: { type: string, enum: [x], default: y } }\nsteps: [{ id: a, prompt: x }]',
      /default: is not one/,
    ],
    [
      'too many loops at once',
      'steps: [{ id: a, for_each: "[1]", max_parallel: 99, steps: [{ id: b, prompt: x }] }]',
      /must be <= 16/,
    ],
    ['a bad output', 'steps: [{ id: a, prompt: x }]\noutput: "${{ nope }}"', /output: nope/],
  ];
  it.each(wrong)('is refused with %s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toMatch(problem);
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let depth = 1; depth < 9; depth++)
    lines.push(
      `a${depth}: &a${depth} [${Array(10)
        .fill(`*a${depth - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}
