import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError, type FieldError } from '../kernel/domain-error.js';
import {
  AnyJson,
  Choice,
  Flag,
  FreeObject,
  Id,
  IdList,
  Int,
  isLess,
  Nested,
  NestedList,
  Num,
  parseFields,
  QueryFlag,
  QueryIds,
  QueryInt,
  Rule,
  taggedUnion,
  Text,
  TextList,
  Timestamp,
  unionOf,
  validationPipe,
  type Class,
} from './fields.js';
import { hydrate } from './fields/hydrate.js';
import { isValid } from './fields/is-valid.js';

const about = 'For the test.';
const id = '01890a5d-ac96-774b-bcce-b302099a8057';

class Leaf {
  @Text({ about, max: 5 })
  readonly name!: string;
}

class Twig extends Leaf {
  @NestedList(() => Twig, { about, maxItems: 3, optional: true })
  readonly twigs?: readonly Twig[];
}

class Square {
  @Choice({ about, values: ['square'] }) readonly shape!: 'square';
  @Num({ about, min: 0 }) readonly side!: number;
}

class Circle {
  @Choice({ about, values: ['circle'] }) readonly shape!: 'circle';
  @Num({ about, min: 0 }) readonly radius!: number;
}

const Shape = taggedUnion('Shape', 'shape', { square: Square, circle: Circle });
const Either = unionOf('Either', {
  classes: [Leaf, Square],
  pick: (value) => ('name' in value ? Leaf : 'side' in value ? Square : undefined),
  otherwise: 'must be named or have a side',
});

class Everything {
  @Text({ about, min: 1, max: 5, optional: true }) readonly text?: string;
  @Text({ about, max: 20, pattern: /^a+$/, says: 'must be made of a', optional: true })
  readonly pattern?: string;
  @Text({ about, max: 5, optional: true, nullable: true }) readonly nullable?: string | null;
  @Int({ about, min: -2, max: 9, optional: true }) readonly int?: number;
  @Num({ about, min: 0.5, optional: true }) readonly num?: number;
  @Flag({ about, optional: true }) readonly flag?: boolean;
  @Choice({ about, values: ['a', 'b'], optional: true }) readonly choice?: 'a' | 'b';
  @Id({ about, optional: true }) readonly id?: string;
  @Timestamp({ about, optional: true }) readonly time?: string;
  @TextList({ about, maxItems: 2, minItems: 1, max: 3, optional: true }) readonly texts?: readonly string[];
  @IdList({ about, maxItems: 2, optional: true }) readonly ids?: readonly string[];
  @FreeObject({ about, maxBytes: 40, optional: true }) readonly free?: Record<string, unknown>;
  @AnyJson({ about, maxBytes: 100_000, optional: true }) readonly json?: unknown;
  @Nested(() => Leaf, { about, optional: true, nullable: true }) readonly leaf?: Leaf | null;
  @NestedList(() => Leaf, { about, maxItems: 2, optional: true }) readonly leaves?: readonly Leaf[];
  @Nested(() => Twig, { about, optional: true }) readonly twig?: Twig;
  @Nested(() => Shape, { about, optional: true }) readonly shape?: Square | Circle;
  @Nested(() => Either, { about, optional: true }) readonly either?: Leaf | Square;
  @Rule<Everything>(({ int = 0, until = int }) => (isLess(until, int) ? 'must not be below int' : undefined))
  @Int({ about, optional: true })
  readonly until?: number;
}

class Query {
  @QueryInt({ about, min: 1, max: 200, default: 50 }) readonly limit!: number;
  @QueryFlag({ about, optional: true }) readonly archived?: boolean;
  @QueryIds({ about, maxItems: 2, optional: true }) readonly ids?: readonly string[];
  @Text({ about, max: 10, optional: true }) readonly q?: string;
}

class Strict {
  @Text({ about, max: 5 }) readonly name!: string;
  @Nested(() => Leaf, { about }) readonly leaf!: Leaf;
}

/** The wrong fields that parsing finds; none when it accepts. */
function errorsOf(type: Class, plain: unknown): readonly FieldError[] {
  try {
    parseFields(type, plain);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_request') throw error;
    return error.facts['errors'] as readonly FieldError[];
  }
}

const problemOf = (field: keyof Everything, value: unknown): string | undefined =>
  errorsOf(Everything, { [field]: value })
    .map(({ path, message }) => (path === field ? message : `${path}: ${message}`))
    .join('; ') || undefined;

const json = (text: string): unknown => JSON.parse(text);
const nested = (levels: number): unknown => json('['.repeat(levels) + ']'.repeat(levels));

describe('fields', () => {
  it.each<[keyof Everything, unknown]>([
    ['text', 'abcde'],
    ['text', '👍👍👍👍👍'],
    ['pattern', 'aaa'],
    ['nullable', null],
    ['int', -2],
    ['int', 9],
    ['num', 0.5],
    ['flag', false],
    ['choice', 'b'],
    ['id', id],
    ['time', '2026-02-28T23:59:59.000Z'],
    ['texts', ['a', 'abc']],
    ['ids', [id]],
    ['free', { a: [1, { b: null }] }],
    ['free', { constructor: 'Ferrari', toString: 1 }],
    ['json', null],
    ['json', [1, 'a', { b: {} }]],
    ['json', nested(64)],
    ['leaf', null],
    ['leaf', { name: 'oak' }],
    ['leaves', []],
    ['leaves', [{ name: 'a' }, { name: 'b' }]],
    ['twig', { name: 'a', twigs: [{ name: 'b', twigs: [] }] }],
    ['shape', { shape: 'circle', radius: 1 }],
    ['either', { name: 'a' }],
    ['until', 0],
  ])('keeps a good %s as it is: %j', (field, value) => {
    expect(JSON.parse(JSON.stringify(parseFields(Everything, { [field]: value })))).toEqual({
      [field]: value,
    });
  });

  it.each<[keyof Everything, unknown, string]>([
    ['text', 5, 'must be text'],
    ['text', ['a'], 'must be text'],
    ['text', null, 'must not be null'],
    ['text', '', 'must not be empty'],
    ['text', 'abcdef', 'must have at most 5 characters'],
    ['text', '👍👍👍👍👍👍', 'must have at most 5 characters'],
    ['pattern', 'ab', 'must be made of a'],
    ['nullable', 1, 'must be text'],
    ['int', '1', 'must be a whole number'],
    ['int', 1.5, 'must be a whole number'],
    ['int', -3, 'must be a whole number of at least -2'],
    ['int', 10, 'must be a whole number of at most 9'],
    ['num', json('1e999'), 'must be a number'],
    ['num', 0, 'must be a number of at least 0.5'],
    ['flag', 'true', 'must be true or false'],
    ['flag', 0, 'must be true or false'],
    ['choice', 'c', 'must be one of a, b'],
    ['choice', ['a'], 'must be one of a, b'],
    ['choice', 'constructor', 'must be one of a, b'],
    ['id', id.toUpperCase(), 'must be an id: a UUID in lower-case text'],
    ['time', '2026-02-30T00:00:00Z', 'must be a time such as 2026-01-31T12:00:00.000Z'],
    ['time', '2026-02-28T25:00:00Z', 'must be a time such as 2026-01-31T12:00:00.000Z'],
    ['time', '2026-02-28', 'must be a time such as 2026-01-31T12:00:00.000Z'],
    ['time', 1769860800000, 'must be a time such as 2026-01-31T12:00:00.000Z'],
    ['texts', 'a', 'must be a list'],
    ['texts', { 0: 'a', length: 1 }, 'must be a list'],
    ['texts', [], 'must not be empty'],
    ['texts', ['a', 'b', 'c'], 'must have at most 2 items'],
    ['texts', ['a', 1], 'item 1 must be text'],
    ['ids', ['x'], 'item 0 must be an id: a UUID in lower-case text'],
    ['free', [], 'must be an object'],
    ['free', 'a', 'must be an object'],
    ['free', { a: 'x'.repeat(40) }, 'must be at most 40 bytes of JSON, and is 48'],
    ['free', json('{"__proto__":{"admin":true}}'), 'must not have a field named __proto__'],
    ['free', json('{"a":{"constructor":{"prototype":{}}}}'), 'must not have a field named constructor'],
    ['json', nested(65), 'must not be nested more than 64 levels deep'],
    ['leaf', [], 'must be an object'],
    ['leaf', [{ name: 'a' }], 'must be an object'],
    ['leaf', 'oak', 'must be an object'],
    ['leaf', {}, 'leaf.name: is required'],
    ['leaf', { name: 'oak', age: 3 }, 'leaf.age: is not a known field'],
    ['leaves', { name: 'a' }, 'must be a list'],
    ['leaves', [[]], 'item 0 must be an object'],
    ['leaves', [[{ name: 'a' }]], 'item 0 must be an object'],
    ['leaves', [null], 'item 0 must be an object'],
    ['leaves', [{ name: 'a' }, { name: 7 }], 'leaves.1.name: must be text'],
    ['leaves', [{}, {}, {}], 'must have at most 2 items'],
    ['twig', { name: 'a', twigs: [{ name: 'b', twigs: [{}] }] }, 'twig.twigs.0.twigs.0.name: is required'],
    ['shape', { shape: 'circle', side: 1 }, 'shape.side: is not a known field; shape.radius: is required'],
    ['shape', { shape: 'constructor' }, 'must have a shape of square, circle'],
    ['shape', {}, 'must have a shape of square, circle'],
    ['either', {}, 'must be named or have a side'],
    ['until', -1, 'must not be below int'],
    ['until', 'x', 'must be a whole number'],
  ])('says what is wrong with the %s %j', (field, value, message) => {
    expect(problemOf(field, value)).toBe(message);
  });

  it('refuses free JSON of 10,000 and of a million levels, and does not fall over it', () => {
    const message = 'must not be nested more than 64 levels deep';
    expect(problemOf('json', nested(10_000))).toBe(message);
    expect(problemOf('free', { a: nested(1_000_000) })).toBe(message);
    expect(problemOf('leaf', nested(10_000))).toBe('must be an object');
    expect(problemOf('text', nested(10_000))).toBe('must be text');
    expect(errorsOf(Everything, nested(10_000))).toEqual([{ path: '', message: 'must be a JSON object' }]);
  });

  it('asks for what is required, in its place', () => {
    expect(errorsOf(Strict, {})).toEqual([
      { path: 'name', message: 'is required' },
      { path: 'leaf', message: 'is required' },
    ]);
    expect(errorsOf(Strict, { name: 'a', leaf: null })).toEqual([
      { path: 'leaf', message: 'must not be null' },
    ]);
  });

  it('keeps a time in UTC with milliseconds, whatever the offset it came with', () => {
    expect(parseFields(Everything, { time: '2026-03-01T01:30:00+02:00' }).time).toBe(
      '2026-02-28T23:30:00.000Z',
    );
    expect(parseFields(Everything, { time: '2026-03-01T01:30:00.123456Z' }).time).toBe(
      '2026-03-01T01:30:00.123Z',
    );
  });

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'isPrototypeOf',
    'toString',
    '__defineGetter__',
  ])('refuses a field named %s and is not changed by it', (name) => {
    const hostile = json(
      `{"name":"a","leaf":{"name":"b","${name}":{"isAdmin":true}},"${name}":{"isAdmin":true}}`,
    );
    expect(errorsOf(Strict, hostile)).toEqual([
      { path: `leaf.${name}`, message: 'is not a known field' },
      { path: name, message: 'is not a known field' },
    ]);
    expect({}).not.toHaveProperty('isAdmin');
  });

  it.each([[null], [[]], ['text'], [5], [true]])('refuses the whole request when it is %j', (plain) => {
    expect(errorsOf(Strict, plain)).toEqual([{ path: '', message: 'must be a JSON object' }]);
  });

  it('ends at 64 levels of a class that holds itself', () => {
    const twig = (levels: number): unknown =>
      json('{"name":"a","twigs":['.repeat(levels) + '{"name":"a"}' + ']}'.repeat(levels));
    expect(errorsOf(Everything, { twig: twig(20) })).toEqual([]);
    const [first] = errorsOf(Everything, { twig: twig(10_000) });
    expect(first?.message).toBe('must not be nested more than 64 levels deep');
  });

  it('ends at 10,000 objects in one request', () => {
    class Wide {
      @NestedList(() => Leaf, { about, maxItems: 20_000 }) readonly leaves!: readonly Leaf[];
    }
    const leaves = (count: number): unknown => ({
      leaves: Array.from({ length: count }, () => ({ name: 'a' })),
    });
    expect(errorsOf(Wide, leaves(10_000))).toEqual([]);
    expect(errorsOf(Wide, leaves(10_001))[0]).toEqual({
      path: '',
      message: 'must not hold more than 10000 objects',
    });
  });

  it('names at most 50 wrong fields, and none of them at length', () => {
    const hostile = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`${'x'.repeat(5_000)}${i}`, 1]),
    );
    const errors = errorsOf(Everything, { ...hostile, short: 1 });
    expect(errors.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });

  it('says the first wrong field in the message itself', () => {
    expect(() => parseFields(Strict, { leaf: {} })).toThrow('name is required (and 1 more).');
    expect(() => parseFields(Strict, 5)).toThrow('The request must be a JSON object.');
  });

  it('never tells what the wrong value was', () => {
    const errors = JSON.stringify(
      errorsOf(Everything, { text: 'secret', choice: 'secret', free: 'secret', id: 'secret' }),
    );
    expect(errors).not.toContain('secret');
  });

  it('accepts at once exactly what class-validator finds no fault with', () => {
    const or = (good: unknown, ...others: readonly unknown[]) =>
      fc.oneof(
        { weight: 20, arbitrary: fc.constant(good) },
        fc.constantFrom(good, ...others),
        fc.jsonValue(),
      );
    const leaf = or({ name: 'oak' }, { name: 'too long' }, {}, null);
    const plain = fc.record(
      {
        ...{ text: or('abc', ''), pattern: or('aaa', 'b'), nullable: or(null, 'a'), int: or(-2, 10) },
        ...{ until: or(3, -3), choice: or('a', 'c'), ids: or([], [id], ['x']), leaf },
        leaves: fc.oneof(fc.array(leaf, { maxLength: 3 }), or(1)),
        twig: fc.record({ name: or('a'), twigs: fc.array(leaf, { maxLength: 4 }) }),
        shape: or(
          { shape: 'circle', radius: 1 },
          { shape: 'circle', side: 1 },
          { shape: 'circle', radius: -1 },
        ),
      },
      { requiredKeys: [] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(plain, (value) => {
        const instance = hydrate(Everything, value, () => undefined);
        const isGood = validateSync(instance).length === 0;
        expect(isValid(instance)).toBe(isGood);
        accepted += Number(isGood);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('answers any JSON at all with an instance or with field errors', () => {
    const keys = fc.constantFrom(
      'text',
      'int',
      'leaf',
      'leaves',
      'twig',
      'shape',
      'json',
      'free',
      'name',
      '__proto__',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.array(fc.tuple(keys, tie('any')), { maxLength: 5 }).map(Object.fromEntries),
      ),
    })).any;
    fc.assert(
      fc.property(value, (plain) => {
        for (const { path, message } of errorsOf(Everything, plain)) {
          expect(typeof path).toBe('string');
          expect(message).toMatch(/^(must|is|item) /);
        }
      }),
    );
  });
});

describe('fields of a query', () => {
  const parse = (query: Record<string, unknown>): Query => parseFields(Query, query);

  it('reads numbers, flags and ids from text, and leaves defaults alone', () => {
    expect(parse({})).toEqual({ limit: 50 });
    expect(parse({ limit: '200', archived: 'true', ids: `${id},${id}`, q: 'x' })).toEqual({
      ...{ limit: 200, archived: true, ids: [id, id], q: 'x' },
    });
  });

  it.each(['1e3', '', ' 1', '1 ', '-1', '+1', '01', '0x10', '1.0', '201', '0', '99999999999999999999', '١'])(
    'takes %j for no limit',
    (limit) => {
      const message = 'must be a whole number from 1 to 200, in digits';
      expect(errorsOf(Query, { limit })).toEqual([{ path: 'limit', message }]);
    },
  );

  it('refuses a name that is given twice', () => {
    const twice = { limit: ['1', '2'], archived: ['true', 'true'], ids: [id, id], q: ['a', 'b'] };
    expect(errorsOf(Query, twice).map(({ path }) => path)).toEqual(['limit', 'archived', 'ids', 'q']);
  });

  it('refuses bad ids, too many ids, and names that it does not know', () => {
    expect(errorsOf(Query, { ids: `${id},x` })[0]?.message).toMatch(/^item 1 must be an id/);
    expect(errorsOf(Query, { ids: `${id},${id},${id}` })[0]?.message).toBe('must have at most 2 ids');
    expect(errorsOf(Query, { ids: '' })[0]?.message).toMatch(/^item 0 must be an id/);
    expect(errorsOf(Query, { limits: '1' })).toEqual([{ path: 'limits', message: 'is not a known field' }]);
  });
});

describe('the validation pipe', () => {
  const pipe = validationPipe();

  it('makes an instance of the declared class', () => {
    const made: unknown = pipe.transform({ text: 'a' }, { type: 'body', metatype: Everything });
    expect(made).toBeInstanceOf(Everything);
  });

  it('takes an absent body for an empty one, but null for what it is', () => {
    expect(pipe.transform(undefined, { type: 'body', metatype: Everything })).toEqual({});
    expect(() => pipe.transform(null, { type: 'body', metatype: Everything })).toThrow(DomainError);
  });

  it('refuses every field of a class that has none', () => {
    class Nothing {}
    expect(pipe.transform({}, { type: 'body', metatype: Nothing })).toEqual({});
    expect(() => pipe.transform({ a: 1 }, { type: 'body', metatype: Nothing })).toThrow(
      'a is not a known field.',
    );
  });

  it('leaves alone what is declared as no class, and what is no part of the request', () => {
    expect(pipe.transform('5', { type: 'query', metatype: String })).toBe('5');
    expect(pipe.transform({ a: 1 }, { type: 'body', metatype: Object })).toEqual({ a: 1 });
    expect(pipe.transform({ a: 1 }, { type: 'custom', metatype: Everything })).toEqual({ a: 1 });
  });
});
