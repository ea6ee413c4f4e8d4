import type { Mode } from '../../config/mode-table.js';
import type { ModelFacts } from '../../config/model-table.js';
import type { Context } from '../../contexts/context-row.js';
import type { Stage } from '../../contexts/context-state.js';
import type { MessageId } from '../../kernel/ids.js';
import type { Sent } from '../../messages/map-to-prompt.js';
import type { KnownMessage, Message } from '../../messages/message-kinds.js';
import type { LineRange } from '../../prompts/convert-mentions.js';
import type { WorkspaceHint } from '../../prompts/map-to-system.js';
import type { AbortReason, Outcome, PipelineStep } from '../../prompts/pipeline.js';
import type { ModelRequest, PromptMessage, ToolSchema } from '../../providers/language-model.js';
import type { Compression } from '../compression/compression-policy.js';
import type { FoldPlan } from '../compression/plan-fold-policy.js';

/** What the steps make of a message: what is known at the beginning, and what each has added. */
export interface Draft {
  readonly context: Context;
  /** The id of the model that is to answer. */
  readonly model: string;
  /** What it takes and can do. */
  readonly facts: ModelFacts;
  readonly compression: Compression;
  /** What is always sent, each call with its results. */
  readonly pinned: ReadonlySet<MessageId>;
  /** True where every message is to be counted, also when it fits without that. */
  readonly isExact?: boolean;
  /** The newest messages of the branch, oldest first, the companions that this turn adds among them. */
  readonly messages: readonly Message[];
  /** The message to answer; undefined where the turn goes on, with what was made of its message before. */
  readonly question?: Message;
  /** What the question refers to, once it was looked at. */
  readonly found?: readonly Found[];
  /** Messages to be added behind the question. */
  readonly companions: readonly Companion[];
  readonly surroundings?: Surroundings;
  /** What the model is told of its work. */
  readonly systemPrompt: string;
  /** All that it could be sent. */
  readonly sent: readonly Sent[];
  /** Of `sent` and of the tools; absent until they were counted. */
  readonly counts?: Counts;
  readonly folding?: Folding;
  /** True once the results of tools in the newest turn were cut. */
  readonly isShortened?: boolean;
  /** Why each of `sent` is sent or not. */
  readonly reasons?: ReadonlyMap<Sent, Reason>;
  /** What it is sent. */
  readonly prompt: readonly PromptMessage[];
  readonly request?: ModelRequest;
}

/** Something that a message points at. */
export type Reference =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly line_range?: LineRange;
      /** It was said to be a file; what a text mentions may just as well be a name. */
      readonly isCertain: boolean;
    }
  | {
      readonly type: 'attachment';
      readonly attachment_id: string;
      /** Its name. */
      readonly path: string;
      readonly line_range?: LineRange;
    }
  | { readonly type: 'resource'; readonly server_name: string; readonly resource_uri: string };

/** What was found where a reference points. */
export type Found =
  | { readonly type: 'companion'; readonly companion: Companion }
  /** Nothing has that name, so it was no reference. */
  | { readonly type: 'nothing' }
  | { readonly type: 'failure'; readonly reason: AbortReason };

/** A message of the user's that the server writes: what the question refers to, as it was at that time. */
export type Companion = Extract<KnownMessage, { kind: 'file_reference' | 'mcp_resource' }>;

/** What the model is told of where it works. */
export interface Surroundings {
  /** The system prompt with its values in it, or why there is none. */
  readonly systemPrompt: string | AbortReason;
  readonly workspace?: WorkspaceHint;
  readonly tools: readonly ToolSchema[];
  /** The mode of work; undefined where there is none, or no such one. */
  readonly mode?: Mode;
}

export interface Counts {
  /** In the order of `sent`. */
  readonly sent: readonly number[];
  readonly tools: number;
}

/** How the attempt at a summary went. `refused`: there is to be none now. */
export type Folding =
  | { readonly type: 'made'; readonly summary: Message }
  | { readonly type: 'failed' }
  | { readonly type: 'refused'; readonly plan: FoldPlan };

export type Reason = 'system' | 'summary' | 'pinned' | 'recent' | 'important' | 'left_out';

/** What a step waits for. */
export type Need =
  | { readonly type: 'references'; readonly references: readonly Reference[]; readonly question: Message }
  | { readonly type: 'surroundings' }
  | { readonly type: 'tokens' }
  | { readonly type: 'summary'; readonly plan: FoldPlan }
  /** These results with so many tokens less. */
  | { readonly type: 'shorter'; readonly results: readonly Sent[]; readonly excess: number };

export type Taken = Outcome<Draft, Need>;
export type Step = PipelineStep<Stage, Draft, Need>;
