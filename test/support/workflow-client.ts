// Workflows as a front end uses them, over files that a test writes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ContextState } from '../../src/contexts/context-state.js';
import type { Message } from '../../src/messages/message-kinds.js';
import type { WorkflowExecutionData } from '../../src/messages/payload-kinds.js';
import { body, getMetadata, getPage } from './api.js';
import type { UpstreamRequest } from './fake-upstream.js';
import type { Answer, Caller } from './http.js';
import { until } from './until.js';

export interface ExecutionStep {
  readonly path: string;
  readonly kind: string;
  readonly status: string;
  readonly attempts: number;
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly ended_at?: string;
}

export interface Execution {
  readonly id: string;
  readonly workflow_id: string;
  readonly context_id: string;
  readonly message_id: string;
  readonly status: WorkflowExecutionData['workflow_status'];
  readonly is_pausing: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly approvals: readonly { readonly tool_call_id: string; readonly question: string }[];
  readonly steps: readonly ExecutionStep[];
  readonly updated_at: string;
}

export interface Begun {
  readonly execution_id: string;
  readonly context_id: string;
  readonly status: string;
}

/** A folder with these workflow files, by their ids. */
export function workflowFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-workflows-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [id, text] of Object.entries(files)) writeFileSync(join(folder, `${id}.yaml`), text);
  return folder;
}

/** The text of the last message of a request to a model. */
export function promptOf({ body: { messages } }: UpstreamRequest): string {
  const last = (messages as readonly { readonly content: unknown }[]).at(-1)?.content;
  if (typeof last === 'string') return last;
  return (last as readonly { readonly text?: string }[]).map(({ text = '' }) => text).join('');
}

/** One execution, spoken to as any client would. */
export class ExecutionClient {
  private constructor(
    private readonly api: Caller,
    readonly id: string,
    readonly context: string,
  ) {}

  static async begin(
    api: Caller,
    workflow: string,
    input: object = {},
    more: object = {},
  ): Promise<ExecutionClient> {
    const path = `/workflows/${workflow}/execute`;
    const begun = body(await api.post<Begun>(path, { input, ...more }), 202);
    return new ExecutionClient(api, begun.execution_id, begun.context_id);
  }

  ask(command: 'pause' | 'resume' | 'cancel'): Promise<Answer<Begun>> {
    return this.api.post<Begun>(`/workflow-executions/${this.id}/${command}`);
  }

  async view(): Promise<Execution> {
    return body(await this.api.get<Execution>(`/workflow-executions/${this.id}`));
  }

  async step(path: string): Promise<ExecutionStep | undefined> {
    return (await this.view()).steps.find((step) => step.path === path);
  }

  reaches(status: Execution['status']): Promise<Execution> {
    return until(
      async () => {
        const view = await this.view();
        return view.status === status && view;
      },
      { what: `an execution that is ${status}` },
    );
  }

  /** Waits until the user is asked so many questions. */
  asks(count: number): Promise<Execution> {
    return until(
      async () => {
        const [view, state] = [await this.view(), await this.state()];
        const isAsked = state.type === 'awaiting_user' && state.reason === 'tool_approval';
        return isAsked && view.approvals.length === count && view;
      },
      { what: `${count} questions` },
    );
  }

  async state(): Promise<ContextState> {
    return (await getMetadata(this.api, this.context)).state;
  }

  /** The message that shows it. */
  async message(): Promise<Message & { readonly data: WorkflowExecutionData }> {
    const { messages } = await getPage(this.api, this.context);
    const found = messages.find(({ kind }) => kind === 'workflow_execution');
    return found as Message & { readonly data: WorkflowExecutionData };
  }
}
