import { Suspended } from './step-outcome.js';

/**
 * Does the work for each element, at most `limit` at a time, and answers the results in the order of the elements.
 * After a failure nothing more begins; what runs comes to its end first, then the earliest failure is thrown. One
 * that is suspended does not keep the others from going on.
 */
export async function inParallel<Element, Result>(
  elements: readonly Element[],
  limit: number,
  work: (element: Element, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array<Result>(elements.length);
  const failures = new Map<number, unknown>();
  let isSuspended = false;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < elements.length && failures.size === 0) {
      const index = next++;
      try {
        results[index] = await work(elements[index] as Element, index);
      } catch (error) {
        if (error instanceof Suspended) isSuspended = true;
        else failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, elements.length) }, worker));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  if (isSuspended) throw new Suspended();
  return results;
}
