/** What a workflow's YAML says, once it has been read and checked. `${{ … }}` in texts holds a CEL expression. */
export interface Workflow {
  /** The file's name without its ending. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  readonly steps: readonly WorkflowStep[];
  /** The result, made when all steps are done; without it, the output of the last step is the result. */
  readonly output?: unknown;
}

export const inputTypes = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

export interface WorkflowInput {
  readonly type: (typeof inputTypes)[number];
  readonly description?: string;
  readonly default?: unknown;
  /** The values that are taken; without it, any of the type. */
  readonly enum?: readonly unknown[];
  /** An input without a default is required unless this says otherwise. */
  readonly required?: boolean;
}

interface StepFields {
  /** Unique in the workflow: `steps.<id>.output` is what it gave. */
  readonly id: string;
  /** A failure is this step's output, `{error: {code, message}}`, and the next step begins. */
  readonly continue_on_error?: boolean;
}

/** Of a step that reaches outside. */
interface WorkFields extends StepFields {
  /** How long one try may take. */
  readonly timeout_ms?: number;
  /** May run once more after it was cut off or has failed: that it has run before does no harm. */
  readonly repeatable?: boolean;
  readonly retry?: Retry;
}

export interface Retry {
  /** Tries in all, the first one among them. */
  readonly max_attempts: number;
  /** Before the second try; doubled before each further one. */
  readonly delay_ms?: number;
}

export interface PromptStep extends WorkFields {
  readonly prompt: string;
  readonly system?: string;
  readonly model?: string;
  readonly parameters?: { readonly temperature?: number; readonly max_tokens?: number };
}
export interface ToolStep extends WorkFields {
  readonly tool: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}
export interface SetStep extends StepFields {
  readonly set: Readonly<Record<string, unknown>>;
}
export interface IfStep extends StepFields {
  /** An expression that is true or false. */
  readonly if: string;
  readonly then: readonly WorkflowStep[];
  readonly else?: readonly WorkflowStep[];
}
export interface ForEachStep extends StepFields {
  /** An expression that is a list. */
  readonly for_each: string;
  /** The name of the element in the expressions of `steps`. */
  readonly as: string;
  readonly max_parallel: number;
  readonly steps: readonly WorkflowStep[];
}
export interface ApprovalStep extends StepFields {
  /** The question to the user. */
  readonly approval: string;
}

export type WorkflowStep = PromptStep | ToolStep | SetStep | IfStep | ForEachStep | ApprovalStep;
export const stepKinds = ['prompt', 'tool', 'set', 'if', 'for_each', 'approval'] as const;
export type StepKind = (typeof stepKinds)[number];

export function kindOf(step: WorkflowStep): StepKind {
  const kind = stepKinds.find((name) => name in step);
  if (!kind) throw new Error(`Step ${step.id} is of no kind.`);
  return kind;
}

/** The steps inside a step. */
export function innerSteps(step: WorkflowStep): readonly WorkflowStep[] {
  if ('if' in step) return [...step.then, ...(step.else ?? [])];
  return 'for_each' in step ? step.steps : [];
}

/**
 * Whether work that began, and of whose end nothing is known, may begin again. Asking the model and calling tools has
 * effects, so a step must say so itself; one that asks for retries says it too.
 */
export const isRepeatable = ({ repeatable, retry }: PromptStep | ToolStep): boolean =>
  repeatable ?? retry !== undefined;
