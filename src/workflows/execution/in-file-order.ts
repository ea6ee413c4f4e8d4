import { allSteps } from '../definition/read-workflow.js';
import type { Workflow } from '../definition/workflow-kinds.js';

/**
 * Steps in the order in which the workflow has them: a step before those inside it, and a loop's iterations by their
 * numbers. Paths are ids, inside loops with the ids and numbers around them: `each/10/read`. Pure.
 */
export function inFileOrder<Step extends { readonly path: string }>(
  workflow: Workflow,
  steps: readonly Step[],
): readonly Step[] {
  const places = new Map(allSteps(workflow.steps).map(({ step }, place) => [step.id, place]));
  // Ids and numbers take turns in a path, so that what stands at one depth is of one sort.
  const keyed = steps.map((step) => ({
    step,
    key: step.path
      .split('/')
      .map((part, depth) => (depth % 2 === 0 ? (places.get(part) ?? 0) : Number(part))),
  }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ step }) => step);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [depth, part] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (part !== other) return part - other;
  }
  return a.length - b.length;
}
