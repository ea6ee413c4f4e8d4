import type { ContextView } from '@pullcord/client';

export type State = NonNullable<ContextView['metadata']>['state'];

/** What the server is doing, in words. `tone` says whether it works, waits for the reader, or has failed. */
export interface StateLine {
  readonly tone: 'busy' | 'waiting' | 'error';
  readonly text: string;
}

const stages: Readonly<Record<string, string>> = {
  validating: 'Reading the message',
  resolving_files: 'Reading files',
  enhancing_prompt: 'Preparing the prompt',
  optimizing_context: 'Fitting the conversation to the model',
  preparing_request: 'Preparing the request',
};

/** Nothing is said where there is nothing but the reader's turn. Pure. */
export function mapToStateLine(state: State): StateLine | undefined {
  switch (state.type) {
    case 'initial':
      return undefined;
    case 'active':
      return { tone: 'busy', text: `${stages[state.stage] ?? 'Working'}…` };
    case 'awaiting_llm':
      return {
        tone: 'busy',
        text: state.attempt > 1 ? `Asking the model, attempt ${state.attempt}…` : 'Asking the model…',
      };
    case 'streaming_response':
      return { tone: 'busy', text: 'Answering…' };
    case 'processing_tool':
      return { tone: 'busy', text: `Running ${state.tool_name}${progress(state.done, state.total)}…` };
    case 'processing_workflow':
      return { tone: 'busy', text: `Running a workflow${state.step > 0 ? `, step ${state.step}` : ''}…` };
    case 'awaiting_user':
      return waiting(state);
    case 'error':
      return { tone: 'error', text: state.message };
    case 'archived':
      return { tone: 'waiting', text: 'Archived: it can be read, but not continued.' };
    default:
      // A state of a newer server than this page.
      return { tone: 'busy', text: 'Working…' };
  }
}

const progress = (done: number, total: number): string => (total > 1 ? ` (${done + 1} of ${total})` : '');

function waiting(state: Extract<State, { readonly type: 'awaiting_user' }>): StateLine | undefined {
  switch (state.reason) {
    case 'tool_approval': {
      const count = state.pending?.length ?? 0;
      return {
        tone: 'waiting',
        text: count === 1 ? 'One call waits for your decision.' : `${count} calls wait for your decision.`,
      };
    }
    case 'depth_limit':
      return { tone: 'waiting', text: 'Paused after many rounds of tool calls.' };
    default:
      return undefined;
  }
}
