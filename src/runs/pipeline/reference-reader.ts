import { Injectable } from '@nestjs/common';
import { AttachmentReader } from '../../attachments/attachment-reader.js';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { newId, type MessageId } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import type {
  FileReferenceData,
  McpResourceData,
  Message,
  MessageFields,
} from '../../messages/message-kinds.js';
import { convertToLines } from '../../prompts/convert-lines.js';
import type { AbortReason } from '../../prompts/pipeline.js';
import { McpResources } from '../../tools/mcp/mcp-resources.js';
import { ToolError } from '../../tools/tool-source.js';
import { shownPath } from '../../tools/workspace/relative-path.js';
import { Workspaces } from '../../tools/workspace/workspaces.js';
import type { RunEntity } from '../run.entity.js';
import type { Companion, Found, Reference } from './draft.js';

export interface Reading {
  readonly references: readonly Reference[];
  readonly question: Message;
  readonly context: Context;
  readonly run: RunEntity;
}

type FileToRead = Extract<Reference, { type: 'file' }>;
type AttachmentToRead = Extract<Reference, { type: 'attachment' }>;
type ResourceToRead = Extract<Reference, { type: 'resource' }>;

/** Reads what a message refers to, one after the other, until one of them cannot be had. */
@Injectable()
export class ReferenceReader {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly resources: McpResources,
    private readonly attachments: AttachmentReader,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async read({ references, ...reading }: Reading, abort: AbortSignal): Promise<readonly Found[]> {
    const found: Found[] = [];
    let bytes = 0;
    for (const reference of references) {
      abort.throwIfAborted();
      const one = await this.readOne(reference, reading, abort);
      if (one.type === 'failure') return [one];
      if (one.type === 'companion') bytes += sizeOf(one.companion);
      if (bytes > this.settings.referencesMaxBytes) return [tooMuch(this.settings.referencesMaxBytes)];
      found.push(one);
    }
    return found;
  }

  private async readOne(
    reference: Reference,
    reading: Omit<Reading, 'references'>,
    abort: AbortSignal,
  ): Promise<Found> {
    try {
      if (reference.type === 'file') return await this.readFile(reference, reading);
      if (reference.type === 'attachment') return await this.readAttachment(reference, reading);
      return await this.readResource(reference, reading, abort);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const isName = reference.type === 'file' && !reference.isCertain && error.code === 'not_found';
      return isName ? { type: 'nothing' } : { type: 'failure', reason: reasonFor(error, reference) };
    }
  }

  private async readFile(
    { path, line_range }: FileToRead,
    { question, context, run }: Omit<Reading, 'references'>,
  ): Promise<Found> {
    const { workspace_path } = context.config;
    if (workspace_path === undefined)
      throw new ToolError('no_workspace', 'The context has no workspace that files could be in.');
    const { text, bytes } = await (await this.workspaces.open(workspace_path)).readText(path);
    return this.companionOf({ path, line_range }, { text, size_bytes: bytes }, { question, run });
  }

  private async readAttachment(
    { attachment_id, path, line_range }: AttachmentToRead,
    { question, context, run }: Omit<Reading, 'references'>,
  ): Promise<Found> {
    const { fileMaxBytes } = this.settings;
    const read = await this.attachments.readText(attachment_id, context.owner, fileMaxBytes);
    if (read.type === 'missing') throw new ToolError('attachment_gone', `${path} is not attached any more.`);
    if (read.type === 'wrong_type') throw new ToolError('not_text', `${path} is not a text file.`);
    if (read.type === 'too_large')
      throw new ToolError('file_too_large', `${path} is larger than ${fileMaxBytes} bytes.`);
    const { name, mime_type, size_bytes } = read.attachment;
    const text = new TextDecoder().decode(read.bytes);
    const reference = { path: name, attachment_id, line_range };
    return this.companionOf(reference, { text, size_bytes, mime_type }, { question, run });
  }

  private companionOf(
    { path, line_range, attachment_id }: Pick<FileReferenceData, 'path' | 'line_range' | 'attachment_id'>,
    { text, size_bytes, mime_type }: { text: string; size_bytes: number; mime_type?: string },
    { question, run }: Pick<Reading, 'question' | 'run'>,
  ): Found {
    const excerpt = convertToLines(text, line_range);
    if (!excerpt) throw new ToolError('no_such_lines', `${shownPath(path)} has no line ${line_range?.[0]}.`);
    const data: FileReferenceData = {
      path,
      ...(attachment_id !== undefined && { attachment_id }),
      ...(excerpt.line_range && { line_range: excerpt.line_range }),
      resolved_content: excerpt.text,
      resolved_at: toTimestamp(this.clock.now()),
      file: { size_bytes, ...(mime_type !== undefined && { mime_type }), line_count: excerpt.line_count },
    };
    const payload = { kind: 'file_reference', data } as const;
    return { type: 'companion', companion: { ...fieldsOf(question, run, mapToHint(payload)), ...payload } };
  }

  private async readResource(
    { server_name, resource_uri }: ResourceToRead,
    { question, run }: Omit<Reading, 'references'>,
    abort: AbortSignal,
  ): Promise<Found> {
    const { content, mime_type, encoding } = await this.resources.read(server_name, resource_uri, abort);
    if (encoding !== 'utf8') throw new ToolError('not_text', 'The resource is not text.');
    const retrieved_at = toTimestamp(this.clock.now());
    const data: McpResourceData = {
      ...{ server_name, resource_uri, content, retrieved_at },
      ...(mime_type !== undefined && { mime_type }),
    };
    const payload = { kind: 'mcp_resource', data } as const;
    return { type: 'companion', companion: { ...fieldsOf(question, run, mapToHint(payload)), ...payload } };
  }
}

const fieldsOf = (
  question: Message,
  run: RunEntity,
  display_hint: MessageFields['metadata']['display_hint'],
): MessageFields => ({
  ...question,
  id: newId<MessageId>(),
  role: 'user',
  status: 'complete',
  metadata: { source: 'user_file_reference', display_hint, run_id: run.id, companion_of: question.id },
});

const sizeOf = ({ kind, data }: Companion): number =>
  Buffer.byteLength((kind === 'file_reference' ? data.resolved_content : data.content) ?? '');

/** What may be gone by the next try, though nobody did anything about it. */
const passing: ReadonlySet<string> = new Set(['mcp_unavailable', 'mcp_timeout', 'mcp_busy']);

/** For the user's eyes: always names what could not be had. */
function reasonFor({ code, message }: ToolError, reference: Reference): AbortReason {
  const name =
    reference.type === 'resource' ? reference.resource_uri.slice(0, 200) : shownPath(reference.path);
  if (code === 'not_found')
    return {
      code: 'file_not_found',
      message: `${name} does not exist in the workspace.`,
      retryable: false,
    };
  const says = message.includes(name) ? message : `${name}: ${message}`;
  return { code, message: says, retryable: passing.has(code) };
}

const tooMuch = (maxBytes: number): Found => ({
  type: 'failure',
  reason: {
    code: 'references_too_large',
    message: `The files of the message are larger than ${maxBytes} bytes together. Refer to some of their lines.`,
    retryable: false,
  },
});
