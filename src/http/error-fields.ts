export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: ErrorFields;
  /** Of an AggregateError: a connection that failed on every address of its host. */
  readonly errors?: readonly ErrorFields[];
}

const deepestCause = 5;

/**
 * What of an error goes into the log. Not whatever else hangs on it: a driver's error carries the values of the
 * statement, a model client's the prompt and the headers it was sent with.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...('code' in error && { code: String(error.code) }),
    ...(cause !== undefined && depth < deepestCause && { cause: errorFields(cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      depth < deepestCause && { errors: error.errors.map((one) => errorFields(one, depth + 1)) }),
  };
}
