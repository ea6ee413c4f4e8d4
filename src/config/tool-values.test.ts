import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.js';

describe('hosts that http_fetch may go to', () => {
  const hosts = (text: string) => readSettings({ PULLCORD_HTTP_FETCH_HOSTS: text }).httpFetchHosts;

  it('are read as URLs spell them', () => {
    expect(hosts('Docs.Example.com, *.example.com:8443,*,*:8080,[::1]:80,münchen.example,127.1')).toEqual([
      { host: 'docs.example.com', isBelow: false },
      { host: 'example.com', isBelow: true, port: 8443 },
      { host: '', isBelow: false },
      { host: '', isBelow: false, port: 8080 },
      { host: '[::1]', isBelow: false, port: 80 },
      { host: 'xn--mnchen-3ya.example', isBelow: false },
      { host: '127.0.0.1', isBelow: false },
    ]);
  });

  it.each([
    ...[
      'https://docs.example.com',
      'docs.example.com/',
      'a b',
      'docs.*.com',
      '*docs.com',
      '**',
      '*.*',
      'a@b',
    ],
    ...[
      'docs.example.com.',
      'docs.example.com:0',
      'docs.example.com:70000',
      'docs.example.com:x',
      '[::1',
      'a%2e',
      'a?b',
    ],
  ])('are not %s', (text) => {
    expect(() => hosts(text)).toThrow(/^PULLCORD_HTTP_FETCH_HOSTS must be/);
  });
});

describe('private addresses that http_fetch may connect to', () => {
  const addresses = (text: string) => readSettings({ PULLCORD_HTTP_FETCH_PRIVATE: text }).httpFetchPrivate;

  it('have a port', () => {
    expect(addresses('10.0.0.5:8080,[fd00::5]:443')).toEqual([
      { address: '10.0.0.5', port: 8080 },
      { address: 'fd00::5', port: 443 },
    ]);
  });

  it.each([
    '10.0.0.5',
    '10.0.0:80',
    'localhost:80',
    'fd00::5:80',
    '[10.0.0.5]:80',
    '10.0.0.0/8:80',
    '10.0.0.5:0',
    '1.2.3.4:99999',
  ])('are not %s', (text) => {
    expect(() => addresses(text)).toThrow(/^PULLCORD_HTTP_FETCH_PRIVATE must be/);
  });
});

describe('programs, their folders and their environment', () => {
  it.each([
    ['PULLCORD_COMMAND_ALLOW', '/bin/sh'],
    ['PULLCORD_COMMAND_ALLOW', '../sh'],
    ['PULLCORD_COMMAND_ALLOW', '-x'],
    ['PULLCORD_COMMAND_ALLOW', 'git status'],
    ['PULLCORD_COMMAND_ALLOW', '*'],
    ['PULLCORD_COMMAND_PATH', 'bin'],
    ['PULLCORD_COMMAND_PATH', '/usr/bin,.'],
    ['PULLCORD_COMMAND_PATH', '/usr/bin,'],
    ['PULLCORD_WORKSPACE_ROOTS', '~/work'],
    ['PULLCORD_WORKSPACE_ROOTS', 'work'],
    ['PULLCORD_TOOLS', 'rm_rf'],
    ['PULLCORD_TOOLS', 'none,read_file'],
    ['PULLCORD_TOOL_TIMEOUTS', 'run_command'],
    ['PULLCORD_TOOL_TIMEOUTS', 'run_command=0'],
    ['PULLCORD_TOOL_TIMEOUTS', 'run_command=9999999999'],
  ])('%s is not %s', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} must be`));
  });

  it('keeps what the environment holds to itself', () => {
    expect(readSettings({ PULLCORD_COMMAND_ENV: 'KEY=a=b,EMPTY=' }).commandEnv).toEqual([
      { name: 'KEY', value: 'a=b' },
      { name: 'EMPTY', value: '' },
    ]);
    expect(() => readSettings({ PULLCORD_COMMAND_ENV: 'SECRET' })).toThrow(/^(?!.*SECRET)/);
  });

  it('has no tool at all for none', () => {
    expect(readSettings({ PULLCORD_TOOLS: 'none' }).tools).toEqual([]);
    expect(readSettings({ PULLCORD_TOOLS: '' }).tools).toContain('read_file');
  });
});
