import type { Driver } from 'typeorm';

/**
 * What a TypeORM driver holds under this name: the connection, or the pool, which its types do not show. Ours
 * and TypeORM's statements have to go through the same one.
 */
export function heldBy<Held>(driver: Driver, name: string, isRight: (held: unknown) => held is Held): Held {
  const held: unknown = Reflect.get(driver, name);
  if (isRight(held)) return held;
  throw new Error(`This version of TypeORM does not hold its connection as ${name}.`);
}
