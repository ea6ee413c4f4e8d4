import { accessToken, type AccessToken } from '../access-token.js';
import { listOf, longest, oneOf, origin, path, text, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where the server listens, who may call, and what a request may cost. */
export class ServerSettings {
  @Setting(
    {
      env: 'HOST',
      file: 'host',
      about: 'The address to listen on; anything but a loopback address needs PULLCORD_TOKENS.',
    },
    text('a host name or an IP address', /^[\w.:%-]{1,255}$/),
  )
  readonly host: string = '127.0.0.1';

  @Setting(
    { env: 'PORT', file: 'port', about: 'The TCP port to listen on; 0 takes any free one.' },
    wholeNumber(0, 65_535),
  )
  readonly port: number = 3000;

  @Setting(
    { env: 'PULLCORD_DATA_DIR', file: 'data_dir', about: 'The folder of pullcord.db and the attachments.' },
    path,
  )
  readonly dataDir: string = './data';

  @Setting(
    {
      env: 'PULLCORD_TOKENS',
      file: 'tokens',
      about: 'Who may call, each token naming its owner; when set, every call needs one of them.',
      secret: true,
    },
    listOf(accessToken),
  )
  readonly tokens: readonly AccessToken[] = [];

  @Setting(
    { env: 'PULLCORD_LOG_LEVEL', file: 'log_level', about: 'The least important log line that is written.' },
    oneOf(...logLevels),
  )
  readonly logLevel: LogLevel = 'info';

  @Setting(
    {
      env: 'PULLCORD_CORS_ORIGINS',
      file: 'cors_origins',
      about: 'The origins whose pages may call from a browser; * needs PULLCORD_TOKENS.',
    },
    listOf(origin),
  )
  readonly corsOrigins: readonly string[] = [];

  @Setting(
    {
      env: 'PULLCORD_BODY_LIMIT_BYTES',
      file: 'body_limit_bytes',
      about: 'The largest request body; past it, 413.',
    },
    wholeNumber(1024, 1_073_741_824),
  )
  readonly bodyLimitBytes: number = 4_194_304;

  @Setting(
    {
      env: 'PULLCORD_REQUEST_TIMEOUT_MS',
      file: 'request_timeout_ms',
      about: 'How long a request may take to arrive, head and body; past it, 408. Answers may take longer.',
    },
    wholeNumber(100, longest),
  )
  readonly requestTimeoutMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_HEADERS_TIMEOUT_MS',
      file: 'headers_timeout_ms',
      about: 'How long the head of a request may take to arrive; past it, 408.',
    },
    wholeNumber(100, longest),
  )
  readonly headersTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_PULL_CACHE_BYTES',
      file: 'pull_cache_bytes',
      about:
        'How much memory chunks that were pulled lately may take, so that others who pull the same do not read them again; 0 turns it off.',
    },
    wholeNumber(0, 4_294_967_296),
  )
  readonly pullCacheBytes: number = 16_777_216;

  @Setting(
    {
      env: 'PULLCORD_DRAIN_MS',
      file: 'drain_ms',
      about: 'How long open runs may go on after SIGTERM before they are marked and left.',
    },
    wholeNumber(0, longest),
  )
  readonly drainMs: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_LONG_POLL_MAX',
      file: 'pulls.long_poll_max',
      about: 'Pulls that may be held open with wait_ms at once; past it, 429.',
    },
    wholeNumber(0, 10_000_000),
  )
  readonly longPollMax: number = 5_000;
}
