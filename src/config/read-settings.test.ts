import { describe, expect, it } from 'vitest';
import { StartRefused } from '../kernel/start-refused.js';
import { sha256 } from './access-token.js';
import { isLoopback, readSettings, type Environment } from './read-settings.js';
import { declarations } from './setting.js';
import { Settings } from './settings.js';

/** The line that the operator would read. */
function refusal(env: Environment, file?: string): string {
  try {
    readSettings(env, file);
  } catch (error) {
    if (error instanceof StartRefused) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

describe('defaults', () => {
  it('hold when nothing is set', () => {
    expect(readSettings({ PATH: '/bin', HOME: '/root' })).toEqual(new Settings());
  });

  it.each(declarations)('of $env is a value that it may have', ({ field, kind }) => {
    const value = { ...new Settings() }[field as keyof Settings];
    if (value !== undefined) expect(kind.read(value)).toEqual(value);
  });

  it('gives every field of the class one environment name and one place in the file', () => {
    expect(new Set(declarations.map(({ env }) => env)).size).toBe(declarations.length);
    expect(new Set(declarations.map(({ file }) => file)).size).toBe(declarations.length);
    expect(declarations.map(({ field }) => field)).toEqual(
      expect.arrayContaining(Object.keys(new Settings())),
    );
  });
});

describe('the environment', () => {
  it('is read as numbers, flags, choices and lists', () => {
    const settings = readSettings({
      PORT: '0',
      PULLCORD_STRICT_UNITS: 'true',
      PULLCORD_SQLITE_SYNCHRONOUS: 'NORMAL',
      PULLCORD_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
    });
    expect(settings).toMatchObject({
      port: 0,
      strictUnits: true,
      sqliteSynchronous: 'NORMAL',
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      openaiBaseUrl: 'http://127.0.0.1:11434/v1',
    });
  });

  it('counts an empty variable as unset', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: '' })).toEqual(new Settings());
  });

  it.each(['3000x', '-1', '65536', '1e3', '0x10', ' 80', '3.5', 'Infinity'])(
    'refuses %j as a port',
    (PORT) => {
      expect(refusal({ PORT })).toBe(
        `PORT must be a whole number from 0 to 65535, but is ${JSON.stringify(PORT)}.`,
      );
    },
  );

  it.each([
    [{ PULLCORD_STRICT_UNITS: 'yes' }, 'PULLCORD_STRICT_UNITS must be true or false, but is "yes".'],
    [{ PULLCORD_SQLITE_SYNCHRONOUS: 'OFF' }, 'must be one of FULL, NORMAL, but is "OFF".'],
    [{ PULLCORD_CORS_ORIGINS: 'https://a.example/' }, 'must be a comma list, each an origin'],
    [{ HOST: 'a b' }, 'HOST must be a host name or an IP address'],
  ])('refuses %j in one line', (env, line) => {
    expect(refusal(env)).toContain(line);
    expect(refusal(env)).not.toContain('\n');
  });

  it('keeps a long or many-lined value on one short line', () => {
    const line = refusal({ PULLCORD_LOG_LEVEL: 'loud\n'.repeat(1000) });
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(250);
  });

  it('refuses a name that starts with PULLCORD_ and is not a setting', () => {
    expect(refusal({ PULLCORD_HEARTBEET_MS: '1' })).toContain('PULLCORD_HEARTBEET_MS is not a setting');
    expect(refusal({ PULLCORD_PORT: '3000' })).toContain('PULLCORD_PORT is not a setting');
  });

  it('lets the names pass that Kubernetes gives for a service called pullcord', () => {
    const env = {
      PULLCORD_SERVICE_HOST: '10.0.0.1',
      PULLCORD_SERVICE_PORT: '80',
      PULLCORD_PORT: 'tcp://10.0.0.1:80',
      PULLCORD_PORT_80_TCP_ADDR: '10.0.0.1',
    };
    expect(readSettings(env)).toEqual(new Settings());
  });
});

describe('secrets', () => {
  it.each([
    { PULLCORD_TOKENS: 'hunter2' },
    { PULLCORD_TOKENS: 'alice:sha256:hunter2' },
    { PULLCORD_TOKENS: 'alice:good,bob:hunter2 hunter2' },
    { DATABASE_URL: 'mysql://me:hunter2@db/pullcord' },
    { OPENAI_API_KEY: 'hunter2 ' },
    { OPENAI_BASE_URL: 'me:hunter2@models.example' },
  ])('are never shown: %o', (env) => {
    const line = refusal(env);
    expect(line).toContain(`${Object.keys(env)[0]} must be`);
    expect(line).not.toContain('hunter2');
  });

  it('in a broken file are not quoted either', () => {
    const line = refusal({}, 'openai:\n  api_key: "hunter2\n');
    expect(line).toMatch(/^pullcord\.config\.yaml is not valid YAML at line \d+\.$/);
  });
});

describe('tokens', () => {
  it('are kept as hashes, whether given plain or hashed', () => {
    const hash = sha256('s3cret');
    const { tokens } = readSettings({
      PULLCORD_TOKENS: `alice:one,bob@mail.example:sha256:${hash.toUpperCase()}`,
    });
    expect(tokens).toEqual([
      { owner: 'alice', sha256: sha256('one') },
      { owner: 'bob@mail.example', sha256: hash },
    ]);
  });

  it('may be several of one owner, but the same one never twice', () => {
    expect(readSettings({ PULLCORD_TOKENS: 'alice:old,alice:new' }).tokens).toHaveLength(2);
    expect(refusal({ PULLCORD_TOKENS: `alice:one,bob:sha256:${sha256('one')}` })).toContain(
      'the same one twice',
    );
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'chat.example', '127.evil.example'])(
    'are required to listen on %s',
    (HOST) => {
      expect(refusal({ HOST })).toContain('set PULLCORD_TOKENS');
      expect(readSettings({ HOST, PULLCORD_TOKENS: 'alice:one' }).host).toBe(HOST);
    },
  );

  it('are not required on a loopback address', () => {
    expect(['127.0.0.1', '127.9.9.9', 'localhost', '::1'].every(isLoopback)).toBe(true);
  });

  it('are required before every web page may call', () => {
    expect(refusal({ PULLCORD_CORS_ORIGINS: '*' })).toContain('set PULLCORD_TOKENS');
    expect(readSettings({ PULLCORD_CORS_ORIGINS: '*', PULLCORD_TOKENS: 'a:b' }).corsOrigins).toEqual(['*']);
  });
});

describe('the file', () => {
  it('holds the same settings in nested form, and the environment wins', () => {
    const file = [
      'port: 8080',
      'sse: { heartbeat_ms: 5000, max_pending: 8 }',
      'openai:',
      '  base_url: http://localhost:8000/v1',
      'tokens: ["alice:one", "bob:two"]',
      'runs:',
    ].join('\n');
    const settings = readSettings({ PORT: '9090' }, file);
    expect(settings).toMatchObject({ port: 9090, heartbeatMs: 5000, sseMaxPending: 8 });
    expect(settings.openaiBaseUrl).toBe('http://localhost:8000/v1');
    expect(settings.tokens.map(({ owner }) => owner)).toEqual(['alice', 'bob']);
  });

  it('may be empty', () => {
    expect(readSettings({}, '')).toEqual(new Settings());
    expect(readSettings({}, '# nothing yet\n')).toEqual(new Settings());
  });

  it.each([
    ['sse: { heartbeet_ms: 1 }', 'sse.heartbeet_ms in pullcord.config.yaml is not a setting'],
    ['heartbeat_ms: 1', 'heartbeat_ms in pullcord.config.yaml is not a setting'],
    ['sse: 15', 'sse in pullcord.config.yaml must be a mapping'],
    ['[1, 2]', 'pullcord.config.yaml must be a mapping'],
    ['port: { number: 3000 }', 'port in pullcord.config.yaml must be a whole number'],
    ['port: 80.5', 'port in pullcord.config.yaml must be a whole number from 0 to 65535, but is 80.5.'],
    ['port: 1\nport: 2', 'is not valid YAML at line 2'],
    ['port: *nowhere', 'is not valid YAML'],
  ])('%j is refused', (file, line) => {
    expect(refusal({}, file)).toContain(line);
  });
});
