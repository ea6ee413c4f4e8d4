// The schemas, the examples and the frame of the document.
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/kernel/domain-error.js';
import { problems } from '../../src/http/problems.js';
import { document, documentText, misfits, schemaErrors, type Schema } from '../support/openapi-document.js';

const { schemas, examples, securitySchemes } = document.components;
const names = Object.keys(schemas);

interface Node {
  readonly path: string;
  readonly schema: Schema;
}

const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? (value as Schema) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A schema and all that are written inside of it, each with where it is. */
function nodesOf(schema: Schema, path: string): Node[] {
  const below = [
    ...Object.entries(asSchema(schema.properties)).map(
      ([name, field]) => [`${path}.${name}`, field] as const,
    ),
    ...(schema.items === undefined ? [] : [[`${path}[]`, schema.items] as const]),
    ...['oneOf', 'anyOf', 'allOf'].flatMap((kind) =>
      listOf(schema[kind]).map((one, index) => [`${path}/${kind}${index}`, one] as const),
    ),
  ];
  return [{ path, schema }, ...below.flatMap(([place, inner]) => nodesOf(asSchema(inner), place))];
}

const nodes = names.flatMap((name) => nodesOf(schemas[name] ?? {}, name));
const fields = nodes.filter(({ path }) => /\.\w+$/.test(path));
const typesOf = ({ type }: Schema): unknown[] => [type].flat();

/** Where these nodes are. */
const places = (found: readonly Node[]): string[] => found.map(({ path }) => path);

/** Fields whose inside is the client's, the model's or a later version's own affair. */
const freeFields = [
  'AppendMessage.metadata',
  'AuditEntry.facts',
  'BeginStream.metadata',
  'BranchConfig.system_prompt_variables',
  'BranchConfigPatch.system_prompt_variables',
  'ContextConfig.system_prompt_variables',
  'ContextConfigPatch.system_prompt_variables',
  'ExecuteTool.arguments',
  'ExecuteWorkflow.input',
  'GetMcpPrompt.arguments',
  'McpPromptMessage.content',
  'MessageMetadata.client',
  'ProcessingData.metadata',
  'SendMessage.metadata',
  'SessionPreferences.client',
  'SessionPreferencesPatch.client',
  'SessionUiState.client',
  'SessionUiStatePatch.client',
  'SystemControlData.parameters',
  'Tool.parameters',
  'UnknownMessage.data',
  'UnknownPayload.data',
  'Workflow.definition',
  'WorkflowExecution.input',
];

/** Unions whose alternatives are told apart by their fields, for want of a tag. */
const untagged = ['ImageSource'];

describe('the schemas', () => {
  it('are JSON Schemas of draft 2020-12', () => {
    const wrong = names.flatMap((name) => schemaErrors(schemas[name] ?? {}).map((why) => `${name}: ${why}`));
    expect(wrong).toEqual([]);
  });

  it('have names that a person would choose', () => {
    expect(
      names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name) || /(View|Fields|Dto|Class)$/.test(name)),
    ).toEqual([]);
  });

  it('are all used', () => {
    const used = new Set(
      [...documentText.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
    );
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it('describe themselves', () => {
    expect(names.filter((name) => !schemas[name]?.description)).toEqual([]);
  });

  it('describe each field', () => {
    expect(places(fields.filter(({ schema }) => !schema.description))).toEqual([]);
  });

  it('give each field a type', () => {
    const untyped = fields.filter(
      ({ schema }) => !schema.type && !schema.$ref && !schema.anyOf && !schema.oneOf,
    );
    expect(places(untyped)).toEqual([]);
  });

  it('leave only those objects open whose inside is nobody’s business here', () => {
    const open = nodes.filter(
      ({ schema }) => typesOf(schema).includes('object') && schema.properties === undefined,
    );
    // Any JSON at all, as tools take and give it, has an object among what it may be.
    expect(places(open.filter(({ path }) => !path.includes('/anyOf'))).sort()).toEqual(freeFields);
  });

  it('have no object without a field', () => {
    const empty = nodes.filter(
      ({ schema }) => schema.properties && Object.keys(asSchema(schema.properties)).length === 0,
    );
    expect(places(empty)).toEqual([]);
  });

  it('forbid a reader no field that comes later', () => {
    expect(documentText).not.toContain('"additionalProperties": false');
  });

  it('require only fields that there are', () => {
    const wrong = nodes.filter(({ schema }) =>
      listOf(schema.required).some((name) => !(String(name) in asSchema(schema.properties))),
    );
    expect(places(wrong)).toEqual([]);
  });

  it('say null, examples and limits the way of 3.1', () => {
    const old = ['nullable', 'example', 'x-nullable'];
    expect(places(nodes.filter(({ schema }) => old.some((word) => word in schema)))).toEqual([]);
    const flags = nodes.filter(({ schema }) =>
      ['exclusiveMinimum', 'exclusiveMaximum'].some((word) => typeof schema[word] === 'boolean'),
    );
    expect(places(flags)).toEqual([]);
  });

  it('limit every text and every list', () => {
    const isEndless = ({ schema }: Node): boolean => {
      const isText = typesOf(schema).includes('string') && !schema.enum && !schema.format && !schema.pattern;
      const isList = typesOf(schema).includes('array') && schema.maxItems === undefined;
      return (isText && schema.maxLength === undefined) || isList;
    };
    expect(places(nodes.filter((node) => !node.path.includes('/anyOf') && isEndless(node)))).toEqual([]);
  });

  it('show examples that fit', () => {
    const wrong = nodes.flatMap(({ path, schema }) =>
      listOf(schema.examples).flatMap((example) => misfits(schema, example).map((why) => `${path}: ${why}`)),
    );
    expect(wrong).toEqual([]);
    expect(fields.filter(({ schema }) => schema.examples).length).toBeGreaterThan(200);
  });
});

const unions = nodes.filter(({ schema }) => schema.oneOf);

describe('the unions', () => {
  it('are those that clients take apart', () => {
    expect(places(unions).sort()).toEqual([
      'ContextState',
      'ImageSource',
      'Message',
      'MessagePayload',
      'ProjectStructureData',
      'Signal',
      'ToolPolicy',
    ]);
  });

  it.each(unions.filter(({ path }) => !untagged.includes(path)))(
    '$path says by a tag which one it is',
    ({ schema }) => {
      const { propertyName, mapping } = asSchema(schema.discriminator);
      const tag = String(propertyName);
      const refs = listOf(schema.oneOf).map((one) => asSchema(one).$ref);
      const mapped = Object.entries(asSchema(mapping));
      // Only what no tag can name is outside of the mapping: kinds of later versions.
      expect(
        refs
          .filter((ref) => !mapped.some(([, to]) => to === ref))
          .every((ref) => /Unknown/.test(String(ref))),
      ).toBe(true);
      for (const [value, ref] of mapped) {
        expect(refs).toContain(ref);
        const variant = schemas[String(ref).replace('#/components/schemas/', '')] ?? {};
        expect(asSchema(asSchema(variant.properties)[tag]).enum).toEqual([value]);
        expect(variant.required).toContain(tag);
      }
    },
  );
});

describe('the problems', () => {
  it.each(errorCodes)('show %s as it looks', (code) => {
    const value = examples[code]?.value;
    expect(value).toMatchObject({ code, status: problems[code].status, title: problems[code].title });
    expect(misfits({ $ref: '#/components/schemas/Problem' }, value)).toEqual([]);
  });

  it('are only those that there are', () => {
    expect(Object.keys(examples).sort()).toEqual([...errorCodes].sort());
  });
});

describe('the document', () => {
  it('is of OpenAPI 3.1, with a title, a version, a licence and a server', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({
      title: 'Pullcord',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      license: { identifier: 'Apache-2.0' },
    });
    expect(document.servers.every(({ url }) => URL.canParse(url))).toBe(true);
  });

  it('explains signals, pulls and the two cursors', () => {
    for (const word of ['signal', 'pull', '`revision`', '`sequence`', 'Idempotency-Key'])
      expect(String(document.info.description)).toContain(word);
  });

  it('describes its tags', () => {
    expect(document.tags.filter(({ description }) => !description)).toEqual([]);
  });

  it('asks for a token, or for none', () => {
    expect(document.security).toEqual([{ bearer: [] }, {}]);
    expect(securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('refers to nothing that it does not have', () => {
    const refs = [...documentText.matchAll(/"\$ref": "([^"]+)"/g)].map(([, ref]) => ref ?? '');
    const find = (ref: string): unknown =>
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (node, key) => asSchema(node)[key.replace(/~1/g, '/').replace(/~0/g, '~')],
          document,
        );
    expect(refs.filter((ref) => !ref.startsWith('#/') || find(ref) === undefined)).toEqual([]);
    expect(refs.length).toBeGreaterThan(100);
  });
});
