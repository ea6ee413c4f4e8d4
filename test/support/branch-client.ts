// A context whose branches are worked on: messages are appended, so that no model has to answer first.
import type { Message } from '../../src/messages/message-kinds.js';
import type { BranchView, BranchWithConfig } from '../../src/contexts/dto/branch-views.js';
import { act, body, createContext, getContext, getPage, type Accepted } from './api.js';
import type { Answer, Caller } from './http.js';

export interface MergeAnswer extends Accepted {
  readonly branch: string;
  readonly merged_count: number;
}

export interface Comparison {
  readonly common_ancestor: string | null;
  readonly common_count: number;
  readonly base_only_count: number;
  readonly head_only_count: number;
  readonly base_only: readonly string[];
  readonly head_only: readonly string[];
  readonly next_cursor: string | null;
}

export interface Siblings {
  readonly message_id: string;
  readonly position: number;
  readonly alternatives: readonly { readonly message_id: string; readonly branch: string }[];
}

export class BranchClient {
  private constructor(
    readonly api: Caller,
    readonly id: string,
  ) {}

  static async begin(api: Caller, ...said: readonly string[]): Promise<BranchClient> {
    const client = new BranchClient(api, (await createContext(api)).id);
    await client.say('main', ...said);
    return client;
  }

  get path(): string {
    return `/contexts/${this.id}`;
  }

  /** Appends a user's message for each text, and gives their ids. */
  async say(branch: string, ...texts: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const content of texts) {
      const payload = { kind: 'text', data: { content } };
      const said = await act(this.api, this.id, 'append_message', { branch, role: 'user', payload });
      ids.push(said.message_id);
    }
    return ids;
  }

  /** Another client of the same context. */
  beside(api: Caller): BranchClient {
    return new BranchClient(api, this.id);
  }

  async fork(input: object = {}): Promise<string> {
    return body(await this.api.post<BranchView>(`${this.path}/branches`, input), 201).id;
  }

  get(branch: string): Promise<Answer<BranchWithConfig>> {
    return this.api.get(`${this.path}/branches/${branch}`);
  }

  patch(branch: string, input: object, ifMatch?: string): Promise<Answer<BranchWithConfig>> {
    return this.api.patch(
      `${this.path}/branches/${branch}`,
      input,
      ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } },
    );
  }

  delete(branch: string): Promise<Answer<unknown>> {
    return this.api.delete(`${this.path}/branches/${branch}`);
  }

  async merge(input: object): Promise<MergeAnswer> {
    return body(await this.tryMerge(input), 202);
  }

  tryMerge(input: object): Promise<Answer<MergeAnswer>> {
    return this.api.post(`${this.path}/actions/merge_branch`, input);
  }

  async compare(query: string): Promise<Comparison> {
    return body(await this.api.get<Comparison>(`${this.path}/branches/compare?${query}`));
  }

  async messages(branch: string): Promise<readonly Message[]> {
    return (await getPage(this.api, this.id, `?limit=200&branch=${branch}`)).messages;
  }

  /** The texts of a branch, in a line. */
  async line(branch: string): Promise<string> {
    return (await this.messages(branch)).map(textOf).join(' ');
  }

  async siblings(branch: string, query = 'limit=200'): Promise<readonly Siblings[]> {
    const page = await getPage(this.api, this.id, `?branch=${branch}&${query}`);
    return (page as typeof page & { readonly siblings: readonly Siblings[] }).siblings;
  }

  async branches(): Promise<readonly BranchView[]> {
    return body(await this.api.get<{ branches: readonly BranchView[] }>(`${this.path}/branches`)).branches;
  }

  switch(branch: string): Promise<Accepted> {
    return act(this.api, this.id, 'switch_branch', { branch });
  }

  async revision(): Promise<number> {
    return (await getContext(this.api, this.id)).revision;
  }
}

export const textOf = (message: Message): string =>
  'content' in message.data ? String(message.data.content) : message.kind;
