import { documented } from '../documented.js';

export interface ComponentFacts {
  /** What it is, in a sentence. */
  readonly about?: string;
  /** What it is called in the OpenAPI document, and so in a generated client; by default what the class is called. */
  readonly name?: string;
  /** A whole value to show, where one made of the fields' own examples would be odd. */
  readonly example?: object;
  /** The fewest fields that it has, where each may be absent but not all. */
  readonly minProperties?: number;
}

/** How the OpenAPI document shows a class of fields. */
export function Component({ about, example, ...facts }: ComponentFacts): ClassDecorator {
  // ApiSchema's type knows fewer facts than it passes on.
  const schema = { ...facts, ...(about && { description: about }), ...(example && { examples: [example] }) };
  return documented(({ ApiSchema }) => ApiSchema(schema));
}
