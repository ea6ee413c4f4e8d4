import { loadSettings } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';
import { awaitLogin, beginLogin, LoginRefused, type GithubApp } from '../providers/copilot/device-login.js';
import { removeLogin, writeLogin } from '../providers/copilot/login-file.js';
import { ModelError } from '../providers/model-error.js';
import { say } from './say.js';

/**
 * `pullcord auth copilot [--forget]`: lets the user in at GitHub, and keeps the token in the data folder, for its owner
 * alone. The token is never shown. A server that runs takes the new one with its next exchange.
 */
export async function auth([provider, option, ...more]: readonly string[]): Promise<number | 'usage'> {
  if (provider !== 'copilot' || more.length > 0) return 'usage';
  if (option !== undefined && option !== '--forget') return 'usage';
  const settings = loadSettings();
  try {
    await (option === '--forget' ? forget(settings) : logIn(settings));
    return 0;
  } catch (error) {
    if (!(error instanceof LoginRefused || error instanceof ModelError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function logIn(settings: Settings): Promise<void> {
  const app: GithubApp = {
    url: settings.copilotGithubUrl,
    clientId: settings.copilotClientId,
    timeoutMs: settings.copilotTimeoutMs,
  };
  // Ctrl-C ends the program, and with it the wait.
  const { signal } = new AbortController();
  const code = await beginLogin(app, signal);
  await say(`Enter the code ${code.userCode} at ${code.verificationUrl}`);
  await say(
    'GitHub meant this for its own editors: its terms for Copilot apply to you, and it may end your access.',
  );
  await writeLogin(settings.dataDir, await awaitLogin(app, code, signal));
  await say('Logged in. Providers of the type copilot use it; docs/guides/models.md has an example.');
}

async function forget({ dataDir, copilotGithubUrl }: Settings): Promise<void> {
  const isForgotten = await removeLogin(dataDir);
  await say(
    isForgotten
      ? `Forgotten. GitHub still lists the app: ${copilotGithubUrl}/settings/applications takes its access away.`
      : 'There was no login to forget.',
  );
}
