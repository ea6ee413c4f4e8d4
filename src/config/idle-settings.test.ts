import { describe, expect, it } from 'vitest';
import { idleSettings } from './idle-settings.js';
import { readSettings } from './read-settings.js';

describe('settings that have no effect', () => {
  it.each([
    [{ PULLCORD_COMMAND_ALLOW: 'git' }, 'PULLCORD_COMMAND_ALLOW', 'PULLCORD_TOOLS does not name run_command'],
    [
      { PULLCORD_TOOLS: 'current_time', PULLCORD_HTTP_FETCH_HOSTS: '*' },
      'PULLCORD_HTTP_FETCH_HOSTS',
      'PULLCORD_TOOLS does not name http_fetch',
    ],
    [
      { PULLCORD_HTTP_FETCH_BYTES: '5000' },
      'PULLCORD_HTTP_FETCH_BYTES',
      'without PULLCORD_HTTP_FETCH_HOSTS there is no http_fetch',
    ],
    [
      { PULLCORD_MCP_MAX_TOOLS: '5' },
      'PULLCORD_MCP_MAX_TOOLS',
      'without PULLCORD_MCP_SERVERS there are no MCP servers',
    ],
    [
      { PULLCORD_POSTGRES_POOL: '5' },
      'PULLCORD_POSTGRES_POOL',
      'without DATABASE_URL the database is SQLite',
    ],
    [
      { DATABASE_URL: 'postgres://u:secret@h/d', PULLCORD_SQLITE_SYNCHRONOUS: 'NORMAL' },
      'PULLCORD_SQLITE_SYNCHRONOUS',
      'with DATABASE_URL the database is PostgreSQL',
    ],
  ])('of %o is %s', (env, name, why) => {
    expect(idleSettings(readSettings(env))).toEqual([`${name} has no effect: ${why}.`]);
  });

  it('are none where nothing is set, nor where it is set with what it needs', () => {
    expect(idleSettings(readSettings({}))).toEqual([]);
    const whole = {
      PULLCORD_TOOLS: 'run_command,http_fetch,write_file',
      PULLCORD_COMMAND_ALLOW: 'git',
      PULLCORD_COMMAND_KILL_MS: '100',
      PULLCORD_HTTP_FETCH_HOSTS: 'docs.test',
      PULLCORD_HTTP_FETCH_BYTES: '5000',
      PULLCORD_WORKSPACE_ROOTS: '/srv',
    };
    expect(idleSettings(readSettings(whole))).toEqual([]);
  });

  it('include a tool that was named, and lacks what it needs', () => {
    expect(idleSettings(readSettings({ PULLCORD_TOOLS: 'run_command,write_file' }))).toEqual([
      'PULLCORD_TOOLS names run_command, which is not there without PULLCORD_COMMAND_ALLOW.',
      'PULLCORD_TOOLS names write_file, which is not there without PULLCORD_WORKSPACE_ROOTS.',
    ]);
  });
});
