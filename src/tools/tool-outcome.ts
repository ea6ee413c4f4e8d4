import type { ToolDefinition } from './tool-source.js';

/** Why a call failed, for the model and the user: what is wrong, and what would help. */
export interface ToolFault {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** A call that is not made at all. */
export interface ToolFailure {
  readonly error: ToolFault;
}

/** A call that may be made: the tool is there, and the arguments are what its schema asks for. */
export interface CheckedCall {
  readonly tool: ToolDefinition;
  readonly args: Readonly<Record<string, unknown>>;
}

export type ExecutionStatus = 'success' | 'failed' | 'timeout' | 'cancelled';

/** What came of a call. */
export interface ToolOutcome {
  readonly execution_status: ExecutionStatus;
  /** What the tool answered, also when it failed or was stopped and said something all the same; else null. */
  readonly result: unknown;
  /** There unless it is a success. */
  readonly error?: ToolFault;
  readonly duration_ms: number;
}
