/** What a model is told before everything else. */
export interface SystemFacts {
  readonly systemPrompt?: string;
  readonly mode?: string;
  /** What the mode adds. */
  readonly instructions?: string;
  readonly role?: string;
  readonly workspace?: WorkspaceHint;
  /** Names of the tools that go along with the request. */
  readonly tools: readonly string[];
}

export interface WorkspaceHint {
  readonly name: string;
  /** What is at its top, folders with a `/` behind their names. */
  readonly entries: readonly string[];
  /** There is more than that. */
  readonly isCut: boolean;
}

/**
 * The system message of a prompt; empty when there is nothing to say. Tools are described in the request itself, so they
 * are named only to a model that is told of its work. Pure.
 */
export function mapToSystem(facts: SystemFacts): string {
  const { systemPrompt = '', mode, instructions = '', role, workspace, tools } = facts;
  const work = [
    ...(mode === undefined ? [] : [`The mode of work is "${oneLine(mode)}".`]),
    ...(instructions.trim() === '' ? [] : [instructions]),
    ...(role === undefined ? [] : [roles[role] ?? `Your role is "${oneLine(role)}".`]),
    ...(workspace === undefined ? [] : [workspaceText(workspace)]),
  ];
  const named = work.length > 0 && tools.length > 0 ? [`You may call these tools: ${tools.join(', ')}.`] : [];
  const parts = [systemPrompt.trim() === '' ? '' : systemPrompt, [...work, ...named].join('\n')];
  return parts.filter((part) => part !== '').join('\n\n');
}

const roles: Readonly<Record<string, string>> = {
  planner: 'You are the planner: read and look up what you need, change nothing, and say what is to be done.',
  actor: 'You are the actor: carry out what the user asks for, with the tools that you are given.',
};

function workspaceText({ name, entries, isCut }: WorkspaceHint): string {
  const head = `The user works in the folder "${oneLine(name)}"; paths are relative to it.`;
  if (entries.length === 0) return head;
  return `${head} At its top: ${entries.map(oneLine).join(', ')}${isCut ? ', and more' : ''}.`;
}

/** Names come from outside: without line breaks none can pass for a line of its own. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
