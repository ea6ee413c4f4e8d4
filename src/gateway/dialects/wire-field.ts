import { DomainError } from '../../kernel/domain-error.js';
import type { Json } from './codec.js';

type Read<Value> = (field: WireField) => Value;

/** What a list may hold at most, whatever the dialect says: more is nobody's conversation. */
const longestList = 100_000;

/**
 * A value of a request's body and where it stands, which refuses what is wrong with the path of it: `messages.2.content`.
 * Absent and null are the same: clients write both for what they do not want to say.
 */
export class WireField {
  constructor(
    readonly value: unknown,
    readonly path = '',
  ) {}

  get isGiven(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** What is read of it, or undefined where it is not given. */
  maybe<Value>(read: Read<Value>): Value | undefined {
    return this.isGiven ? read(this) : undefined;
  }

  /** A member of an object; of anything else, an error. */
  at(name: string): WireField {
    return new WireField(this.object()[name], this.path === '' ? name : `${this.path}.${name}`);
  }

  object(): Json {
    if (!isRecord(this.value)) throw this.wrong('must be an object');
    return this.value;
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.wrong('must be a string');
    return this.value;
  }

  /** Text that says something. */
  name(): string {
    const text = this.text();
    if (text === '') throw this.wrong('must not be empty');
    return text;
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') throw this.wrong('must be true or false');
    return this.value;
  }

  number(min: number, max: number): number {
    if (typeof this.value !== 'number' || !(this.value >= min && this.value <= max))
      throw this.wrong(`must be a number from ${min} to ${max}`);
    return this.value;
  }

  wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): number {
    if (!Number.isSafeInteger(this.value) || !(Number(this.value) >= min && Number(this.value) <= max))
      throw this.wrong(
        max === Number.MAX_SAFE_INTEGER
          ? `must be a whole number of at least ${min}`
          : `must be a whole number from ${min} to ${max}`,
      );
    return Number(this.value);
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const choice = choices.find((one) => one === this.value);
    if (choice === undefined) throw this.wrong(`must be one of ${choices.join(', ')}`);
    return choice;
  }

  /** What is read of each item. */
  list<Item>(read: Read<Item>, max = longestList): Item[] {
    return this.items(max).map(read);
  }

  items(max = longestList): WireField[] {
    if (!Array.isArray(this.value)) throw this.wrong('must be a list');
    if (this.value.length > max) throw this.wrong(`must have at most ${max} items`);
    return this.value.map((item, at) => new WireField(item, `${this.path}.${at}`));
  }

  /** By the text of its member `type`. */
  kind<Kind extends string>(kinds: readonly Kind[]): Kind {
    return this.at('type').oneOf(kinds);
  }

  /** To be thrown. */
  wrong(message: string): DomainError {
    const errors = [{ path: this.path, message }];
    return new DomainError('invalid_request', `${this.path === '' ? 'The body' : this.path} ${message}.`, {
      errors,
    });
  }
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
