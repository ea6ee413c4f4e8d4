/** Decorators for the fields of requests and answers, and the pipe that reads requests by them. */
export { Component } from './fields/component.js';
export { AnyJson, FreeObject, jsonProblem } from './fields/free-json.js';
export { Field, type Class, type FieldFacts, type FieldType } from './fields/field.js';
export { isJsonObject } from './fields/hydrate.js';
export { IdList, TextList } from './fields/lists.js';
export { Nested, NestedList } from './fields/nested.js';
export { Cursor, NextCursor } from './fields/pages.js';
export { parseFields, toFieldErrors, validationPipe } from './fields/parse.js';
export { QueryChoices, QueryFlag, QueryIds, QueryInt } from './fields/query.js';
export { isLess, Rule } from './fields/rule.js';
export { samples } from './fields/samples.js';
export { Choice, Flag, Id, Int, Num, Text, Timestamp } from './fields/scalars.js';
export { taggedUnion, unionOf } from './fields/union.js';
