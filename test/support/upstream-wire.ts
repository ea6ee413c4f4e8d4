import type { Piece, Plan } from './upstream-plan.js';

/** One write to the socket, or what happens between writes. */
export type Move =
  | Write
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'stall' }
  | { readonly type: 'hold' }
  | { readonly type: 'die' };

interface Encoded {
  readonly bytes: Buffer;
  readonly text: string;
}

type Write = Encoded & { readonly type: 'write' };

/** The moves that stream a plan's pieces. */
export function toMoves(plan: Plan): readonly Move[] {
  const moves: Move[] = [];
  let run: Encoded[] = [];
  const flush = (): void => {
    moves.push(...pack(run, plan.packing));
    run = [];
  };
  for (const piece of withDone(plan)) {
    if (piece.type !== 'event' && piece.type !== 'comment' && piece.type !== 'raw') {
      flush();
      moves.push(piece);
    } else run.push(encode(piece, plan.eol ?? '\n'));
  }
  flush();
  return moves;
}

const withDone = (plan: Plan): readonly Piece[] => [
  ...(plan.pieces ?? []),
  ...(plan.isDoneSent === false
    ? []
    : [{ type: 'raw', raw: `data: [DONE]${(plan.eol ?? '\n').repeat(2)}` } as const]),
];

function encode(piece: Extract<Piece, { type: 'event' | 'comment' | 'raw' }>, eol: string): Encoded {
  switch (piece.type) {
    case 'event':
      return {
        bytes: Buffer.from(`${named(piece.event, eol)}data: ${JSON.stringify(piece.json)}${eol}${eol}`),
        text: piece.text ?? '',
      };
    case 'comment':
      return { bytes: Buffer.from(`: ${piece.comment}${eol}${eol}`), text: '' };
    case 'raw':
      return { bytes: Buffer.from(piece.raw), text: '' };
  }
}

const named = (event: string | undefined, eol: string): string => (event ? `event: ${event}${eol}` : '');

function pack(events: readonly Encoded[], packing: Plan['packing'] = 1): readonly Write[] {
  if (packing === 'torn') return tear(events);
  if (typeof packing === 'object') return tear(pack(events, packing.torn));
  const packets = Math.ceil(events.length / packing);
  return Array.from({ length: packets }, (_, at) => join(events.slice(at * packing, (at + 1) * packing)));
}

/** Each packet but the last ends inside an event, and begins with the rest of the one before. */
function tear(events: readonly Encoded[]): readonly Write[] {
  let rest: Encoded = { bytes: Buffer.alloc(0), text: '' };
  const moves = events.map(({ bytes, text }) => {
    const at = tearAt(bytes);
    const move = join([rest, { bytes: bytes.subarray(0, at), text: '' }]);
    rest = { bytes: bytes.subarray(at), text };
    return move;
  });
  return events.length === 0 ? [] : [...moves, join([rest])];
}

/** After the first byte of the first character that has several, or else in the middle. */
function tearAt(bytes: Buffer): number {
  const lead = bytes.findIndex((byte) => byte >= 0xc0);
  return lead === -1 ? Math.ceil(bytes.length / 2) : lead + 1;
}

const join = (events: readonly Encoded[]): Write => ({
  type: 'write',
  bytes: Buffer.concat(events.map(({ bytes }) => bytes)),
  text: events.map(({ text }) => text).join(''),
});
