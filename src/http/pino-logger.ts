import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest says about its own start; of interest only to whoever looks for a fault in it. */
const nestInternals = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest logs what it then throws out of the start; whoever started it says it once. */
const startFailures = new Set(['ExceptionHandler', 'NestApplication']);

/** Nest's log, and that of every class with a `new Logger(context)`, as lines of the one pino log. */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    const line = toLine(message, more);
    if (nestInternals.has(line.fields.context ?? '')) this.pino.debug(line.fields, line.text);
    else this.pino.info(line.fields, line.text);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    const { fields, text } = toLine(message, more);
    this.pino.fatal(fields, text);
  }

  error(message: unknown, ...more: unknown[]): void {
    const { fields, text } = toLine(message, more);
    if (startFailures.has(fields.context ?? '')) return;
    this.pino.error(fields, text);
  }

  warn(message: unknown, ...more: unknown[]): void {
    const { fields, text } = toLine(message, more);
    this.pino.warn(fields, text);
  }

  debug(message: unknown, ...more: unknown[]): void {
    const { fields, text } = toLine(message, more);
    this.pino.debug(fields, text);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    const { fields, text } = toLine(message, more);
    this.pino.trace(fields, text);
  }
}

interface Line {
  readonly text?: string;
  readonly fields: { readonly context?: string; readonly [field: string]: unknown };
}

/** Nest passes the message first, the context last, and between them a stack, an error or further facts. */
function toLine(message: unknown, more: readonly unknown[]): Line {
  const fields: Record<string, unknown> = {};
  let text: string | undefined;
  for (const part of [message, ...more]) {
    if (part instanceof Error) fields.err = part;
    else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
    else if (text === undefined && part === message) text = String(part);
    else if (typeof part === 'string') fields[isStack(part) ? 'stack' : 'context'] = part;
  }
  return { text, fields };
}

const isStack = (text: string): boolean => /\n\s+at /.test(text);
