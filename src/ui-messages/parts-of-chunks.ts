import type { UiChunk, UiPart, UiToolPart } from './ui-kinds.js';

type Tool = UiToolPart;

/** The parts that a page has once it has read these chunks, as the SDK's own reader makes them. Pure. */
export function partsOf(chunks: readonly UiChunk[]): UiPart[] {
  const parts: UiPart[] = [];
  for (const chunk of chunks) read(parts, chunk);
  return parts;
}

function read(parts: UiPart[], chunk: UiChunk): void {
  switch (chunk.type) {
    case 'start-step':
      return void parts.push({ type: 'step-start' });
    case 'text-delta':
      return void parts.push({ type: 'text', text: chunk.delta, state: 'done' });
    case 'reasoning-delta':
      return void parts.push({ type: 'reasoning', text: chunk.delta, state: 'done' });
    case 'file': {
      const { mediaType, url } = chunk;
      return void parts.push({ type: 'file', mediaType, url });
    }
    case 'tool-input-available': {
      const { toolCallId, toolName, input } = chunk;
      const named = { type: 'dynamic-tool', toolCallId, toolName, providerExecuted: true } as const;
      return void parts.push({ ...named, state: 'input-available', input });
    }
    case 'tool-output-available':
      return tell(parts, chunk.toolCallId, { state: 'output-available', output: chunk.output });
    case 'tool-output-error':
      return tell(parts, chunk.toolCallId, { state: 'output-error', errorText: chunk.errorText });
    case 'tool-output-denied': {
      const approval = { id: chunk.toolCallId, approved: false };
      return tell(parts, chunk.toolCallId, { state: 'output-denied', approval });
    }
    case 'tool-approval-request':
      return tell(parts, chunk.toolCallId, {
        state: 'approval-requested',
        approval: { id: chunk.approvalId },
      });
    default:
      if ('data' in chunk) parts.push({ type: chunk.type, id: chunk.id, data: chunk.data });
  }
}

/** Of the newest call of this id: models use the same ones again. */
function tell(parts: UiPart[], toolCallId: string, more: Partial<Tool>): void {
  const index = parts.findLastIndex((part) => part.type === 'dynamic-tool' && part.toolCallId === toolCallId);
  const part = parts[index];
  if (part?.type === 'dynamic-tool') parts[index] = { ...part, ...more };
}
