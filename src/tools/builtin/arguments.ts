import { ToolError } from '../tool-source.js';

type Arguments = Readonly<Record<string, unknown>>;

// The schema has seen to the types; these say so to the compiler, and fail closed should the two ever differ.

export function textOf(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string') throw wrong(name);
  return value;
}

export const textOr = <Default>(args: Arguments, name: string, otherwise: Default): string | Default =>
  args[name] === undefined ? otherwise : textOf(args, name);

export function numberOr<Default>(args: Arguments, name: string, otherwise: Default): number | Default {
  const value = args[name];
  if (value === undefined) return otherwise;
  if (typeof value !== 'number') throw wrong(name);
  return value;
}

export const isSet = (args: Arguments, name: string): boolean => args[name] === true;

export function textsOf(args: Arguments, name: string): readonly string[] {
  const value = args[name] ?? [];
  const isText = (item: unknown): item is string => typeof item === 'string';
  if (!Array.isArray(value) || !value.every(isText)) throw wrong(name);
  return value;
}

const wrong = (name: string): ToolError => new ToolError('invalid_arguments', `${name} is wrong.`);
