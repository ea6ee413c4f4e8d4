/** A call of the gateway as no dialect in particular says it; `askIn` says it in one, as its users would. */
export interface Ask {
  readonly system?: string;
  readonly turns: readonly Turn[];
  /** Offers the tools `clock` and `moon`. */
  readonly hasTools?: boolean;
  readonly choice?: 'none' | 'required' | { readonly name: string };
  /** At most one call in the answer. */
  readonly isOneCallAtMost?: boolean;
  /** Wants JSON of this schema (the Messages dialect has it in `output_config`). */
  readonly schema?: object;
  readonly stop?: readonly string[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  /** Lets the model think, and shows it. */
  readonly isThinking?: boolean;
  /** The answer as one object. */
  readonly isWhole?: boolean;
  /** Chat completions: does not ask what was used. */
  readonly isUsageUnwanted?: boolean;
  /** Fields that the gateway has never heard of. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export type Turn =
  | { readonly by: 'user'; readonly text: string; readonly images?: readonly AskedImage[] }
  | {
      readonly by: 'model';
      readonly text?: string;
      readonly thinking?: { readonly text: string; readonly signature: string; readonly encrypted: string };
      readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: object }[];
    }
  | { readonly by: 'tool'; readonly id: string; readonly output: string; readonly isError?: boolean };

export type AskedImage = { readonly url: string } | { readonly base64: string; readonly type: string };

export interface AskedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
}

export const askedTools: readonly AskedTool[] = [
  {
    name: 'clock',
    description: 'Tells the time.',
    schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
  },
  { name: 'moon', description: 'Tells the phase of the moon.', schema: { type: 'object', properties: {} } },
];
