// What a context is doing, in a word or two. Pure.
import type { ContextMetadata } from '@pullcord/client/api';

type State = ContextMetadata['state'];

export interface StateWords {
  readonly label: string;
  /** `busy` moves, `asks` waits for a person, `failed` went wrong; `calm` need not be shown. */
  readonly tone: 'calm' | 'busy' | 'asks' | 'failed';
}

export function describeState(state: State): StateWords {
  switch (state.type) {
    case 'awaiting_llm':
      return { label: 'Asking the model', tone: 'busy' };
    case 'streaming_response':
      return { label: 'Answering', tone: 'busy' };
    case 'processing_tool':
      return { label: 'Running tools', tone: 'busy' };
    case 'processing_workflow':
      return { label: 'Running a workflow', tone: 'busy' };
    case 'awaiting_user':
      return describeWaiting(state.reason);
    case 'error':
      return { label: 'Failed', tone: 'failed' };
    case 'archived':
      return { label: 'Archived', tone: 'calm' };
    case 'initial':
    case 'active':
      return { label: 'Ready', tone: 'calm' };
  }
}

function describeWaiting(reason: Extract<State, { type: 'awaiting_user' }>['reason']): StateWords {
  switch (reason) {
    case 'tool_approval':
      return { label: 'Wants approval', tone: 'asks' };
    case 'depth_limit':
      return { label: 'Wants to go on', tone: 'asks' };
    case 'input':
      return { label: 'Ready', tone: 'calm' };
  }
}
