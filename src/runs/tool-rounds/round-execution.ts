import { Injectable } from '@nestjs/common';
import { modesOf, type Mode } from '../../config/mode-table.js';
import { Settings } from '../../config/settings.js';
import { followAbort } from '../../providers/follow-abort.js';
import type { CheckedCall, ToolOutcome } from '../../tools/tool-outcome.js';
import { ToolRegistry } from '../../tools/tool-registry.js';
import type { ToolScope } from '../../tools/tool-source.js';
import { RunLost, type StopReason } from '../answer.js';
import type { RunEntity } from '../run.entity.js';
import { inTurns, type Turnwise } from './in-turns.js';
import { offerOf, scopeOf } from './offer-of.js';
import { refused } from './outcome-format.js';
import { RoundSteps, type Resumed } from './round-steps.js';

interface ReadyCall extends Turnwise {
  readonly position: number;
  readonly checked: CheckedCall;
}

interface Execution {
  readonly run: RunEntity;
  readonly scope: ToolScope;
  /** Ends the calls that may be killed. */
  readonly abort: AbortSignal;
  /** Why the run was stopped, once it was. */
  readonly stop: AbortSignal;
  /** The process is about to end: what still runs is left to itself. */
  readonly leave: AbortSignal;
}

/**
 * Makes the calls of an open round. Invariants: a call is known to have been started before it is, so a crash never makes
 * one twice that must not be; its outcome is committed before anything else is done with it; results go to the pool in
 * call order, whichever comes first; once the turn is over no call is begun, and what still runs is killed or finishes as
 * its tool declares, and is told in the result that the turn's end has left open.
 */
@Injectable()
export class RoundExecution {
  private readonly modes: ReadonlyMap<string, Mode>;

  constructor(
    private readonly steps: RoundSteps,
    private readonly tools: ToolRegistry,
    private readonly settings: Settings,
  ) {
    this.modes = modesOf(settings);
  }

  /** Goes on where the round is. Does nothing when none is open; RunLost when the turn was ended meanwhile. */
  async execute(run: RunEntity, stop: AbortSignal, leave: AbortSignal): Promise<void> {
    const resumed = await this.steps.resume(run);
    if (!resumed) return;
    const ready = await this.ready(run, resumed);
    const { controller, unfollow } = followAbort(stop);
    const execution = { run, stop, leave, scope: scopeOf(resumed.context), abort: controller.signal };
    try {
      await inTurns(
        ready,
        this.settings.toolConcurrency,
        {
          begin: (calls) => this.steps.start(run, toolsOf(calls)),
          perform: (call) => this.perform(call, execution),
          abort: stop,
        },
        // The run is lost, or nothing can be written: what may be killed need not go on.
        (error) => controller.abort(error),
      );
    } finally {
      unfollow();
    }
    await this.steps.complete(run);
  }

  /** Checked once more: the context may be in another role or mode by now, or the tool gone, since the call was approved. */
  private async ready(run: RunEntity, { context, calls }: Resumed): Promise<readonly ReadyCall[]> {
    const ready: ReadyCall[] = [];
    for (const call of calls.filter(({ status }) => status === 'approved')) {
      const checked = await this.tools.check(call.tool_name, call.arguments, offerOf(context, this.modes));
      if ('error' in checked) await this.steps.finish(run, call.position, refused(checked.error));
      else ready.push({ position: call.position, checked, isParallel: checked.tool.is_parallel });
    }
    return ready;
  }

  private async perform({ position, checked }: ReadyCall, execution: Execution): Promise<void> {
    const { run, scope, abort, stop, leave } = execution;
    const outcome = await unlessLeft(this.tools.execute(checked, scope, abort), leave);
    // Killed because the process ends: whoever goes on with the round knows better what to do about it.
    const isLeft =
      stop.reason === ('draining' satisfies StopReason) && outcome.execution_status === 'cancelled';
    if (isLeft) throw new Error('The call was left when the process was about to end.');
    try {
      await this.steps.finish(run, position, outcome);
    } catch (error) {
      if (error instanceof RunLost) await this.steps.settle(run, position, outcome);
      throw error;
    }
  }
}

const toolsOf = (calls: readonly ReadyCall[]) =>
  new Map(calls.map(({ position, checked }) => [position, checked.tool]));

function unlessLeft(outcome: Promise<ToolOutcome>, leave: AbortSignal): Promise<ToolOutcome> {
  leave.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onLeave = (): void => reject(new Error('The process is about to end.'));
    leave.addEventListener('abort', onLeave, { once: true });
    void outcome.then(resolve, reject).finally(() => leave.removeEventListener('abort', onLeave));
  });
}
