// What is in ops: an image that has what the server needs, and files that agree with the server's settings.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { act, createContext } from '../support/api.js';
import { caller } from '../support/http.js';
import { readPage, root } from '../support/pages.js';
import { dockerfile, imagePaths, makeImageIn } from '../support/production.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const read = (file: string): string => readFileSync(join(root, 'ops', file), 'utf8');

/** Every setting with its default, as docs/reference/settings.md has them. */
const defaults = new Map(
  [...readPage('docs/reference/settings.md').matchAll(/^\| `(\w+)` \| [^|]+ \| `?([^|`]*)`? \|/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);
const unknown = (names: readonly string[]): string[] =>
  names.filter((name) => !defaults.has(name) && name !== 'NODE_ENV');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pullcord-image-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ops/Dockerfile', () => {
  it('copies what is there', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' '),
    );
    expect(copied.length).toBeGreaterThan(3);
    expect([...copied, ...imagePaths].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('sets what the server knows, and runs as nobody in particular', () => {
    const [, variables = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? [];
    const names = [...variables.matchAll(/(\w+)=/g)].map(([, name = '']) => name);
    expect(names).toContain('PULLCORD_DATA_DIR');
    expect(unknown(names)).toEqual([]);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  describe('its image', () => {
    const token = 'a-token-for-this-test';
    let server: TestServer;
    beforeAll(async () => {
      makeImageIn(folder);
      const env = {
        NODE_ENV: 'production',
        HOST: '0.0.0.0',
        PORT: '0',
        PULLCORD_DATA_DIR: join(folder, 'data'),
        PULLCORD_TOKENS: `ada:${token}`,
      };
      const [, program = ''] = /^CMD \["node", "\/app\/(.*)"\]$/m.exec(dockerfile) ?? [];
      server = new TestServer(folder, env, [process.execPath], join(folder, program));
      await server.start();
    });
    afterAll(() => server.kill());

    it('answers, shows its pages and its document, and converses', async () => {
      const pages = ['/', '/docs', '/openapi.json', '/health/ready'];
      const answers = pages.map((path) => fetch(server.url + path, { headers: { accept: 'text/html,*/*' } }));
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(statuses).toEqual([200, 200, 200, 200]);
      const api = caller(server, { token });
      const { id } = await createContext(api);
      await act(api, id, 'send_message', { content: '/echo From the image.' });
      const isAnswered = async (): Promise<boolean> => {
        const { body } = await api.get(`/contexts/${id}/messages?limit=1`);
        return JSON.stringify(body).includes('"content":"From the image."');
      };
      await until(isAnswered, { what: 'the answer' });
    });

    it('is healthy by its own check, and is not when nobody listens', async () => {
      const [, command = ''] = /^HEALTHCHECK [^]*?CMD (\[.*\])$/m.exec(dockerfile) ?? [];
      const [program = '', ...args] = JSON.parse(command) as string[];
      const check = async (port: string): Promise<number | null> => {
        const child = spawn(program, args, { env: { ...process.env, PORT: port } });
        return new Promise((resolve) => child.once('close', resolve));
      };
      expect(await check(new URL(server.url).port)).toBe(0);
      expect(await check('1')).toBe(1);
    });

    it('has the program for backups, and ends with success when it is told to', async () => {
      const args = [join(folder, 'bin/pullcord.mjs'), 'verify'];
      const { PATH = '' } = process.env;
      const env = { PATH, PULLCORD_DATA_DIR: join(folder, 'data') };
      const verified = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
      expect(verified).toMatchObject({ status: 0, stderr: '' });
      expect(await server.stop()).toEqual({ code: 0, signal: null });
    });
  });
});

describe('ops/compose.yaml', () => {
  interface Compose {
    readonly services: Readonly<
      Record<
        string,
        {
          readonly environment: Readonly<Record<string, string>>;
          readonly ports?: readonly string[];
          readonly build?: { readonly dockerfile: string };
          readonly stop_grace_period: string;
        }
      >
    >;
  }
  const files = ['compose.yaml', 'compose.postgres.yaml'].map((file) => parse(read(file)) as Compose);
  const pullcord = files.flatMap(({ services }) => services.pullcord ?? []);

  it('sets what the server knows, and builds what is there', () => {
    expect(unknown(pullcord.flatMap(({ environment }) => Object.keys(environment)))).toEqual([]);
    expect(existsSync(join(root, pullcord[0]?.build?.dockerfile ?? ''))).toBe(true);
  });

  it('lets only this machine in, and answers come to their end', () => {
    const ports = files.flatMap(({ services }) =>
      Object.values(services).flatMap((service) => service.ports ?? []),
    );
    expect(ports).toEqual(['127.0.0.1:3000:3000']);
    expect(parseInt(pullcord[0]?.stop_grace_period ?? '') * 1000).toBeGreaterThan(
      Number(defaults.get('PULLCORD_DRAIN_MS')),
    );
  });
});

describe('ops/pullcord.service', () => {
  const unit = read('pullcord.service');
  const valuesOf = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  it('starts what is built, with settings that there are, and waits for its end', () => {
    const [, program = ''] =
      /^\/usr\/bin\/node \/opt\/pullcord\/(.*)$/.exec(valuesOf('ExecStart')[0] ?? '') ?? [];
    expect(imagePaths.some((path) => program.startsWith(path)) && existsSync(join(root, program))).toBe(true);
    expect(unknown(valuesOf('Environment').map((value) => value.split('=')[0] ?? ''))).toEqual([]);
    expect(Number(valuesOf('TimeoutStopSec')[0]) * 1000).toBeGreaterThan(
      Number(defaults.get('PULLCORD_DRAIN_MS')),
    );
  });

  it('is understood by systemd, wherever there is one', () => {
    const file = join(folder, 'units/pullcord.service');
    mkdirSync(join(folder, 'units'));
    // systemd also looks whether the program is there.
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    const isMissing = error !== undefined && 'code' in error && error.code === 'ENOENT';
    const complaints = (stderr ?? '').split('\n').filter((line) => line.includes('pullcord.service'));
    expect({ isFine: isMissing || status === 0, complaints }).toEqual({ isFine: true, complaints: [] });
  });
});

describe.each(['nginx.conf', 'Caddyfile'])('ops/%s', (file) => {
  const text = read(file).replace(/^\s*#.*$/gm, '');

  it('waits longer than any stream or long poll is silent', () => {
    const waits = [...text.matchAll(/read_timeout (\d+)s/g)].map(([, seconds]) => Number(seconds) * 1000);
    expect(waits).not.toEqual([]);
    const silence = Math.max(30_000, 2 * Number(defaults.get('PULLCORD_HEARTBEAT_MS')));
    expect(waits.filter((wait) => wait <= silence)).toEqual([]);
  });

  it('takes the largest import, and leads to the port that the server has', () => {
    const [, megabytes] = /(?:client_max_body_size|max_size) (\d+)(?:m|MiB)/.exec(text) ?? [];
    expect(Number(megabytes) * 1024 * 1024).toBe(Number(defaults.get('PULLCORD_IMPORT_BYTES')));
    expect(text).toContain(`127.0.0.1:${defaults.get('PORT')}`);
  });

  it('never compresses or holds back signals', () => {
    expect(text).not.toContain('event-stream');
    expect(text).not.toMatch(/gzip_types.*\*|text\/\*|flush_interval|proxy_buffering on/);
  });
});
