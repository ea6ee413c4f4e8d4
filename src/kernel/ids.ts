import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ContextId = Branded<'ContextId'>;
export type MessageId = Branded<'MessageId'>;
export type RunId = Branded<'RunId'>;
export type SystemPromptId = Branded<'SystemPromptId'>;
export type AttachmentId = Branded<'AttachmentId'>;
/** A branch's key within its context: `main`, or a UUIDv7 for a fork. */
export type BranchId = Branded<'BranchId'>;
/** Who a context belongs to: the name before the colon in PULLCORD_TOKENS, or `local` when auth is off. */
export type Owner = Branded<'Owner'>;

/** Random bytes for the next ids, drawn together: a draw of 16 costs what a draw of thousands does. */
const random = new Uint8Array(16 * 256);
let drawn = random.length;

/** When the last id was made, and its place in that millisecond: ids are sorted also within one (RFC 9562 §6.2). */
let msecs = 0;
let seq = 0;

/** A new UUIDv7: unique, and sorted by the time it was made (RFC 9562 §5.7). */
export function newId<Id extends string>(): Id {
  if (drawn === random.length) {
    randomFillSync(random);
    drawn = 0;
  }
  const bytes = random.subarray(drawn, (drawn += 16));
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) >>> 1;
  } else if (++seq > 0xffffffff) {
    msecs += 1;
    seq = 0;
  }
  return v7({ random: bytes, msecs, seq }) as Id;
}

/** RFC 9562 §4: the versions that there are, and the two that are all zeros and all ones. */
const idPattern =
  /^(?:[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}|0{8}(?:-0{4}){3}-0{12}|f{8}(?:-f{4}){3}-f{12})$/;

/** True for any UUID in its lower-case text form, the only form that is stored. */
export const isId = (text: unknown): text is string => typeof text === 'string' && idPattern.test(text);

export const mainBranch = 'main' as BranchId;
