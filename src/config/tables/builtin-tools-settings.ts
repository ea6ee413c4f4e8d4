import { folder, listOf, longest, noneOr, oneOf, text, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';
import {
  addressAndPort,
  environmentEntry,
  hostRule,
  type AddressAndPort,
  type EnvironmentEntry,
  type HostRule,
} from '../tool-values.js';

/** The tools that are built in; those that change or start something are off until PULLCORD_TOOLS names them. */
export const builtinTools = [
  'current_time',
  'read_file',
  'list_directory',
  'search_files',
  'http_fetch',
  'write_file',
  'edit_file',
  'run_command',
] as const;
export type BuiltinToolName = (typeof builtinTools)[number];

/** The tools that are built in, each with its limits. */
export class BuiltinToolsSettings {
  @Setting(
    {
      env: 'PULLCORD_TOOLS',
      file: 'tools.enabled',
      about: 'The built-in tools that models may be offered; none for no tool.',
    },
    noneOr(listOf(oneOf(...builtinTools))),
  )
  readonly tools: readonly BuiltinToolName[] = [
    'current_time',
    'read_file',
    'list_directory',
    'search_files',
    'http_fetch',
  ];

  @Setting(
    {
      env: 'PULLCORD_FILE_MAX_BYTES',
      file: 'tools.file_max_bytes',
      about: 'The largest file of a workspace that is read or written.',
    },
    wholeNumber(1, 67_108_864),
  )
  readonly fileMaxBytes: number = 1_048_576;

  @Setting(
    {
      env: 'PULLCORD_LIST_MAX_ENTRIES',
      file: 'tools.list_max_entries',
      about: 'The most entries of a folder that list_directory shows.',
    },
    wholeNumber(1, 100_000),
  )
  readonly listMaxEntries: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_ENTRIES',
      file: 'tools.search_max_entries',
      about: 'The most files and folders that one search_files looks at.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly searchMaxEntries: number = 20_000;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_DEPTH',
      file: 'tools.search_max_depth',
      about: 'How many folders deep search_files goes.',
    },
    wholeNumber(0, 1000),
  )
  readonly searchMaxDepth: number = 32;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_BYTES',
      file: 'tools.search_max_bytes',
      about: 'The most bytes of files that one search_files reads.',
    },
    wholeNumber(1, 1_073_741_824),
  )
  readonly searchMaxBytes: number = 67_108_864;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_MATCHES',
      file: 'tools.search_max_matches',
      about: 'The most lines or files that one search_files shows.',
    },
    wholeNumber(1, 100_000),
  )
  readonly searchMaxMatches: number = 200;

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_HOSTS',
      file: 'tools.http_fetch.hosts',
      about:
        'Where http_fetch may go: docs.example.com, *.example.com, * for all, each with :port when it is not the usual one; unset, there is no http_fetch.',
    },
    listOf(hostRule),
  )
  readonly httpFetchHosts: readonly HostRule[] = [];

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_PRIVATE',
      file: 'tools.http_fetch.private',
      about:
        'Addresses with ports that http_fetch may connect to although they are private, such as 10.0.0.5:8080; the host must be allowed too.',
    },
    listOf(addressAndPort),
  )
  readonly httpFetchPrivate: readonly AddressAndPort[] = [];

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_BYTES',
      file: 'tools.http_fetch.bytes',
      about: 'The most bytes of a page that http_fetch reads.',
    },
    wholeNumber(1, 67_108_864),
  )
  readonly httpFetchBytes: number = 1_048_576;

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_REDIRECTS',
      file: 'tools.http_fetch.redirects',
      about: 'How many redirects http_fetch follows; each is checked like the first address.',
    },
    wholeNumber(0, 20),
  )
  readonly httpFetchRedirects: number = 5;

  @Setting(
    {
      env: 'PULLCORD_COMMAND_ALLOW',
      file: 'tools.command.allow',
      about:
        'The programs that run_command may start, by name, with any arguments; unset, there is no run_command.',
    },
    listOf(text('the name of a program, without a path', /^\w[\w.+-]{0,63}$/)),
  )
  readonly commandAllow: readonly string[] = [];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_PATH',
      file: 'tools.command.path',
      about: 'The folders where run_command finds programs, in this order.',
    },
    listOf(folder),
  )
  readonly commandPath: readonly string[] = ['/usr/local/bin', '/usr/bin', '/bin'];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_ENV',
      file: 'tools.command.env',
      about:
        'What the programs of run_command have in their environment beside PATH, HOME and LANG, as NAME=value.',
      secret: true,
    },
    listOf(environmentEntry),
  )
  readonly commandEnv: readonly EnvironmentEntry[] = [];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_OUTPUT_BYTES',
      file: 'tools.command.output_bytes',
      about: 'The most bytes of each of its two outputs that are kept of a program.',
    },
    wholeNumber(1, 1_048_576),
  )
  readonly commandOutputBytes: number = 65_536;

  @Setting(
    {
      env: 'PULLCORD_COMMAND_KILL_MS',
      file: 'tools.command.kill_ms',
      about: 'How long a program that is stopped may take to end by itself before it is killed.',
    },
    wholeNumber(0, longest),
  )
  readonly commandKillMs: number = 2_000;
}
