import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { validateSync, type ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../../kernel/domain-error.js';
import { fieldsOf, type Class } from './field.js';
import { hydrate, isJsonObject } from './hydrate.js';
import { isValid } from './is-valid.js';

/** Wrong fields named in one answer; a request can have as many as it has bytes. */
const maxErrors = 50;
const maxNameLength = 100;

/**
 * The instance of `type` that a request's JSON (or query, or path parameters) describes.
 * Throws `invalid_request` with every wrong field's path and a sentence about it.
 */
export function parseFields<Instance extends object>(type: Class<Instance>, plain: unknown): Instance {
  if (!isJsonObject(plain)) throw invalid([{ path: '', message: 'must be a JSON object' }]);
  const errors: FieldError[] = [];
  const instance = hydrate(type, plain, (path, message) => {
    if (errors.length <= maxErrors) errors.push({ path: toPath(path), message });
  });
  if (errors.length === 0 && isValid(instance)) return instance;
  // Something is wrong, which nearly never happens: what exactly is class-validator's to say.
  if (fieldsOf(type).size > 0) {
    const options = { stopAtFirstError: true, validationError: { target: false, value: false } };
    errors.push(...toFieldErrors(validateSync(instance, options)));
  }
  if (errors.length > 0) throw invalid(errors);
  return instance;
}

/** class-validator's tree of errors as a flat list: one sentence for each wrong field. */
export function toFieldErrors(
  errors: readonly ValidationError[],
  above: readonly string[] = [],
): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = [...above, property];
    const own = Object.values(constraints ?? {}).slice(0, 1);
    return [
      ...own.map((message) => ({ path: toPath(path), message })),
      ...toFieldErrors(children ?? [], path),
    ];
  });
}

/** The pipe for every body, query and path parameter that is declared as a class of fields. */
export const validationPipe = (): PipeTransform => ({
  transform: (value: unknown, { type, metatype }: ArgumentMetadata): unknown => {
    if (type === 'custom' || !metatype || plainTypes.has(metatype)) return value;
    // A command whose fields are all optional may come without a body.
    return parseFields(metatype as Class, value === undefined ? {} : value);
  },
});

/** What Nest reports for a parameter that is not declared as a class. */
const plainTypes: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Array, Buffer]);

function invalid(errors: readonly FieldError[]): DomainError {
  // A field that hydrate refused is refused once more by its own rule: the first says more.
  const seen = new Set<string>();
  const unique = errors.filter(({ path }) => !seen.has(path) && seen.add(path));
  const [first] = unique;
  const more = unique.length > 1 ? ` (and ${unique.length - 1} more)` : '';
  const subject = first?.path === '' ? 'The request' : first?.path;
  return new DomainError('invalid_request', `${subject} ${first?.message}${more}.`, {
    errors: unique.slice(0, maxErrors),
  });
}

const toPath = (names: readonly string[]): string =>
  names.map((name) => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name)).join('.');
