import { loadSettings } from '../config/load-settings.js';
import { plainToken } from '../config/plain-token.js';
import type { Settings } from '../config/settings.js';
import { readOptions } from './options.js';
import { say } from './say.js';

const flags = ['--claude-code', '--codex', '--openai'] as const;
type Flag = (typeof flags)[number];

/** Where a server listens, and what it is to be shown. */
interface Door {
  /** Without a path. */
  readonly url: string;
  readonly token: string;
  readonly model: string | undefined;
}

/**
 * `pullcord env --claude-code|--codex|--openai [--model ID] [--owner NAME]`: shell lines that point these programs at the
 * server that these settings describe, to be `eval`ed. They hold a token.
 */
export async function env(args: readonly string[]): Promise<number | 'usage'> {
  const named = args.filter((arg) => !flags.some((flag) => flag === arg));
  const asked = flags.filter((flag) => args.includes(flag));
  const { options, rest } = readOptions(named, ['model', 'owner']);
  if (asked.length === 0 || rest.length > 0 || named.length !== options.size * 2) return 'usage';
  const settings = loadSettings();
  const token = tokenOf(settings, options.get('owner'));
  if (settings.port === 0) return refuse('PORT is 0: which port the server takes is known when it listens.');
  if (token === undefined)
    return refuse(
      'Of this owner PULLCORD_TOKENS has no token, or its hash alone: set the variables by hand.',
    );
  const door = { url: urlOf(settings), token, model: options.get('model') ?? settings.defaultModel };
  const lines = new Set(asked.flatMap((flag) => linesOf(flag, door)));
  for (const line of lines) await say(line);
  return 0;
}

function linesOf(flag: Flag, { url, token, model }: Door): readonly string[] {
  switch (flag) {
    case '--claude-code':
      return [
        set('ANTHROPIC_BASE_URL', url),
        set('ANTHROPIC_AUTH_TOKEN', token),
        ...(model ? [set('ANTHROPIC_MODEL', model), set('ANTHROPIC_DEFAULT_HAIKU_MODEL', model)] : []),
      ];
    case '--codex':
      return [...linesOf('--openai', { url, token, model }), `# ${codexCall(url, model)}`];
    case '--openai':
      return [set('OPENAI_BASE_URL', `${url}/v1`), set('OPENAI_API_KEY', token)];
    default:
      return flag satisfies never;
  }
}

/** Codex reads its providers from its configuration; newer ones do not heed OPENAI_BASE_URL. */
function codexCall(url: string, model: string | undefined): string {
  const provider = `{ name = "Pullcord", base_url = "${url}/v1", env_key = "OPENAI_API_KEY", wire_api = "responses" }`;
  const words = ['codex', '-c', 'model_provider="pullcord"', '-c', `model_providers.pullcord=${provider}`];
  return [...words, ...(model ? ['-m', model] : [])].map(quote).join(' ');
}

/** Programs want some key also where the server wants none. */
function tokenOf({ tokens }: Settings, owner: string | undefined): string | undefined {
  return tokens.length === 0 ? 'pullcord' : plainToken(owner);
}

/** An address that stands for all of this machine's is reached at the loopback one. */
function urlOf({ host, port }: Settings): string {
  const reachable = host.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

const set = (name: string, value: string): string => `export ${name}=${quote(value)}`;

/** As one word of a POSIX shell, whatever is in it (POSIX.1-2017, Shell Command Language, §2.2.2). */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 1;
}
