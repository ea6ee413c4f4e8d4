import {
  AnyJson,
  Choice,
  Component,
  Int,
  Nested,
  NestedList,
  Rule,
  Text,
  Timestamp,
} from '../../http/fields.js';
import {
  approvalStatuses,
  executionStatuses,
  type ApprovalStatus,
  type ExecutionStatus,
  type ToolCall as ToolCallOfKind,
  type ToolError as ToolErrorOfKind,
  type ToolRequestData as ToolRequest,
  type ToolResultData as ToolResult,
} from '../payload-kinds.js';
import { maxErrorText, maxForeignId, maxFreeBytes, maxName, maxResultBytes } from './limits.js';

@Component({ about: 'One call of a tool.' })
export class ToolCall implements ToolCallOfKind {
  @Text({ about: 'Id of the call, given by the model.', min: 1, max: maxForeignId, example: 'call_1' })
  readonly id!: string;

  @Text({ about: 'Name of the tool.', min: 1, max: maxName, example: 'get_weather' })
  readonly name!: string;

  @AnyJson({
    about: 'What the tool is called with: an object, or the raw text where the model wrote no JSON.',
    maxBytes: maxFreeBytes,
    example: { city: 'Oslo' },
  })
  readonly arguments!: unknown;
}

@Component({ about: 'Tool calls that a model asks for.' })
export class ToolRequestData implements ToolRequest {
  @Rule<ToolRequestData>(({ calls }) => repeatedId(calls))
  @NestedList(() => ToolCall, { about: 'The calls, in the order asked.', minItems: 1, maxItems: 128 })
  readonly calls!: readonly ToolCall[];

  @Choice({ about: 'Whether the calls may be made.', values: approvalStatuses, example: 'auto_approved' })
  readonly approval_status!: ApprovalStatus;

  @Timestamp({ about: 'When the model asked.' })
  readonly requested_at!: string;

  @Timestamp({ about: 'When it was decided.', optional: true })
  readonly approved_at?: string;

  @Text({ about: 'Who decided.', max: maxName, optional: true })
  readonly approved_by?: string;
}

@Component({ about: 'Why a tool call failed.' })
export class ToolError implements ToolErrorOfKind {
  @Text({ about: 'Stable code of the error.', min: 1, max: maxName, example: 'timeout' })
  readonly code!: string;

  @Text({ about: 'What went wrong.', max: maxErrorText, example: 'The tool did not answer in time.' })
  readonly message!: string;

  @AnyJson({ about: 'Whatever else is known of it.', maxBytes: maxFreeBytes, optional: true })
  readonly details?: unknown;
}

/** What came of one call, whoever made it. */
export class ToolOutcome {
  @Text({ about: 'Id of the call that it answers.', min: 1, max: maxForeignId, example: 'call_1' })
  readonly request_id!: string;

  @Text({ about: 'Name of the tool.', min: 1, max: maxName, example: 'get_weather' })
  readonly tool_name!: string;

  @AnyJson({
    about: 'What the tool answered; null when it failed.',
    maxBytes: maxResultBytes,
    example: { celsius: 4 },
  })
  readonly result!: unknown;

  @Choice({ about: 'How the call ended.', values: executionStatuses, example: 'success' })
  readonly execution_status!: ExecutionStatus;

  @Timestamp({ about: 'When the call ended.' })
  readonly executed_at!: string;

  @Int({ about: 'How long it took, in milliseconds.', min: 0, example: 130 })
  readonly duration_ms!: number;

  @Nested(() => ToolError, { about: 'Why it failed.', optional: true })
  readonly error?: ToolError;
}

@Component({ about: 'What came of a tool call.' })
export class ToolResultData extends ToolOutcome implements ToolResult {}

function repeatedId(calls: readonly ToolCall[]): string | undefined {
  return new Set(calls.map(({ id }) => id)).size < calls.length
    ? 'must not hold the same id twice'
    : undefined;
}
