import type { Dialect, ReasoningSeal } from '../../providers/language-model.js';

/** Seals of other dialects go through a caller's hands in the place where its own dialect has its seals. */
const foreign = /^pullcord:(chat_completions|responses|messages):(signature|redacted|encrypted):([^:]*):/;

/** A seal as text: its value for callers of its own dialect, or all of it, for others and where none is named. */
export const writeSeal = (seal: ReasoningSeal, own?: Dialect): string =>
  seal.dialect === own
    ? seal.value
    : `pullcord:${seal.dialect}:${seal.kind}:${encodeURIComponent(seal.id ?? '')}:${seal.value}`;

/** What `writeSeal` wrote; `own` is what it means where the text is a value of the caller's own dialect. */
export function readSeal(text: string, own: Omit<ReasoningSeal, 'value'>): ReasoningSeal {
  const [head = '', dialect, kind, id = ''] = foreign.exec(text) ?? [];
  if (dialect === undefined) return { ...own, value: text };
  return {
    dialect: dialect as Dialect,
    kind: kind as ReasoningSeal['kind'],
    value: text.slice(head.length),
    ...(id !== '' && { id: decode(id) }),
  };
}

function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // Nothing that was written here.
    return escaped;
  }
}
