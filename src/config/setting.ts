/** What a setting may be. */
export interface Kind<Value> {
  /** Completes the sentence "it must be …". */
  readonly allowed: string;
  /** The value, from environment text or from what the file holds; undefined when it is not allowed. */
  read(raw: unknown): Value | undefined;
  /** A value as the environment would say it, where `String` does not. */
  show?(value: Value): string;
  /** Completes the sentence "it is wrong: …" where `allowed` alone would not help. Never quotes the value. */
  whyNot?(raw: unknown): string | undefined;
}

interface Names {
  readonly env: string;
  /** Its dotted place in the configuration file. */
  readonly file: string;
  /** One sentence for the reference page. */
  readonly about: string;
  /** A secret's value is never shown, not even a wrong one. */
  readonly secret?: boolean;
}

export interface Declaration extends Names {
  readonly field: string;
  readonly kind: Kind<unknown>;
}

/** Every setting, in the order of the class. */
export const declarations: Declaration[] = [];

/** Declares a field of Settings: its names, its sentence, what it may be. */
export const Setting =
  <Value>(names: Names, kind: Kind<Value>) =>
  <Field extends string>(_owner: { readonly [name in Field]?: Value }, field: Field): void => {
    declarations.push({ ...names, field, kind });
  };
