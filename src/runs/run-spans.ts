import { tracing, type Span } from '../telemetry/tracing.js';
import { reasonOf, RunLost } from './answer.js';
import type { RunEntity } from './run.entity.js';

/** A run goes on with the trace of the request that asked for it, and of no other: whoever woke the runner is nobody. */
export const beginRunSpan = (run: RunEntity): Span | undefined =>
  tracing()?.begin({
    name: `run ${run.kind}`,
    kind: 'internal',
    parent: run.trace_parent,
    attributes: {
      'pullcord.run.id': run.id,
      'pullcord.run.kind': run.kind,
      'gen_ai.conversation.id': run.context_id,
    },
  });

/** How a run ended before its work was done. One that was stopped, or is another node's by now, has not failed. */
export function noteEnd(span: Span | undefined, error: unknown, stop: AbortSignal): void {
  if (stop.aborted) span?.set({ 'pullcord.run.stopped': String(stop.reason) });
  else if (error instanceof RunLost) span?.set({ 'pullcord.run.stopped': 'lost' });
  else span?.fail(reasonOf(error).code);
}
