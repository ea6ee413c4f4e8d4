import {
  Choice,
  Component,
  Field,
  Id,
  Int,
  Nested,
  NestedList,
  QueryFlag,
  samples,
  Text,
} from '../../http/fields.js';
import { exportFormats, type ExportFormat, type ExportQuery } from '../export/export-text.js';
import {
  idChoices,
  type IdChoice,
  type ImportError,
  type ImportOutcome,
  type ImportQuery,
} from '../import/import-reader.js';
import type { Imported } from '../import/import.service.js';
import type { BranchId, ContextId } from '../../kernel/ids.js';
import { MessageView } from '../../messages/dto/message-view.js';
import type { Message } from '../../messages/message-kinds.js';
import { languages, type Language } from '../markdown/words-format.js';
import { BranchFields, ContextFactsFields, PinFields, RemovedFields } from '../record/record-fields.js';
import {
  recordFormat,
  recordVersion,
  type BranchRecord,
  type ContextFacts,
  type PinRecord,
  type RemovedRecord,
} from '../record/record-kinds.js';

type ExportFields = Pick<ExportQuery, 'format' | 'branch' | 'summary'>;

const emptyFile = {
  format: recordFormat,
  version: recordVersion,
  context: {
    id: samples.context,
    title: 'Leases explained',
    title_source: 'user',
    config: { model: 'scripted/default' },
    state: { type: 'initial' },
    active_branch: 'main',
    revision: 1,
    created_at: samples.time,
    updated_at: samples.time,
  },
  branches: [
    {
      id: 'main',
      name: 'main',
      parent_branch: null,
      fork_depth: 0,
      head_message_id: null,
      head_depth: 0,
      created_at: samples.time,
      config: {},
      deleted_at: null,
      parts: [],
    },
  ],
  removed: [],
  pins: [],
  messages: [],
};

export class ExportContext implements ExportFields {
  @Choice({ about: 'As what the context is written.', values: exportFormats, default: 'json' })
  readonly format!: ExportFormat;

  @Text({
    about: 'Of `markdown`: the branch that is shown, instead of the active one.',
    min: 1,
    max: 36,
    pattern: /^[\w-]+$/,
    optional: true,
    example: 'main',
  })
  readonly branch?: BranchId;

  @Languages() readonly lang!: readonly Language[];

  @QueryFlag({
    about:
      'Of `markdown`: with a section of what the messages mark as requirements, decisions and open tasks.',
    default: false,
  })
  readonly summary!: boolean;
}

/** `en`, `zh`, or both with a comma between them. */
function Languages(): PropertyDecorator {
  const pattern = /^(en|zh|en,zh|zh,en)$/;
  return Field(
    { about: 'Of `markdown`: the languages of its headings.', default: 'en', example: 'zh,en' },
    {
      schema: { type: 'string', pattern: pattern.source },
      build: (value) => (typeof value === 'string' && pattern.test(value) ? value.split(',') : false),
      problem: (value) =>
        value === 'en' || Array.isArray(value)
          ? undefined
          : `must be of ${languages.join(', ')}, with a comma between two`,
    },
  );
}

export class ImportContexts implements ImportQuery {
  @Choice({
    about: '`new` gives everything ids of its own; `same` keeps those of the file, which must be free.',
    values: idChoices,
    default: 'new',
  })
  readonly ids!: IdChoice;
}

@Component({ name: 'ImportedContext', about: 'A context that was imported.' })
class ImportedView implements Imported {
  @Id({ about: 'The context.' }) readonly id!: ContextId;
  @Text({ about: 'Its title.', max: 300, nullable: true, example: 'Leases explained' })
  readonly title!: string | null;
  @Int({ about: 'Messages in its pool, of all branches.', min: 0, example: 2 })
  readonly message_count!: number;
}

@Component({ name: 'ImportError', about: 'A context of the file that was left out.' })
class ImportErrorView implements ImportError {
  @Int({ about: 'Its place in the file, from 0.', min: 0, example: 3 }) readonly index!: number;
  @Text({ about: 'Why, for a program.', max: 100, example: 'invalid_request' }) readonly code!: string;
  @Text({ about: 'Why, for a person.', max: 2000, example: 'messages.0.role is required.' })
  readonly message!: string;
}

@Component({ name: 'ImportOutcome', about: 'What came of an import.' })
export class ImportOutcomeView implements ImportOutcome {
  @NestedList(() => ImportedView, {
    about: 'What is there now, in the order of the file.',
    maxItems: 100_000,
  })
  readonly contexts!: readonly Imported[];
  @NestedList(() => ImportErrorView, { about: 'What was left out, the first hundred of it.', maxItems: 100 })
  readonly errors!: readonly ImportError[];
}

@Component({
  name: 'ContextFile',
  about: 'A context as a file: what `json` writes, and what can be imported again.',
  example: emptyFile,
})
export class ContextFileView {
  @Choice({ about: 'What it is.', values: [recordFormat], example: recordFormat }) readonly format!: string;
  @Int({ about: 'Of the format.', min: 1, example: recordVersion }) readonly version!: number;
  @Nested(() => ContextFactsFields, { about: 'The context.' }) readonly context!: ContextFacts;
  @NestedList(() => BranchFields, { about: 'Its branches, oldest first.', maxItems: 100_000 })
  readonly branches!: readonly BranchRecord[];
  @NestedList(() => RemovedFields, { about: 'What has left its pool.', maxItems: 1_000_000 })
  readonly removed!: readonly RemovedRecord[];
  @NestedList(() => PinFields, { about: 'What the model is always sent.', maxItems: 10_000 })
  readonly pins!: readonly PinRecord[];
  @NestedList(() => MessageView, {
    about:
      'Its messages, oldest change first. One that was streamed has `finish_reason`, `final_sequence` and its `chunks` as well, each as `[kind, delta, milliseconds]`, with the id of the tool call where there is one.',
    maxItems: 100_000_000,
  })
  readonly messages!: readonly Message[];
}
