import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../model-error.js';

/** In the data folder. Holds the user's token for GitHub, and is for the owner of the folder alone. */
export const loginFileName = 'copilot-login.json';

/**
 * The token of the user who has logged in; undefined when nobody has. Throws a ModelError when the file is not what
 * `writeLogin` has written, or can be read by others.
 */
export async function readLogin(dataDir: string): Promise<string | undefined> {
  const path = join(dataDir, loginFileName);
  try {
    // Windows has no such bits.
    if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0)
      throw wrong('can be read by other users of the machine: chmod 600 it');
    const { github_token } = JSON.parse(await readFile(path, 'utf8')) as { github_token?: unknown };
    if (isToken(github_token)) return github_token;
  } catch (error) {
    if (error instanceof ModelError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // What cannot be parsed must not be quoted.
  }
  throw wrong('cannot be read: `pullcord auth copilot` writes it anew');
}

/** Keeps the token, in place of an older one, whole or not at all. */
export async function writeLogin(dataDir: string, githubToken: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const part = join(dataDir, `${loginFileName}.${randomBytes(6).toString('hex')}.part`);
  const file = await open(part, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ github_token: githubToken })}\n`);
    await file.sync();
    await file.close();
    await rename(part, join(dataDir, loginFileName));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/** False when there was nothing to forget. */
export async function removeLogin(dataDir: string): Promise<boolean> {
  try {
    await rm(join(dataDir, loginFileName));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Something that a header can carry. */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value);

/** As good as no login: with this status another model may stand in. */
const wrong = (what: string): ModelError =>
  new ModelError('upstream_rejected', `The file ${loginFileName} in the data folder ${what}.`, {
    retryable: false,
    status: 401,
  });
