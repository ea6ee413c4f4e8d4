import { mapping, objectFrom, objectOf, quote, refuseOtherFields, Wrong } from './mapping.js';
import { toolPattern } from './tool-policy.js';

const permissions = ['read', 'write', 'execute', 'network'] as const;
const roles = ['planner', 'actor'] as const;

/** What a mode of work adds to a conversation, and what it takes from it. */
export interface Mode {
  /** Told to the model behind the system prompt. */
  readonly instructions?: string;
  /** Names of tools, with `*` for any characters and `?` for one; no others are offered or called. */
  readonly tools?: readonly string[];
  /** What a tool may do at most; one that does more is not offered or called. */
  readonly permissions?: readonly (typeof permissions)[number][];
  /** The role of a context that names none; a planner stays one in any mode. */
  readonly agent_role?: (typeof roles)[number];
  /** It makes no sense with a model that cannot call tools. */
  readonly needs_tools?: boolean;
}

export type ModeTable = Readonly<Record<string, Mode>>;

/** The modes that there are without any setting. */
export const builtinModes: ModeTable = {
  chat: {},
  plan: {
    instructions:
      'Work out what is to be done before anything is done: look up what you need, change nothing, and answer with a plan in steps that somebody else could follow.',
    permissions: ['read'],
  },
  act: {
    instructions:
      'Carry out what was asked for or planned, step by step, with the tools that you are given. Say in the end what you have done, and what you could not do.',
    needs_tools: true,
  },
};

/** All modes by their names; one that is set goes before a built-in one of its name. */
export const modesOf = ({ modes }: { readonly modes: ModeTable }): ReadonlyMap<string, Mode> =>
  new Map(Object.entries({ ...builtinModes, ...modes }));

export const modeTable = mapping<ModeTable>(
  'a mapping of names to {instructions, tools, permissions, agent_role, needs_tools}',
  readTable,
);

const maxModes = 100;
const maxTools = 200;
const maxInstructions = 20_000;

function readTable(raw: unknown): ModeTable {
  const modes = Object.entries(objectFrom(raw));
  if (modes.length > maxModes) throw new Wrong(`there are more than ${maxModes} modes`);
  return Object.fromEntries(modes.map(([name, mode]) => [name, readMode(mode, name)]));
}

function readMode(raw: unknown, name: string): Mode {
  if (!/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(name))
    throw new Wrong(`the name ${quote(name)} must be 1 to 64 characters, none of them a control character`);
  const given = objectOf(raw, name);
  refuseOtherFields(given, ['instructions', 'tools', 'permissions', 'agent_role', 'needs_tools'], name);
  const { instructions, tools, permissions: allowed, agent_role, needs_tools } = given;
  return {
    ...(instructions !== undefined && { instructions: instructionsOf(instructions, name) }),
    ...(tools !== undefined && { tools: toolsOf(tools, name) }),
    ...(allowed !== undefined && { permissions: someOf(permissions, allowed, `${name}.permissions`) }),
    ...(agent_role !== undefined && { agent_role: roleOf(agent_role, name) }),
    ...(needs_tools !== undefined && { needs_tools: flagOf(needs_tools, name) }),
  };
}

function instructionsOf(raw: unknown, name: string): string {
  if (typeof raw === 'string' && raw.length <= maxInstructions) return raw;
  throw new Wrong(`${name}.instructions must be a text of at most ${maxInstructions} characters`);
}

function toolsOf(raw: unknown, name: string): readonly string[] {
  const items: readonly unknown[] = Array.isArray(raw) ? raw : [undefined];
  const patterns = items.filter((item) => typeof item === 'string').filter((item) => toolPattern.test(item));
  if (patterns.length === items.length && items.length <= maxTools) return patterns;
  throw new Wrong(`${name}.tools must be a list of at most ${maxTools} names of tools, with * and ? in them`);
}

function someOf<Choice extends string>(choices: readonly Choice[], raw: unknown, where: string): Choice[] {
  const items: readonly unknown[] = Array.isArray(raw) ? raw : [undefined];
  const known = choices.filter((choice) => items.includes(choice));
  if (items.every((item) => choices.some((choice) => choice === item))) return known;
  throw new Wrong(`${where} must be a list of some of ${choices.join(', ')}`);
}

function roleOf(raw: unknown, name: string): (typeof roles)[number] {
  const role = roles.find((one) => one === raw);
  if (!role) throw new Wrong(`${name}.agent_role must be ${roles.join(' or ')}`);
  return role;
}

function flagOf(raw: unknown, name: string): boolean {
  if (typeof raw !== 'boolean') throw new Wrong(`${name}.needs_tools must be true or false`);
  return raw;
}
