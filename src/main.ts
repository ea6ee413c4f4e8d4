import 'reflect-metadata';
import { idleSettings } from './config/idle-settings.js';
import { loadSettings } from './config/load-settings.js';
import { StartRefused } from './kernel/start-refused.js';
import { welcomeText } from './welcome-text.js';

try {
  const settings = loadSettings();
  // Loaded second, so that a wrong setting is answered at once.
  const { createLogger } = await import('./http/request-logger.js');
  const { createApp } = await import('./create-app.js');
  const logger = createLogger(settings.logLevel);
  for (const sentence of idleSettings(settings)) logger.warn(sentence);
  const app = await createApp(settings, logger);
  // An end that was asked for is a success: exit code 0, not the signal's.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.init();
  await app.listen(settings.port, settings.host).catch((error: unknown) => {
    const { code = 'unknown' } = error as { code?: string };
    throw new StartRefused(`Nothing can listen on port ${settings.port} of ${settings.host} (${code}).`);
  });
  const url = await app.getUrl();
  logger.info({ url }, 'listening');
  // Not into the log, which is JSON lines for programs.
  process.stderr.write(welcomeText(url, settings));
} catch (error) {
  // A refusal is one line that the operator can act on; anything else is a defect, and its trace is wanted.
  process.stderr.write(error instanceof StartRefused ? `${error.message}\n` : `${(error as Error).stack}\n`);
  process.exit(1);
}
