import type { Context } from '../../contexts/context-row.js';
import type { SystemPromptTexts } from '../../contexts/system-prompts/system-prompt-texts.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ModelCalls } from '../../metering/model-calls.js';
import type { ModelRequest, PromptMessage } from '../../providers/language-model.js';
import type { ModelRegistry } from '../../providers/model-registry.js';
import { scopeOf } from '../../runs/tool-rounds/offer-of.js';
import type { ToolRegistry } from '../../tools/tool-registry.js';
import { fill, fillToText, type Scope } from '../definition/expressions.js';
import type { PromptStep, ToolStep } from '../definition/workflow-kinds.js';
import type { StepWork } from './journal.js';
import { StepError } from './step-outcome.js';

interface Limits {
  readonly outputBytes: number;
}

/** What steps do outside: they ask a model, or call a tool. Whoever wrote the workflow has allowed its tools. */
export class StepCalls implements StepWork {
  constructor(
    private readonly context: Context,
    private readonly models: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly tools: ToolRegistry,
    private readonly prompts: SystemPromptTexts,
    private readonly limits: Limits,
  ) {}

  perform(step: PromptStep | ToolStep, scope: Scope, abort: AbortSignal): Promise<unknown> {
    return 'prompt' in step ? this.ask(step, scope, abort) : this.call(step, scope, abort);
  }

  /** The whole text of the answer. */
  private async ask(step: PromptStep, scope: Scope, abort: AbortSignal): Promise<string> {
    const { config } = this.context;
    const system = step.system === undefined ? await this.ownSystem() : fillToText(step.system, scope);
    const messages: PromptMessage[] = [
      ...(system ? [{ role: 'system', content: system } as const] : []),
      { role: 'user', parts: [{ type: 'text', text: fillToText(step.prompt, scope) }] },
    ];
    const request: ModelRequest = {
      task: 'answer',
      messages,
      tools: [],
      parameters: { ...config.parameters, ...step.parameters },
    };
    const model = this.models.resolve(step.model ?? config.model);
    const { owner, id: context_id } = this.context;
    const account = { owner, context_id, purpose: 'workflow' } as const;
    const longEnough = this.limits.outputBytes;
    const text = await this.calls.text(account, model, request, { abort, longEnough });
    if (text.length > longEnough)
      throw new StepError('output_too_large', `The answer is longer than ${longEnough} bytes.`);
    return text;
  }

  /** What the context is answered with, where the step says nothing else. */
  private async ownSystem(): Promise<string> {
    try {
      return await this.prompts.textOf(this.context.owner, this.context.config);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new StepError(error.code, error.message);
    }
  }

  private async call(step: ToolStep, scope: Scope, abort: AbortSignal): Promise<unknown> {
    const checked = await this.tools.check(step.tool, JSON.stringify(fill(step.arguments ?? {}, scope)));
    if ('error' in checked) throw new StepError(checked.error.code, checked.error.message);
    const outcome = await this.tools.execute(checked, scopeOf(this.context), abort);
    if (outcome.execution_status === 'success') return outcome.result;
    const { code = 'tool_failed', message = 'The tool failed.' } = outcome.error ?? {};
    throw new StepError(code, message);
  }
}
