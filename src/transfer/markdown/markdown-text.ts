import type { Message } from '../../messages/message-kinds.js';
import type { RecordHead } from '../export/export.pull.js';
import { addFindings, newFindings, type Findings } from './findings-format.js';
import { mapMessage } from './map-message.js';
import { plain, quoted } from './safe-format.js';
import { wordsIn, type Language, type Word } from './words-format.js';

export interface MarkdownQuery {
  readonly lang: readonly Language[];
  /** With a section of what the messages mark as requirements, decisions and open tasks. */
  readonly summary: boolean;
}

/** The messages of the line that is shown; called twice, as who took part stands before what they said. */
type Line = () => AsyncIterable<Message>;

/** A branch of a conversation as a document for people, piece by piece. */
export async function* markdownText(
  head: RecordHead,
  branch: string,
  line: Line,
  { lang, summary }: MarkdownQuery,
): AsyncGenerator<string, void> {
  const say = wordsIn(lang);
  const seen = await survey(line());
  const { context } = head;
  yield `# ${context.title === null ? say('untitled') : plain(context.title)}\n\n`;
  yield `## ${say('facts')}\n\n`;
  const facts: readonly (readonly [Word, string])[] = [
    ['created', context.created_at],
    ['updated', context.updated_at],
    ['branch', plain(head.branches.find(({ id }) => id === branch)?.name ?? branch)],
    ['messages', String(seen.count)],
    ...(context.config.model === undefined ? [] : [['model', plain(context.config.model)] as const]),
  ];
  yield facts.map(([word, value]) => `- ${say(word)}: ${value}\n`).join('');
  yield `\n## ${say('participants')}\n\n`;
  for (const [role, models] of seen.roles)
    yield `- ${say(role)}${models.size > 0 ? `: ${[...models].map(plain).join(', ')}` : ''}\n`;
  if (summary) yield summaryText(seen, say);
  yield `\n## ${say('conversation')}\n`;
  for await (const message of line()) yield `\n${mapMessage(message, say)}`;
}

interface Survey {
  readonly count: number;
  readonly roles: ReadonlyMap<Message['role'], ReadonlySet<string>>;
  readonly found: Findings;
  /** The newest summary of the conversation. */
  readonly summary: string | undefined;
}

async function survey(messages: AsyncIterable<Message>): Promise<Survey> {
  const roles = new Map<Message['role'], Set<string>>();
  const found = newFindings();
  let count = 0;
  let summary: string | undefined;
  for await (const message of messages) {
    count++;
    const models = roles.get(message.role) ?? new Set();
    roles.set(message.role, models);
    const { model, content } = message.data as { readonly model?: unknown; readonly content?: string };
    if (message.kind === 'streaming_response' && models.size < 100) models.add(String(model));
    if (message.kind === 'summary') summary = content;
    addFindings(found, message);
  }
  return { count, roles, found, summary };
}

function summaryText({ found, summary }: Survey, say: (word: Word) => string): string {
  const listed = (['requirements', 'decisions', 'tasks'] as const).map((sort) => {
    const lines = [...found[sort]].map((line) => `- ${sort === 'tasks' ? '[ ] ' : ''}${plain(line)}`);
    return `\n### ${say(sort)}\n\n${lines.length > 0 ? lines.join('\n') : `*${say('none')}*`}\n`;
  });
  return `\n## ${say('summary')}\n${summary === undefined ? '' : `\n${quoted(summary)}\n`}${listed.join('')}`;
}
