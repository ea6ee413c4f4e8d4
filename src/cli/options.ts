/** What stands behind a command: `--name value` for the names that it knows, and the rest. */
export interface Options {
  readonly options: ReadonlyMap<string, string>;
  /** With a name that is not known among them, so that it is refused. */
  readonly rest: readonly string[];
}

export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [name, value] = [args[at]?.replace(/^--/, '') ?? '', args[at + 1]];
    if (args[at]?.startsWith('--') && names.includes(name) && value !== undefined) {
      options.set(name, value);
      at++;
    } else rest.push(args[at] ?? '');
  }
  return rest.some((arg) => arg.startsWith('-')) ? { options, rest: [] } : { options, rest };
}
