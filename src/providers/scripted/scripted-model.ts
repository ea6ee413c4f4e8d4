import { setImmediate as nextTick, setTimeout as wait } from 'node:timers/promises';
import { newId } from '../../kernel/ids.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import { planScript, type ScriptStep } from './scripted-script.js';

/** Without a pace, this many steps are taken before others get their turn on the event loop. */
const stepsPerTurn = 32;

/**
 * A model without a model: what it answers follows from the conversation alone, at the pace that it is given.
 * For a first look, for demos and for tests. directives.ts has what a message can tell it to do.
 */
export class ScriptedModel implements LanguageModel {
  constructor(
    readonly id: string,
    private readonly paceMs: number,
  ) {}

  async *stream(request: ModelRequest, abort: AbortSignal): AsyncGenerator<ModelPart> {
    abort.throwIfAborted();
    const newCallId = (): string => `call_${newId()}`;
    const { paceMs, steps } = planScript(request, { paceMs: this.paceMs, newCallId });
    for (const [index, step] of steps.entries()) {
      if (paceMs === 0 ? index % stepsPerTurn === 0 : isDelta(step)) await pause(paceMs, abort);
      abort.throwIfAborted();
      if (step.type === 'fail') throw step.error;
      if (step.type === 'stall') await stall(abort);
      else yield step.part;
    }
  }
}

const isDelta = (step: ScriptStep): boolean => step.type === 'part' && 'delta' in step.part;

/** Over at once when the caller aborts; then the next look at `abort` throws. */
async function pause(ms: number, abort: AbortSignal): Promise<void> {
  try {
    await (ms === 0 ? nextTick() : wait(ms, undefined, { signal: abort }));
  } catch (error) {
    if (!abort.aborted) throw error;
  }
}

async function stall(abort: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    abort.addEventListener('abort', () => resolve(), { once: true });
  });
  throw abort.reason;
}
