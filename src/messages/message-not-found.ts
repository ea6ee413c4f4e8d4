import { DomainError } from '../kernel/domain-error.js';

export const messageNotFound = (id: string): DomainError =>
  new DomainError('message_not_found', `The context has no message ${id}.`);
