import type { ErrorObject, ValidateFunction } from 'ajv';
import { safeParse } from 'secure-json-parse';
import type { ToolFailure } from './tool-outcome.js';

type Arguments = Readonly<Record<string, unknown>>;
type Schema = Readonly<Record<string, unknown>>;

/** Errors that a model is told of at once; the rest is the like. */
const maxErrors = 10;
/** Levels of objects and lists. What comes after us recurses. */
const maxDepth = 64;

/** Checks the arguments of calls. Each schema is compiled once, and the last `maxSchemas` are kept. */
export class ArgumentCheck {
  private readonly compiled = new Map<string, ValidateFunction | undefined>();

  constructor(
    private readonly maxBytes: number,
    private readonly maxSchemas = 256,
  ) {}

  /** The arguments that the text says, with the schema's defaults; `invalid_arguments` with the places of what is wrong. */
  async read(text: string, schema: Schema): Promise<{ readonly args: Arguments } | ToolFailure> {
    const bytes = Buffer.byteLength(text);
    if (bytes > this.maxBytes)
      return invalid(`The arguments are ${bytes} bytes; at most ${this.maxBytes} are taken.`);
    const args: unknown = text.trim() === '' ? {} : safeParse(text);
    if (!isObject(args)) return invalid('The arguments must be one JSON object.');
    if (isDeeperThan(maxDepth, args))
      return invalid(`The arguments are nested more than ${maxDepth} levels deep.`);
    const validate = await this.validatorOf(schema);
    if (!validate || validate(args)) return { args };
    const errors = (validate.errors ?? []).slice(0, maxErrors).map(toError);
    const list = errors.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ');
    return invalid(`The arguments are wrong: ${list}. Call again with what the tool's schema asks for.`, {
      errors,
    });
  }

  /** Undefined for a schema that cannot be read: the server that sent it checks its calls itself. */
  private async validatorOf(schema: Schema): Promise<ValidateFunction | undefined> {
    const key = JSON.stringify(schema);
    const validate = this.compiled.has(key) ? this.compiled.get(key) : await compile(schema);
    // Put at the end again: what was used longest ago is at the front.
    this.compiled.delete(key);
    this.compiled.set(key, validate);
    const [oldest] = this.compiled.keys();
    if (this.compiled.size > this.maxSchemas && oldest !== undefined) this.compiled.delete(oldest);
    return validate;
  }
}

/** With a compiler of its own, so that the `$id` of one schema does not stand in the way of another's. */
async function compile(schema: Schema): Promise<ValidateFunction | undefined> {
  const { $schema, ...rest } = schema;
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { Ajv } = await import('ajv');
  const { RE2JS } = await import('re2js');
  // A schema comes from others, and a pattern of V8's can take for ever.
  const regExp = Object.assign((pattern: string) => tester(RE2JS.compile(pattern)), { code: 'tester' });
  const options = {
    strict: false,
    allErrors: true,
    useDefaults: true,
    validateFormats: false,
    validateSchema: false,
    code: { regExp },
  };
  try {
    const isOld = typeof $schema === 'string' && /draft-0[4-7]/.test($schema);
    return (isOld ? new Ajv(options) : new Ajv2020(options)).compile(rest);
  } catch {
    return undefined;
  }
}

const tester = (pattern: { matcher(text: string): { find(): boolean } }) => ({
  test: (text: string) => pattern.matcher(text).find(),
});

function toError({ instancePath, message = 'is wrong', params }: ErrorObject): {
  path: string;
  message: string;
} {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const extra: unknown = params.additionalProperty ?? params.allowedValues;
  return { path, message: extra === undefined ? message : `${message}: ${JSON.stringify(extra)}` };
}

const invalid = (message: string, details?: unknown): ToolFailure => ({
  error: { code: 'invalid_arguments', message, ...(details !== undefined && { details }) },
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Level by level, for a call for each would overflow on what this is here to refuse. */
function isDeeperThan(levels: number, value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((node) =>
      Object.values(node).filter((child) => typeof child === 'object' && child !== null),
    );
  }
  return false;
}
