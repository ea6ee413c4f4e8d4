import { CallSlots } from '../kernel/call-slots.js';
import type { CallLimits } from './call-limits.js';
import type { CallFacts } from './call-spans.js';
import { Circuit, type CircuitOptions } from './circuit.js';
import { followAbort } from './follow-abort.js';
import type { LanguageModel, ModelPart, ModelRequest } from './language-model.js';
import { ModelError } from './model-error.js';
import type { Relay } from './relay.js';
import { CallMeasure } from './provider-metrics.js';
import { RelayCall } from './relay-call.js';
import { withTimeLimits } from './time-limits.js';

/**
 * What stands before all calls to one provider: how many there may be at once, how long each may be silent, and whether
 * any makes sense at present. A call holds its place from before it begins until it is over, however it ends.
 */
export class ProviderGuard {
  private readonly slots: CallSlots;
  private readonly circuit: Circuit;

  constructor(
    private readonly name: string,
    private readonly limits: CallLimits,
    circuit: Omit<CircuitOptions, 'name'>,
  ) {
    this.slots = new CallSlots(limits.maxConcurrent, limits.maxWaiting, () => this.busy());
    this.circuit = new Circuit({ name, ...circuit });
  }

  /** The same model, guarded. Its circuit judges a call by whether it comes to its first part. */
  model(model: LanguageModel): LanguageModel {
    const limited = withTimeLimits(model, this.limits);
    return { id: model.id, stream: (request, abort) => this.stream(limited, request, abort) };
  }

  /** The same relay, guarded. Whoever was given an answer reads its body, leaves the loop over it, or aborts. */
  relay(relay: Relay, asked: CallFacts): Relay {
    return {
      send: async (request, abort) => {
        const measure = new CallMeasure(this.name, asked);
        const free = await this.take(abort).catch((error: unknown) => {
          measure.fail(error, abort);
          measure.end();
          throw error;
        });
        const call = new RelayCall(abort, this.limits, free, measure);
        try {
          return await this.circuit
            .call(() => measure.within(() => call.send(relay, request)))
            .catch((error: unknown) => {
              if (error instanceof ModelError && call.refused) return call.refused;
              throw error;
            });
        } catch (error) {
          measure.fail(error, abort);
          call.end();
          throw error;
        }
      },
    };
  }

  close(): void {
    this.circuit.close();
  }

  private async *stream(
    model: LanguageModel,
    request: ModelRequest,
    abort: AbortSignal,
  ): AsyncGenerator<ModelPart> {
    const measure = new CallMeasure(this.name, { model: model.id });
    try {
      const free = await this.take(abort);
      const parts = model.stream(request, abort)[Symbol.asyncIterator]();
      try {
        let next = await this.circuit.call(() => measure.within(() => parts.next()));
        while (!next.done) {
          measure.part();
          if (next.value.type === 'finish') measure.finish(next.value);
          yield next.value;
          next = await parts.next();
        }
        measure.succeed();
      } finally {
        await Promise.resolve(parts.return?.()).finally(free);
      }
    } catch (error) {
      measure.fail(error, abort);
      throw error;
    } finally {
      measure.end();
    }
  }

  /** A place, in time: nobody waits longer for their turn than for an answer. */
  private async take(abort: AbortSignal): Promise<() => void> {
    this.circuit.requireNotOpen();
    const { controller, unfollow } = followAbort(abort);
    const timer = setTimeout(() => controller.abort(this.busy()), this.limits.firstChunkMs);
    try {
      return await this.slots.take(controller.signal);
    } finally {
      clearTimeout(timer);
      unfollow();
    }
  }

  private busy(): ModelError {
    const message = `Too many calls wait for the provider "${this.name}" already.`;
    return new ModelError('provider_busy', message, { retryable: true });
  }
}
