import { wholeNumber } from '../kinds.js';
import { modeTable, type ModeTable } from '../mode-table.js';
import { Setting } from '../setting.js';

/** What a model is sent. */
export class PromptsSettings {
  @Setting(
    {
      env: 'PULLCORD_MODES',
      file: 'modes',
      about:
        'Modes of work beside chat, plan and act, or instead of them; docs/guides/system-prompts.md has an example.',
    },
    modeTable,
  )
  readonly modes: ModeTable = {};

  @Setting(
    {
      env: 'PULLCORD_MAX_SYSTEM_PROMPTS',
      file: 'prompt.max_system_prompts',
      about: 'How many system prompts one owner may have stored.',
    },
    wholeNumber(0, 1_000_000),
  )
  readonly maxSystemPrompts: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_MAX_SYSTEM_PROMPT_VERSIONS',
      file: 'prompt.max_system_prompt_versions',
      about: 'How many versions of a system prompt are kept; past it, it cannot be changed any more.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly maxSystemPromptVersions: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_PROMPT_MAX_MESSAGES',
      file: 'runs.prompt_max_messages',
      about: 'How many of the newest messages of a branch the model is sent.',
    },
    wholeNumber(1, 100_000),
  )
  readonly promptMaxMessages: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_MAX_REFERENCES',
      file: 'prompt.max_references',
      about:
        'How many different files and resources one message may point at; of its text, all that looks like a file counts.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxReferences: number = 100;

  @Setting(
    {
      env: 'PULLCORD_REFERENCES_MAX_BYTES',
      file: 'prompt.references_max_bytes',
      about: 'How much text the files and resources of one message may bring into the conversation together.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly referencesMaxBytes: number = 1_000_000;

  @Setting(
    {
      env: 'PULLCORD_WORKSPACE_HINT_ENTRIES',
      file: 'prompt.workspace_hint_entries',
      about: 'How many names at the top of a workspace the model is told; 0 for none.',
    },
    wholeNumber(0, 10_000),
  )
  readonly workspaceHintEntries: number = 50;

  @Setting(
    {
      env: 'PULLCORD_MODEL_CONTEXT_TOKENS',
      file: 'prompt.model_context_tokens',
      about:
        'The most tokens of a request and its answer together, whatever more a model can take; unset, what it is known to take, or 128000.',
    },
    wholeNumber(16, 100_000_000),
  )
  readonly modelContextTokens?: number;

  @Setting(
    {
      env: 'PULLCORD_MODEL_ANSWER_TOKENS',
      file: 'prompt.model_answer_tokens',
      about:
        'How many of those are kept for the answer where the parameters of a context name no max_tokens; at most half.',
    },
    wholeNumber(1, 100_000_000),
  )
  readonly modelAnswerTokens: number = 4096;

  @Setting(
    {
      env: 'PULLCORD_TOKEN_COUNTS',
      file: 'prompt.token_counts',
      about: 'How many texts are remembered with their number of tokens.',
    },
    wholeNumber(0, 10_000_000),
  )
  readonly tokenCounts: number = 10_000;
}
