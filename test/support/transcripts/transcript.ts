import type { Dialect } from '../../../src/providers/language-model.js';
import type { UpstreamCall } from '../fake-upstream.js';
import type { Plan } from '../upstream-plan.js';
import { toMoves, type Move } from '../upstream-wire.js';
import { pathOf } from './ask-in.js';
import type { Case } from './situations.js';

/** What went over the four wires of one call. */
export interface Exchange {
  readonly asked: object;
  /** Undefined where the provider was not asked at all. */
  readonly call?: UpstreamCall;
  readonly plan: Plan;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The connection broke in the middle of it. */
  readonly isCut: boolean;
}

/** A call from end to end, to be read by people: what its golden file holds. */
export function transcriptOf(of: Case, exchange: Exchange): string {
  const answered = upstreamAnswer(exchange);
  const body = visible(exchange.body);
  const sections = [
    `${of.situation.name}: ${of.client} from ${of.upstream}`,
    section('the client asks', `POST ${pathOf[of.client]}`, pretty(exchange.asked)),
    section('the upstream is asked', ...upstreamQuestion(exchange)),
    section('the upstream answers', answered),
    section(
      'the client is answered',
      ...headOf(exchange),
      body !== '' && answered.endsWith(body) && of.client === of.upstream ? '[the same]' : body,
      ...(exchange.isCut ? ['[cut off]'] : []),
    ),
  ];
  return `${steady(sections.join('\n'))}\n`;
}

const section = (title: string, ...lines: readonly string[]): string =>
  [`\n=== ${title}`, ...lines].join('\n').trimEnd();

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

function upstreamQuestion({ call }: Exchange): readonly string[] {
  if (!call) return ['[nothing]'];
  const { method, path, body, headers } = call.request;
  const told = ['anthropic-version', 'anthropic-beta'].filter((name) => headers[name] !== undefined);
  return [`${method} ${path}`, ...told.map((name) => `${name}: ${String(headers[name])}`), pretty(body)];
}

function upstreamAnswer({ plan, call }: Exchange): string {
  if (plan.isReset) return '[resets the connection]';
  if (plan.unstreamed !== undefined && call?.request.body['stream'] !== true)
    return `200\n${JSON.stringify(plan.unstreamed)}`;
  if (plan.whole) return `${plan.whole.status}\n${plan.whole.body}`;
  const moves = toMoves(plan);
  const bytes = Buffer.concat(moves.map((move) => (move.type === 'write' ? move.bytes : Buffer.of())));
  return `200\n${visible(bytes.toString('utf8'))}${moves.some(isDeath) ? '[cuts the connection]' : ''}`;
}

const isDeath = (move: Move): boolean => move.type === 'die';

const headOf = ({ status, headers }: Exchange): readonly string[] => [
  `${status}`,
  ...['content-type', 'retry-after'].flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [`${name}: ${value}`];
  }),
];

/** With what a file cannot show, or an editor would change. */
const visible = (text: string): string => text.replaceAll('\r', '␍').replaceAll('\u2028', '␤');

/** Without what is another every time: each id that the gateway makes is a number in the order of their coming. */
function steady(text: string): string {
  const ids = new Map<string, string>();
  const number = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`);
    return ids.get(id) ?? '';
  };
  return text
    .replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, number)
    .replace(/"(created|created_at|completed_at)":\s?(?!1700000000)\d+(\.\d+)?/g, '"$1":<time>');
}

/** The folder of its file, and the file. */
export const goldenPath = (client: Dialect, upstream: Dialect, name: string): string =>
  `${client}-from-${upstream}/${name}.txt`;
