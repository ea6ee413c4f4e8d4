import type { FinishReason, TokenUsage } from '../providers/language-model.js';

/** The fourteen kinds of message and what each holds, as it goes over the wire. Times are RFC 3339 text. */

export interface TextData {
  readonly content: string;
  readonly display_text?: string;
  readonly formatting?: TextFormatting;
}

export interface TextFormatting {
  readonly markdown: boolean;
  readonly code_block?: { readonly language?: string };
  readonly highlighted_ranges: readonly HighlightedRange[];
}

/** Characters of the content, counted in UTF-16 units from 0; `end` is the first one after the range. */
export interface HighlightedRange {
  readonly start: number;
  readonly end: number;
}

export const recognitionModes = ['vision', 'ocr', 'auto'] as const;

export interface ImageData {
  readonly source: ImageSource;
  readonly recognition_mode: (typeof recognitionModes)[number];
  readonly recognized_text?: string;
  readonly vision_analysis?: string;
  readonly error?: string;
}

export type ImageSource =
  | { readonly url: string }
  | { readonly base64: string; readonly mime_type: string }
  | { readonly file_path: string }
  | { readonly attachment_id: string };

export interface FileReferenceData {
  /** In the workspace; of an attachment, its name. */
  readonly path: string;
  readonly attachment_id?: string;
  /** First and last line, both 1-based and both included. */
  readonly line_range?: readonly [number, number];
  readonly resolved_content?: string;
  readonly resolved_at?: string;
  readonly resolution_error?: string;
  readonly file?: FileFacts;
}

export interface FileFacts {
  readonly size_bytes: number;
  readonly mime_type?: string;
  readonly last_modified?: string;
  readonly line_count?: number;
}

export const structureTypes = ['tree', 'file_list', 'dependencies'] as const;

interface ProjectStructure {
  readonly root_path: string;
  readonly generated_at: string;
  readonly excluded_patterns: readonly string[];
}

export type ProjectStructureData = ProjectStructure &
  (
    | { readonly structure_type: 'tree'; readonly content: TreeNode }
    | { readonly structure_type: 'file_list'; readonly content: readonly ListedFile[] }
    | { readonly structure_type: 'dependencies'; readonly content: readonly Dependency[] }
  );

export interface TreeNode {
  readonly name: string;
  readonly type: 'directory' | 'file';
  readonly size_bytes?: number;
  readonly children?: readonly TreeNode[];
}

export interface ListedFile {
  readonly path: string;
  readonly size_bytes?: number;
}

export interface Dependency {
  readonly name: string;
  readonly version?: string;
  readonly is_development?: boolean;
}

export interface StreamingResponseData {
  /** Empty while the message streams, whole once it is final. */
  readonly content: string;
  readonly reasoning?: string;
  readonly model: string;
  readonly started_at: string;
  readonly completed_at?: string;
  readonly finish_reason?: FinishReason;
  readonly usage?: TokenUsage;
  /** The sequence of the last chunk; 0 while the message streams. */
  readonly final_sequence: number;
}

export const finishReasons = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'error',
  'other',
] as const satisfies readonly FinishReason[];

export const approvalStatuses = ['pending', 'approved', 'denied', 'auto_approved'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export const executionStatuses = ['success', 'failed', 'timeout', 'cancelled'] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model gave them: an object, or the raw text where that was no JSON. */
  readonly arguments: unknown;
}

export interface ToolRequestData {
  readonly calls: readonly ToolCall[];
  readonly approval_status: ApprovalStatus;
  readonly requested_at: string;
  readonly approved_at?: string;
  readonly approved_by?: string;
}

interface ToolOutcome {
  readonly tool_name: string;
  /** The id of the call that it answers. */
  readonly request_id: string;
  readonly result: unknown;
  readonly execution_status: ExecutionStatus;
  readonly executed_at: string;
  readonly duration_ms: number;
  readonly error?: ToolError;
}

export interface ToolError {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

export type ToolResultData = ToolOutcome;

export interface McpToolRequestData {
  readonly server_name: string;
  readonly tool_name: string;
  readonly arguments: unknown;
  readonly request_id: string;
  readonly approval_status: ApprovalStatus;
  readonly requested_at: string;
}

export interface McpToolResultData extends ToolOutcome {
  readonly server_name: string;
}

export interface McpResourceData {
  readonly server_name: string;
  readonly resource_uri: string;
  /** Absent in what a user sends to have it fetched. */
  readonly content?: string;
  readonly mime_type?: string;
  readonly retrieved_at?: string;
}

export const workflowStatuses = ['pending', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const;

export interface WorkflowExecutionData {
  readonly workflow_name: string;
  readonly execution_id: string;
  readonly workflow_status: (typeof workflowStatuses)[number];
  readonly current_step?: string;
  readonly total_steps: number;
  readonly completed_steps: number;
  readonly started_at: string;
  readonly updated_at: string;
  /** What the user is asked; answered with approve_tools. */
  readonly approvals?: readonly WorkflowApproval[];
  readonly result?: unknown;
  readonly error?: string;
}

export interface WorkflowApproval {
  readonly tool_call_id: string;
  readonly question: string;
}

export const controlTypes = [
  'mode_switch',
  'optimization_trigger',
  'branch_operation',
  'compression_request',
  'custom',
] as const;

export interface SystemControlData {
  readonly control_type: (typeof controlTypes)[number];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ProcessingData {
  readonly stage: string;
  readonly started_at: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SummaryData {
  readonly content: string;
  /** Ids of the messages that it stands for. They stay in the pool. */
  readonly covers: readonly string[];
  readonly strategy: string;
  readonly tokens_before: number;
  readonly tokens_after: number;
}

/** Each kind's name with its data. */
export interface DataOfKind {
  readonly text: TextData;
  readonly image: ImageData;
  readonly file_reference: FileReferenceData;
  readonly project_structure: ProjectStructureData;
  readonly streaming_response: StreamingResponseData;
  readonly tool_request: ToolRequestData;
  readonly tool_result: ToolResultData;
  readonly mcp_tool_request: McpToolRequestData;
  readonly mcp_tool_result: McpToolResultData;
  readonly mcp_resource: McpResourceData;
  readonly workflow_execution: WorkflowExecutionData;
  readonly system_control: SystemControlData;
  readonly processing: ProcessingData;
  readonly summary: SummaryData;
}

export type MessageKind = keyof DataOfKind;

export type KnownPayload = {
  readonly [Kind in MessageKind]: { readonly kind: Kind; readonly data: DataOfKind[Kind] };
}[MessageKind];

/** A kind that this version does not know. It is kept whole and given back as it came. */
export interface UnknownPayload {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type MessagePayload = KnownPayload | UnknownPayload;
