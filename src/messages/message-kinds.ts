import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { SkippedModel, TokenUsage } from '../providers/language-model.js';
import type { KnownPayload, MessageKind, UnknownPayload } from './payload-kinds.js';

export * from './payload-kinds.js';

export const messageRoles = ['system', 'user', 'assistant', 'tool'] as const;
export type MessageRole = (typeof messageRoles)[number];

/** Only a `streaming` message may change; the other statuses are final. */
export const messageStatuses = ['streaming', 'complete', 'cancelled', 'interrupted', 'failed'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

export const messageSources = [
  'user_input',
  'user_file_reference',
  'user_workflow',
  'user_image_upload',
  'ai_generated',
  'tool_execution',
  'system_control',
  'external',
] as const;
export type MessageSource = (typeof messageSources)[number];

export interface MessageMetadata {
  readonly source: MessageSource;
  readonly display_hint: DisplayHint;
  readonly streaming?: StreamingFacts;
  readonly tokens?: TokenUsage;
  /** What the user typed, where the message holds something made of it. */
  readonly original_input?: string;
  readonly trace_id?: string;
  readonly run_id?: string;
  /** The models that were asked before the one that answered, in their order, and why they did not. */
  readonly skipped?: readonly SkippedModel[];
  /** The message that the server put this one beside, with what that one refers to. */
  readonly companion_of?: MessageId;
  /** What the client sent along, kept as it came. */
  readonly client?: Readonly<Record<string, unknown>>;
}

/** How to show a message without knowing its kind. */
export interface DisplayHint {
  readonly summary?: string;
  readonly collapsed: boolean;
  readonly icon?: string;
}

export interface StreamingFacts {
  readonly chunks_count: number;
  readonly started_at: string;
  readonly completed_at?: string;
  readonly total_duration_ms?: number;
  readonly average_chunk_interval_ms?: number;
}

/** What every message has, whatever its kind. */
export interface MessageFields {
  readonly id: MessageId;
  readonly context_id: ContextId;
  /** The branch that it was created on. */
  readonly branch: BranchId;
  readonly parent_id: MessageId | null;
  /** 1-based place in its chain. */
  readonly depth: number;
  readonly role: MessageRole;
  readonly status: MessageStatus;
  readonly metadata: MessageMetadata;
  readonly revision: number;
  readonly created_at: string;
}

export type KnownMessage = MessageFields & KnownPayload;
export type UnknownMessage = MessageFields & UnknownPayload;

/** A message as it goes over the wire. */
export type Message = KnownMessage | UnknownMessage;

export interface KindRule {
  /** May come with `send_message`; every kind may come with `append_message`. */
  readonly isSendable: boolean;
  readonly source: MessageSource;
  readonly icon: string;
  /** Shown folded until somebody asks for it. */
  readonly isCollapsed: boolean;
}

const fromUser = { isSendable: true, isCollapsed: false };
const folded = { isSendable: false, isCollapsed: true };
const shown = { isSendable: false, isCollapsed: false };

export const kindRules: { readonly [Kind in MessageKind]: KindRule } = {
  text: { ...fromUser, source: 'user_input', icon: 'message' },
  image: { ...fromUser, source: 'user_image_upload', icon: 'image' },
  file_reference: { ...fromUser, source: 'user_file_reference', icon: 'file' },
  project_structure: { ...fromUser, isCollapsed: true, source: 'user_file_reference', icon: 'folder' },
  streaming_response: { ...shown, source: 'ai_generated', icon: 'sparkles' },
  tool_request: { ...folded, source: 'ai_generated', icon: 'wrench' },
  tool_result: { ...folded, source: 'tool_execution', icon: 'wrench' },
  mcp_tool_request: { ...folded, source: 'ai_generated', icon: 'plug' },
  mcp_tool_result: { ...folded, source: 'tool_execution', icon: 'plug' },
  mcp_resource: { ...fromUser, isCollapsed: true, source: 'user_file_reference', icon: 'book' },
  workflow_execution: { ...shown, source: 'user_workflow', icon: 'workflow' },
  system_control: { ...folded, source: 'system_control', icon: 'sliders' },
  processing: { ...shown, source: 'system_control', icon: 'loader' },
  summary: { ...folded, source: 'system_control', icon: 'archive' },
};

export const messageKinds = Object.keys(kindRules) as readonly MessageKind[];

/** A kind of a client's own can be kept and shown, but no model can be asked about what we cannot read. */
const unknownRule: KindRule = { ...shown, source: 'external', icon: 'puzzle' };

export const isMessageKind = (kind: string): kind is MessageKind => Object.hasOwn(kindRules, kind);

/** The rule of a kind, known or not. */
export const kindRule = (kind: string): KindRule => (isMessageKind(kind) ? kindRules[kind] : unknownRule);

/** True when the kind is one of the fourteen; narrows a payload or a message to what that kind holds. */
export function isKnown(message: Message): message is KnownMessage;
export function isKnown(payload: KnownPayload | UnknownPayload): payload is KnownPayload;
export function isKnown({ kind }: { readonly kind: string }): boolean {
  return isMessageKind(kind);
}
