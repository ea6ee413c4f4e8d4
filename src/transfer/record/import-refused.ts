import { DomainError, type FieldError } from '../../kernel/domain-error.js';

/** Wrong fields named in one refusal. */
export const maxProblems = 50;

/** What was sent is no context that could be: nothing of it is written. */
export function importRefused(errors: readonly FieldError[]): DomainError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const message = first ? `${first.path} ${first.message}`.trim() : 'It is nothing that is known here';
  return new DomainError('invalid_request', `${message}${more}.`, { errors: errors.slice(0, maxProblems) });
}
