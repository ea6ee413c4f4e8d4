import { v7, validate } from 'uuid';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ContextId = Branded<'ContextId'>;
export type MessageId = Branded<'MessageId'>;
export type RunId = Branded<'RunId'>;
/** A branch's key within its context: `main`, or a UUIDv7 for a fork. */
export type BranchId = Branded<'BranchId'>;
/** Who a context belongs to: the name before the colon in PULLCORD_TOKENS, or `local` when auth is off. */
export type Owner = Branded<'Owner'>;

/** A new UUIDv7: unique, and sorted by the time it was made (RFC 9562 §5.7). */
export const newId = <Id extends string>(): Id => v7() as Id;

/** True for any UUID in its lower-case text form, the only form that is stored. */
export const isId = (text: unknown): text is string =>
  typeof text === 'string' && text === text.toLowerCase() && validate(text);

export const mainBranch = 'main' as BranchId;
