import { StartRefused } from '../kernel/start-refused.js';
import { say } from './say.js';

const usage = `Usage: pullcord <command>

  start                    run the server; docs/reference/settings.md lists its settings
  backup FILE              copy the database to a new file, while the server runs or not
  verify [--quick] [FILE]  check a backup, or the database that the settings name; changes nothing
  export [--format folder|json|jsonl|markdown] [--context ID] [--owner NAME] FOLDER
                           write contexts to files, while the server runs or not;
                           markdown: [--lang en|zh|en,zh|zh,en] [--branch ID] [--summary]
  import [--ids same|new] [--owner NAME] PATH...
                           read them back, and archives of ChatGPT and Claude; with SQLite, while no server runs
  auth copilot [--forget]  log in at GitHub Copilot, or forget the login; docs/guides/models.md has its terms
  models [--json]          list the models of the providers that the settings name; each line begins with an id
  usage [--group-by KEYS] [--from DAY] [--to DAY] [--owner NAME]
                           what calls to models have used; KEYS are some of owner,day,provider,model,purpose,context
  env --claude-code|--codex|--openai [--model ID] [--owner NAME]
                           print the shell lines that point these programs here: eval "$(pullcord env …)"

Exit code: 0 when all is well, 1 when it is not, 2 when the command does not exist or does not apply.`;

type Command = (args: readonly string[]) => Promise<number | 'usage'>;

const commands = new Map<string, Command>(
  Object.entries({
    // Each loads only what it needs.
    backup: async (args: readonly string[]) => (await import('./backup.js')).backup(args),
    verify: async (args: readonly string[]) => (await import('./verify.js')).verify(args),
    export: async (args: readonly string[]) => (await import('./export.js')).exportContexts(args),
    import: async (args: readonly string[]) => (await import('./import.js')).importContexts(args),
    auth: async (args: readonly string[]) => (await import('./auth.js')).auth(args),
    models: async (args: readonly string[]) => (await import('./models.js')).models(args),
    usage: async (args: readonly string[]) => (await import('./usage.js')).showUsage(args),
    env: async (args: readonly string[]) => (await import('./env.js')).env(args),
    help: async () => {
      await say(usage);
      return 0;
    },
  }),
);

/** Runs a command of the `pullcord` program; the answer is the exit code. `start` never gets here: its launcher is the server. */
async function run([name = '', ...args]: readonly string[]): Promise<number> {
  const command = commands.get(name.replace(/^(--help|-h)$/, 'help'));
  const code = command ? await command(args) : 'usage';
  if (code !== 'usage') return code;
  process.stderr.write(`${usage}\n`);
  return 2;
}

// Whoever read our output has read enough.
process.stdout.on('error', () => process.exit(1));
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // A refusal is one line that the operator can act on; anything else is a defect, and its trace is wanted.
  process.stderr.write(error instanceof StartRefused ? `${error.message}\n` : `${(error as Error).stack}\n`);
  process.exitCode = 1;
}
