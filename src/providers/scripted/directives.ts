import type { ModelErrorCode } from '../model-error.js';

/** What the last user message tells the scripted model to do. */
export interface Directives {
  readonly reason?: boolean;
  readonly words?: number;
  readonly paceMs?: number;
  readonly calls: readonly ToolOrder[];
  /** How many times in a row the calls are made, each after the last one's results. */
  readonly rounds: number;
  /** Falls silent after so many words, until aborted. */
  readonly stallAfter?: number;
  readonly fail?: ModelErrorCode | 'default';
  /** Breaks off after so many words. */
  readonly failAfter?: number;
  /** The answer, to the letter. */
  readonly echo?: string;
  /** What was said beside the directives. */
  readonly text: string;
  /** What a directive got wrong, as sentences for the answer. */
  readonly mistakes: readonly string[];
}

export interface ToolOrder {
  readonly name: string;
  /** As it was written: whether it is JSON is for the one who runs the tool to find out. */
  readonly arguments: string;
}

export const maxWords = 100_000;
export const maxPaceMs = 60_000;
export const maxRounds = 1_000;
export const maxCalls = 32;

const failures: readonly ModelErrorCode[] = [
  'connect_failed',
  'connect_timeout',
  'first_chunk_timeout',
  'idle_timeout',
  'rate_limited',
  'upstream_error',
  'upstream_rejected',
  'upstream_protocol',
  'content_too_large',
];

/** A mutable Directives, while the lines are being read. */
type Draft = { -readonly [Name in keyof Directives]: Directives[Name] };
type Read = (draft: Draft, rest: string) => Partial<Draft> | string;

/**
 * A directive stands on a line of its own. Each reader gives what it understood, or a sentence on what it did
 * not. `/echo` is not among them: it takes all that follows, however many lines.
 */
const readers: Readonly<Record<string, Read>> = {
  '/reason': () => ({ reason: true }),
  '/words': (_, rest) => number('/words', rest, maxWords, (words) => ({ words })),
  '/pace': (_, rest) => number('/pace', rest, maxPaceMs, (paceMs) => ({ paceMs })),
  '/rounds': (_, rest) => number('/rounds', rest, maxRounds, (rounds) => ({ rounds })),
  '/stall': (_, rest) => number('/stall', rest || '3', maxWords, (stallAfter) => ({ stallAfter })),
  '/fail-after': (_, rest) => number('/fail-after', rest, maxWords, (failAfter) => ({ failAfter })),
  '/fail': (_, rest) => {
    const fail = rest === '' ? 'default' : failures.find((code) => code === rest);
    return fail ? { fail } : `/fail knows ${failures.join(', ')}.`;
  },
  '/tool': ({ calls }, rest) => {
    const [, name, written] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
    if (!name) return '/tool needs the name of a tool, and after it the arguments as JSON.';
    if (calls.length >= maxCalls) return `/tool can be given ${maxCalls} times.`;
    return { calls: [...calls, { name, arguments: written || '{}' }] };
  },
};

/** Reads the directives out of a message. A line that begins with an unknown /word is text like any other. */
export function readDirectives(message: string): Directives {
  const [before, echo] = cutEcho(message);
  const draft: Draft = { calls: [], rounds: 1, text: '', mistakes: [], echo };
  const text: string[] = [];
  for (const line of before.split('\n')) {
    const [, word = '', rest = ''] = /^\s*(\/\S+)(.*)$/s.exec(line) ?? [];
    const read = Object.hasOwn(readers, word) ? readers[word] : undefined;
    if (!read) {
      text.push(line);
      continue;
    }
    const understood = read(draft, rest.trim());
    if (typeof understood === 'string') draft.mistakes = [...draft.mistakes, understood];
    else Object.assign(draft, understood);
  }
  return { ...draft, text: text.join('\n').trim() };
}

/** The part before `/echo`, and the text after it without the one space or line end that parts them. */
function cutEcho(message: string): [string, string | undefined] {
  const found = /^\/echo(?: |\r?\n|$)/m.exec(message);
  return found
    ? [message.slice(0, found.index), message.slice(found.index + found[0].length)]
    : [message, undefined];
}

function number(
  directive: string,
  rest: string,
  max: number,
  then: (value: number) => Partial<Draft>,
): Partial<Draft> | string {
  const isInRange = /^\d{1,9}$/.test(rest) && Number(rest) <= max;
  return isInRange ? then(Number(rest)) : `${directive} needs a whole number from 0 to ${max}.`;
}
