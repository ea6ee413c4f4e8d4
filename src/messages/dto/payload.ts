import {
  Choice,
  type Class,
  Component,
  Field,
  type FieldFacts,
  FreeObject,
  Nested,
  taggedUnion,
} from '../../http/fields.js';
import { isMessageKind, messageKinds, type MessageKind } from '../message-kinds.js';
import { FileReferenceData } from './files.js';
import { ImageData } from './image.js';
import { maxFreeBytes } from './limits.js';
import { McpResourceData, McpToolRequestData, McpToolResultData } from './mcp.js';
import { ProjectStructureData } from './project-structure.js';
import { StreamingResponseData } from './streaming-response.js';
import { ProcessingData, SystemControlData, WorkflowExecutionData } from './system.js';
import { SummaryData, TextData } from './text.js';
import { ToolRequestData, ToolResultData } from './tools.js';

/** What each kind's data is validated and shown as. */
export const dataClasses: { readonly [Kind in MessageKind]: Class } = {
  text: TextData,
  image: ImageData,
  file_reference: FileReferenceData,
  project_structure: ProjectStructureData,
  streaming_response: StreamingResponseData,
  tool_request: ToolRequestData,
  tool_result: ToolResultData,
  mcp_tool_request: McpToolRequestData,
  mcp_tool_result: McpToolResultData,
  mcp_resource: McpResourceData,
  workflow_execution: WorkflowExecutionData,
  system_control: SystemControlData,
  processing: ProcessingData,
  summary: SummaryData,
};

const kindPattern = /^[a-z][a-z0-9_]{0,63}$/;

/** For classes that hold a kind beside its data: declares both fields on a class made for that kind. */
export function declareKind(type: Class, kind: MessageKind): void {
  Choice({ about: 'What the data is.', values: [kind], example: kind })(type.prototype as object, 'kind');
  Nested(() => dataClasses[kind], { about: `What a message of the kind ${kind} holds.` })(
    type.prototype as object,
    'data',
  );
}

/** The same for every kind that this version does not know. */
export function declareUnknownKind(type: Class): void {
  UnknownKind({ about: 'A kind that this version does not know.', example: 'weather_card' })(
    type.prototype as object,
    'kind',
  );
  FreeObject({ about: 'Whatever that kind holds, kept as it came.', maxBytes: maxFreeBytes })(
    type.prototype as object,
    'data',
  );
}

/** A class for each kind, made by `make` under a name such as `ToolRequestMessage`. */
export const classOfEachKind = (
  suffix: string,
  make: (name: string) => Class,
): Readonly<Record<MessageKind, Class>> =>
  Object.fromEntries(
    messageKinds.map((kind) => {
      const type = make(pascalCase(kind) + suffix);
      declareKind(type, kind);
      Component({ about: `A ${suffix.toLowerCase()} of the kind \`${kind}\`.` })(type);
      return [kind, type];
    }),
  ) as Record<MessageKind, Class>;

const payloadClasses = classOfEachKind('Payload', (name) => ({ [name]: class {} })[name] as Class);

@Component({
  about: 'A payload of a kind that this version does not know: kept whole, and given back as it came.',
})
class UnknownPayload {}
declareUnknownKind(UnknownPayload);

const MessagePayload = taggedUnion('MessagePayload', 'kind', payloadClasses, {
  rest: UnknownPayload,
  about: 'What a message holds: its `kind`, and the data of that kind.',
});

/** A message of any kind, `{kind, data}`: validated by its kind, kept whole when the kind is unknown. */
export const Payload = (facts: FieldFacts): PropertyDecorator => Nested(() => MessagePayload, facts);

function UnknownKind(facts: FieldFacts): PropertyDecorator {
  return Field(facts, {
    // `not` keeps the alternatives of the union apart: a payload fits one of them.
    schema: { type: 'string', pattern: kindPattern.source, not: { enum: [...messageKinds] } },
    problem: (value) => {
      if (typeof value !== 'string') return 'must be text';
      return kindPattern.test(value) && !isMessageKind(value)
        ? undefined
        : 'must be a kind: a lower-case letter, then up to 63 lower-case letters, digits and underscores';
    },
  });
}

function pascalCase(kind: string): string {
  return kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
