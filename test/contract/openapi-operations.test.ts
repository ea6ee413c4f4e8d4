// What whoever generates a client, or reads the document, may count on in every operation. The rules are a table: a new
// route that says too little about itself fails by the name of what is missing.
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/kernel/domain-error.js';
import { problems, retryAfterSeconds } from '../../src/http/problems.js';
import {
  codesOf,
  document,
  misfits,
  operations,
  valuesOf,
  type Answer,
  type Content,
  type Parameter,
  type PlacedOperation,
} from '../support/openapi-document.js';

/** A sentence about every operation, and what speaks against it in one. */
type Rule = readonly [sentence: string, complaints: (operation: PlacedOperation) => readonly string[]];

const unless = (isRight: boolean, complaint: string): string[] => (isRight ? [] : [complaint]);

const problemType = 'application/problem+json';
const isSuccess = (status: string): boolean => status.startsWith('2');
const isError = (status: string): boolean => Number(status) >= 400;

const successesOf = ({ responses }: PlacedOperation): [string, Answer][] =>
  Object.entries(responses).filter(([status]) => isSuccess(status));
const errorsOf = ({ responses }: PlacedOperation): [string, Answer][] =>
  Object.entries(responses).filter(([status]) => isError(status));
const bodyOf = ({ requestBody }: PlacedOperation): Content | undefined =>
  requestBody?.content['application/json'] ?? requestBody?.content['multipart/form-data'];

/** A post that only gets something changes nothing, so that it may be repeated as it is. */
const isCommand = ({ method, operationId, deprecated }: PlacedOperation): boolean =>
  method === 'post' && !deprecated && !operationId.startsWith('get');
const has = ({ parameters = [] }: PlacedOperation, name: string): boolean =>
  parameters.some((parameter) => parameter.name === name);

/** Says by itself what it takes. */
const isPlain = ({ schema, deprecated }: Parameter): boolean =>
  deprecated === true ||
  schema.default !== undefined ||
  schema.enum !== undefined ||
  schema.type === 'boolean';

const isNamed = (schema: Content['schema']): boolean =>
  schema?.$ref !== undefined ||
  (Array.isArray(schema?.oneOf) && schema.oneOf.every((one: object) => '$ref' in one));

/** What is no JSON has no fields to be named. */
const isText = ({ schema }: Content): boolean => schema?.type === 'string';

const complaintsAbout = ({ schema = {}, ...content }: Content): string[] => {
  const values = valuesOf(content);
  return [...unless(values.length > 0, 'it has none'), ...values.flatMap((value) => misfits(schema, value))];
};

/** A file that was there already is no new one, and a part of one is not the whole. */
const severalSuccesses: Readonly<Record<string, number>> = { uploadAttachment: 2, getAttachmentContent: 2 };

const rules: readonly Rule[] = [
  [
    'has an id that a person would type',
    ({ operationId }) => unless(/^[a-z]+([A-Z][a-z]+)+$/.test(operationId), operationId),
  ],
  [
    'has a summary of one short line',
    ({ summary }) => [
      ...unless(/^[A-Z].{3,59}$/.test(summary), summary),
      ...unless(!summary.endsWith('.'), 'it is no sentence'),
    ],
  ],
  [
    'has one tag, which the document describes',
    ({ tags }) =>
      unless(tags.length === 1 && document.tags.some(({ name }) => name === tags[0]), String(tags)),
  ],
  [
    'has each name of its path as a required parameter, in order',
    ({ path, parameters = [] }) => {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      return [
        ...unless(JSON.stringify(names) === JSON.stringify(inPath.map(({ name }) => name)), path),
        ...inPath.filter(({ required }) => required !== true).map(({ name }) => `${name} is not required`),
      ];
    },
  ],
  [
    'describes each parameter, with an example where its schema does not say it all',
    ({ parameters = [] }) =>
      parameters.flatMap((parameter) => [
        ...unless(Boolean(parameter.description), `${parameter.name} has no description`),
        ...unless(parameter.schema.type !== undefined, `${parameter.name} has no type`),
        ...unless(isPlain(parameter) || parameter.example !== undefined, `${parameter.name} has no example`),
        ...(parameter.example === undefined ? [] : misfits(parameter.schema, parameter.example)),
      ]),
  ],
  [
    'takes a body that has a name and a fitting example, or none',
    (operation) => {
      const body = bodyOf(operation);
      if (!body) return unless(operation.requestBody === undefined, 'its body is neither JSON nor a form');
      return [...unless(isNamed(body.schema), 'the body has no name'), ...complaintsAbout(body)];
    },
  ],
  [
    'answers one success, with a named body that has fitting examples, or with none',
    (operation) => {
      const successes = successesOf(operation);
      const contents = successes.flatMap(([, { content = {} }]) => Object.values(content));
      // The document itself is one body that it does not describe; the bytes of a file are the other.
      const isDescribed = !['getOpenapi', 'getAttachmentContent'].includes(operation.operationId);
      const expected = severalSuccesses[operation.operationId] ?? 1;
      return [
        ...unless(successes.length === expected, 'there is not one success'),
        ...contents.flatMap((content) => [
          ...unless(!isDescribed || isNamed(content.schema) || isText(content), 'the answer has no name'),
          ...complaintsAbout(content),
        ]),
        ...unless(contents.length > 0 || successes[0]?.[0] === '204', 'only a 204 has no body'),
      ];
    },
  ],
  [
    'answers errors as problems alone, each with its codes',
    (operation) =>
      errorsOf(operation).flatMap(([status, { content = {}, description }]) => [
        ...unless(Object.keys(content).join() === problemType, `${status} is no problem`),
        ...unless(
          content[problemType]?.schema?.$ref === '#/components/schemas/Problem',
          `${status} has another schema`,
        ),
        ...unless(codesOf(operation, Number(status)).length > 0, `${status} has no code`),
        ...codesOf(operation, Number(status))
          .filter((code) => !description.includes(`\`${code}\``))
          .map((code) => `${status} does not explain ${code}`),
      ]),
  ],
  [
    'lists each code with the status that it has',
    (operation) =>
      errorsOf(operation).flatMap(([status]) =>
        codesOf(operation, Number(status)).filter((code) => {
          const known = errorCodes.find((one) => one === code);
          return known === undefined || problems[known].status !== Number(status);
        }),
      ),
  ],
  [
    'says when to come back, where waiting helps',
    (operation) =>
      errorsOf(operation)
        .filter(([status]) =>
          errorCodes.some(
            (code) => codesOf(operation, Number(status)).includes(code) && retryAfterSeconds(code),
          ),
        )
        .filter(([, { headers }]) => !headers?.['Retry-After'])
        .map(([status]) => `${status} has no Retry-After`),
  ],
  [
    'says what a body can be refused for',
    (operation) =>
      operation.requestBody ? ['400', '413', '415'].filter((status) => !operation.responses[status]) : [],
  ],
  [
    'says what any request can be refused for',
    (operation) =>
      ['403', '500', ...(operation.security ? [] : ['401', '503'])].filter(
        (status) => !operation.responses[status],
      ),
  ],
  [
    'needs a token, unless it tells nothing about anybody',
    ({ operationId, security }) => {
      const open = ['getWelcome', 'getOpenapi', 'getLiveness', 'getReadiness'];
      return unless(open.includes(operationId) === (security?.length === 0), operationId);
    },
  ],
  [
    'takes an Idempotency-Key when it is a command',
    (operation) =>
      unless(
        !isCommand(operation) ||
          (has(operation, 'Idempotency-Key') && codesOf(operation, 422).includes('idempotency_key_reused')),
        'it does not',
      ),
  ],
  [
    'answers an ETag and 304 when it takes If-None-Match',
    (operation) => {
      if (!has(operation, 'If-None-Match')) return unless(!operation.responses['304'], 'it answers 304');
      return [
        ...unless(operation.responses['304']?.content === undefined, 'its 304 has a body'),
        ...unless(operation.responses['200']?.headers?.ETag !== undefined, 'it has no ETag'),
      ];
    },
  ],
  [
    'can be refused with 412 exactly when it takes If-Match',
    (operation) =>
      unless(has(operation, 'If-Match') === (operation.responses['412'] !== undefined), 'the two differ'),
  ],
  [
    'says where what it created is',
    ({ responses }) =>
      unless(!responses['201'] || responses['201'].headers?.Location !== undefined, 'it does not'),
  ],
  [
    'says since when it is deprecated, until when it is there, and what comes after it',
    ({ deprecated, responses, tags }) => [
      ...unless((deprecated === true) === tags.includes('legacy'), 'deprecated is not legacy'),
      ...Object.entries(responses)
        .filter(([status]) => deprecated && isSuccess(status))
        .flatMap(([, { headers = {} }]) =>
          ['Deprecation', 'Sunset', 'Link'].filter((name) => !headers[name]),
        ),
    ],
  ],
  [
    'streams signals as server-sent events, and nothing else',
    ({ operationId, responses }) => {
      const types = Object.keys(responses['200']?.content ?? {});
      const isStream = types.includes('text/event-stream');
      return unless(
        isStream === operationId.startsWith('stream') && (!isStream || types.length === 1),
        operationId,
      );
    },
  ],
];

describe('each operation', () => {
  it.each(rules)('%s', (_, complaints) => {
    const found = operations.map((operation) => [operation.operationId, complaints(operation)] as const);
    expect(Object.fromEntries(found.filter(([, list]) => list.length > 0))).toEqual({});
  });
});

describe('the operations', () => {
  it('have ids of their own', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('are all that the contract asks for, and no others', () => {
    expect(operations.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`).sort())
      .toMatchInlineSnapshot(`
        [
          "delete /attachments/{attachment_id} deleteAttachment",
          "delete /contexts/{context_id} deleteContext",
          "delete /contexts/{context_id}/branches/{branch_id} deleteBranch",
          "delete /contexts/{context_id}/messages/{message_id}/pin unpinMessage",
          "delete /session/tabs/{context_id} closeTab",
          "delete /system-prompts/{system_prompt_id} deleteSystemPrompt",
          "get / getWelcome",
          "get /attachments listAttachments",
          "get /attachments/{attachment_id} getAttachment",
          "get /attachments/{attachment_id}/content getAttachmentContent",
          "get /audit listAudit",
          "get /contexts listContexts",
          "get /contexts/{context_id} getContext",
          "get /contexts/{context_id}/branches listBranches",
          "get /contexts/{context_id}/branches/compare compareBranches",
          "get /contexts/{context_id}/branches/{branch_id} getBranch",
          "get /contexts/{context_id}/events streamContextEvents",
          "get /contexts/{context_id}/export exportContext",
          "get /contexts/{context_id}/messages pullMessages",
          "get /contexts/{context_id}/messages/{message_id} getMessage",
          "get /contexts/{context_id}/messages/{message_id}/streaming-chunks pullChunks",
          "get /contexts/{context_id}/metadata getContextMetadata",
          "get /contexts/{context_id}/prompt_preview previewPrompt",
          "get /contexts/{context_id}/state getContextState",
          "get /contexts/{context_id}/workflow-executions listWorkflowExecutions",
          "get /deleted-contexts listDeletedContexts",
          "get /events streamEvents",
          "get /health/live getLiveness",
          "get /health/ready getReadiness",
          "get /mcp/servers listMcpServers",
          "get /mcp/servers/{server}/prompts listMcpPrompts",
          "get /mcp/servers/{server}/resource readMcpResource",
          "get /mcp/servers/{server}/resources listMcpResources",
          "get /model-calls listModelCalls",
          "get /models listModels",
          "get /models/{model_id} getModel",
          "get /openapi.json getOpenapi",
          "get /search searchMessages",
          "get /session getSession",
          "get /system-prompts listSystemPrompts",
          "get /system-prompts/{system_prompt_id} getSystemPrompt",
          "get /system-prompts/{system_prompt_id}/versions listSystemPromptVersions",
          "get /token getToken",
          "get /tools listTools",
          "get /usage getUsage",
          "get /workflow-executions/{execution_id} getWorkflowExecution",
          "get /workflows listWorkflows",
          "get /workflows/{workflow_id} getWorkflow",
          "patch /contexts/{context_id} patchContext",
          "patch /contexts/{context_id}/branches/{branch_id} patchBranch",
          "patch /session patchSession",
          "patch /system-prompts/{system_prompt_id} patchSystemPrompt",
          "post /attachments uploadAttachment",
          "post /contexts createContext",
          "post /contexts/import importContexts",
          "post /contexts/{context_id}/actions/append_message appendMessage",
          "post /contexts/{context_id}/actions/approve_tools approveTools",
          "post /contexts/{context_id}/actions/archive archiveContext",
          "post /contexts/{context_id}/actions/cancel cancelRun",
          "post /contexts/{context_id}/actions/compress compressContext",
          "post /contexts/{context_id}/actions/continue continueTurn",
          "post /contexts/{context_id}/actions/edit_message editMessage",
          "post /contexts/{context_id}/actions/generate_title generateTitle",
          "post /contexts/{context_id}/actions/merge_branch mergeBranch",
          "post /contexts/{context_id}/actions/restore restoreContext",
          "post /contexts/{context_id}/actions/retry retryAnswer",
          "post /contexts/{context_id}/actions/send_message sendMessage",
          "post /contexts/{context_id}/actions/switch_branch switchBranch",
          "post /contexts/{context_id}/actions/undelete undeleteContext",
          "post /contexts/{context_id}/branches createBranch",
          "post /contexts/{context_id}/messages postMessage",
          "post /contexts/{context_id}/messages/streaming beginStream",
          "post /contexts/{context_id}/messages/{message_id}/finalize finalizeStream",
          "post /contexts/{context_id}/messages/{message_id}/streaming-chunks appendChunks",
          "post /mcp/servers/{server}/prompts/{prompt} getMcpPrompt",
          "post /model-calls/{model_call_id}/approve approveModelCall",
          "post /model-calls/{model_call_id}/deny denyModelCall",
          "post /session/tabs openTab",
          "post /system-prompts createSystemPrompt",
          "post /tools/execute executeTool",
          "post /workflow-executions/{execution_id}/cancel cancelWorkflowExecution",
          "post /workflow-executions/{execution_id}/pause pauseWorkflowExecution",
          "post /workflow-executions/{execution_id}/resume resumeWorkflowExecution",
          "post /workflows/{workflow_id}/execute executeWorkflow",
          "put /contexts/{context_id}/messages/{message_id}/pin pinMessage",
        ]
      `);
  });
});
