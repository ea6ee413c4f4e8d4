import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  evaluate,
  ExpressionError,
  expressionsIn,
  fill,
  fillToText,
} from './expressions.js';

const scope = {
  inputs: { n: 5, f: 1.5, s: 'x', list: [1, 2, 3], names: ['a', 'b'], o: { a: null }, yes: true },
  steps: { one: { output: 'hi' } },
  vars: {},
};

describe('an expression', () => {
  it.each([
    ['inputs.n + 1', 6],
    ['inputs.n + inputs.f', 6.5],
    ['inputs.n * 2.0', 10],
    ['inputs.n % 2 == 1', true],
    ['inputs.list[inputs.n - 4]', 2],
    ['inputs.list.filter(x, x > 1)', [2, 3]],
    ['inputs.names.exists(x, x == "b") && inputs.yes', true],
    ['steps.one.output + "!"', 'hi!'],
    ['{"a": inputs.n, "b": [1, "x", null]}', { a: 5, b: [1, 'x', null] }],
    ['inputs.?missing.orValue("none")', 'none'],
    ['has(inputs.missing)', false],
    ['inputs.o.a == null', true],
    ['json(inputs.list)', '[1,2,3]'],
    ['search("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")', false],
    ['size(inputs.s)', 1],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, scope)).toEqual(value);
  });

  it.each([
    ['inputs.missing', /No such key: missing/],
    ['inputs.constructor', /No such key/],
    ['inputs.__proto__', /No such key/],
    ['inputs.n + inputs.s', /no such overload/],
    ['inputs.list[9]', /out of bounds/],
    ['9223372036854775807', /nothing that JSON can say/],
    ['timestamp("2026-01-01T00:00:00Z")', /nothing that JSON can say/],
    ['b"bytes"', /nothing that JSON can say/],
    ['process', /Unknown variable/],
    ['1 / 0', /./],
  ])('%s fails in one line', (expression, message) => {
    const failing = () => evaluate(expression, scope);
    expect(failing).toThrow(ExpressionError);
    expect(failing).toThrow(message);
    expect(failing).not.toThrow(/\n/);
  });

  it('is checked without being evaluated', () => {
    expect(checkExpression('inputs.anything > 1', ['inputs'])).toBeUndefined();
    expect(checkExpression('item', ['inputs'])).toMatch(/Unknown variable/);
    expect(checkExpression('"a" . matches ("b")', [])).toMatch(/search/);
    expect(checkExpression('['.repeat(500), [])).toBeDefined();
  });
});

describe('a template', () => {
  it('keeps the type of an expression that is all of it', () => {
    expect(fill('${{ inputs.list }}', scope)).toEqual([1, 2, 3]);
    expect(fill({ a: [' ${{ inputs.n }} '] }, scope)).toEqual({ a: [5] });
  });

  it('is text where an expression is a part of it', () => {
    expect(fill('n is ${{ inputs.n }}, list ${{inputs.list}}, ${{ "}}" }}.', scope)).toBe(
      'n is 5, list [1,2,3], }}.',
    );
    expect(fillToText('${{ inputs.o }}', scope)).toBe('{"a":null}');
  });

  it('does not look for expressions in what it was filled with', () => {
    expect(fill('${{ inputs.s }}', { ...scope, inputs: { s: '${{ vars }}' } })).toBe('${{ vars }}');
    expect(fill('<${{ inputs.s }}>', { ...scope, inputs: { s: '${{ vars }} $& $1' } })).toBe(
      '<${{ vars }} $& $1>',
    );
  });

  it('holds braces of its own', () => {
    expect(fill('${{ {"a": 1}["a"] }}', scope)).toBe(1);
    expect(expressionsIn(['a ${{ x }} b ${{ {"y": 2} }}', { c: '${{ z }}' }, 3])).toEqual([
      'x',
      '{"y": 2}',
      'z',
    ]);
    expect(fill('$ { { {{ }} ${ }', scope)).toBe('$ { { {{ }} ${ }');
  });
});
