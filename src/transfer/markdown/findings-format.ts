import type { Message } from '../../messages/message-kinds.js';

/** Lines of a conversation that say of themselves what they are. */
export interface Findings {
  readonly requirements: Set<string>;
  readonly decisions: Set<string>;
  readonly tasks: Set<string>;
}

export const newFindings = (): Findings => ({
  requirements: new Set(),
  decisions: new Set(),
  tasks: new Set(),
});

/** Lines of each sort that are kept, and characters of each. */
const maxLines = 200;
const maxLength = 500;

const marks = {
  requirements: /^(?:requirements?|must|需求|要求)\s*[:：]\s*(.+)$/i,
  decisions: /^(?:decisions?|decided|决定|决策)\s*[:：]\s*(.+)$/i,
  tasks: /^(?:todo|tasks?|open tasks?|next steps?|待办|任务)\s*[:：]\s*(.+)$/i,
} as const;

/**
 * Takes from a message what it marks: lines such as `Decision: …`, and the items of task lists, which a later `[x]` ends.
 * No model is asked. Pure but for `found`.
 */
export function addFindings(found: Findings, message: Message): void {
  if (message.kind !== 'text' && message.kind !== 'streaming_response' && message.kind !== 'summary') return;
  const { content = '' } = message.data as { readonly content?: string };
  for (const raw of content.split('\n')) {
    const line = raw.trim().slice(0, maxLength);
    const task = /^(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s+(.+)$/.exec(line);
    if (task) {
      if (task[1] === ' ') keep(found.tasks, task[2]);
      else found.tasks.delete(task[2] ?? '');
      continue;
    }
    const said = line.replace(/^(?:[-*+]|\d+[.)]|#+)\s+/, '').replace(/\*\*/g, '');
    for (const sort of ['requirements', 'decisions', 'tasks'] as const)
      keep(found[sort], marks[sort].exec(said)?.[1]);
  }
}

function keep(lines: Set<string>, line: string | undefined): void {
  if (line && lines.size < maxLines) lines.add(line);
}
