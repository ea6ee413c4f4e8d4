import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { readFile, type SentFile } from '../http/multipart.js';
import { DomainError } from '../kernel/domain-error.js';
import type { AttachmentId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { AttachmentEntity } from './attachment.entity.js';
import { AttachmentStore } from './attachment.store.js';
import { AttachmentFolder, type Incoming } from './files/attachment-folder.js';
import { inspectFile } from './files/inspect-file.js';
import { isZip, judge } from './files/media-kinds.js';
import { nameProblem } from './files/name-policy.js';
import { archiveProblem } from './files/zip-directory.js';

export interface Uploaded {
  readonly attachment: AttachmentEntity;
  readonly isNew: boolean;
}

interface Received {
  readonly file: SentFile;
  readonly incoming: Incoming;
}

/** Takes files in, and lets them go. */
@Injectable()
export class AttachmentsService {
  private readonly logger = new Logger('attachments');
  private underWay = 0;

  constructor(
    private readonly storage: Storage,
    private readonly attachments: AttachmentStore,
    private readonly folder: AttachmentFolder,
    private readonly settings: Settings,
  ) {}

  /**
   * Reads the file of a form, judges it and keeps it; a file that is refused leaves nothing behind. `too_many_requests`
   * while as many uploads as may be are under way, `body_too_large`, `limit_exceeded`, `attachment_refused` for what it
   * is, `unsupported_media_type` for its type.
   */
  async upload(request: FastifyRequest, owner: Owner, key?: RequestKey): Promise<Uploaded> {
    return this.receiving(async (receive) => {
      const sent = await readFile(request, this.settings.attachmentMaxBytes, receive);
      return this.keep(sent, owner, key);
    });
  }

  /** The same with a file that came by another way than a form. */
  async add(file: SentFile, owner: Owner): Promise<Uploaded> {
    return this.receiving(async (receive) => this.keep(await receive(file), owner));
  }

  /** Counts it among the uploads, and puts away what has arrived and is not kept. */
  private async receiving(
    work: (receive: (file: SentFile) => Promise<Received>) => Promise<Uploaded>,
  ): Promise<Uploaded> {
    if (this.underWay >= this.settings.maxUploads)
      throw new DomainError('too_many_requests', 'As many uploads as this server allows are under way.');
    this.underWay += 1;
    let incoming: Incoming | undefined;
    try {
      return await work(async (file) => {
        requireName(file.name);
        incoming = await this.folder.receive(file.content);
        return { file, incoming };
      });
    } finally {
      this.underWay -= 1;
      if (incoming) await this.folder.discard(incoming);
    }
  }

  /** `attachment_in_use` while messages refer to it. */
  async remove(id: AttachmentId, owner: Owner): Promise<void> {
    const path = await this.storage.commit('remove_attachment', (tx) =>
      this.attachments.remove(tx, id, owner),
    );
    if (path !== undefined) await this.removeFile(path);
  }

  /** What cannot be removed now is found at the next start: in the database it is gone. */
  async removeFile(path: string): Promise<void> {
    await this.folder
      .remove(path)
      .catch((error: unknown) => this.logger.warn({ err: error, msg: 'a file was left' }));
  }

  private async keep({ file, incoming }: Received, owner: Owner, key?: RequestKey): Promise<Uploaded> {
    const { sha256, size_bytes } = incoming;
    const { name } = file;
    const mime_type = await this.typeOf(file, incoming);
    const path = await this.folder.place(incoming);
    try {
      const added = { owner, name, mime_type, sha256, size_bytes, path };
      const answer = await this.storage.commitOnce('add_attachment', keyOf(key, added), async (tx) => {
        const { attachment, isNew, isFileTaken } = await this.attachments.add(tx, added);
        return { attachment, isNew, taken: isFileTaken ? path : null };
      });
      // A repeat is given the answer that was recorded, with the file of the first time.
      if (answer.taken !== path) await this.removeFile(path);
      return answer;
    } catch (error) {
      // Of a refusal nothing was committed; of anything else nobody knows, so the file stays for the next start to judge.
      if (error instanceof DomainError && error.code !== 'storage_unavailable') await this.removeFile(path);
      throw error;
    }
  }

  private async typeOf({ name, declared }: SentFile, { path, size_bytes }: Incoming): Promise<string> {
    const verdict = judge(await inspectFile(path), { name, declared }, this.settings.attachmentTypes);
    if (verdict.type === 'mislabelled')
      throw refused(`The file says that it is ${verdict.label}, but its bytes are ${verdict.found}.`);
    if (verdict.type === 'not_allowed')
      throw new DomainError(
        'unsupported_media_type',
        `Files of the type ${verdict.mime_type} are not taken.`,
      );
    const problem = isZip(verdict.mime_type) && (await archiveProblem(path, size_bytes, this.settings));
    if (problem) throw refused(problem);
    return verdict.mime_type;
  }
}

function requireName(name: string): void {
  const message = nameProblem(name);
  if (message === undefined) return;
  throw new DomainError('invalid_request', `filename ${message}.`, {
    errors: [{ path: 'filename', message }],
  });
}

const refused = (message: string): DomainError => new DomainError('attachment_refused', message);

/** What makes a repeat recognizable is what was sent, and not how the form was framed. */
function keyOf(
  key: RequestKey | undefined,
  { name, mime_type, sha256 }: Record<'name' | 'mime_type' | 'sha256', string>,
) {
  if (!key) return undefined;
  const said = JSON.stringify([key.fingerprint, name, mime_type, sha256]);
  return { ...key, fingerprint: createHash('sha256').update(said).digest('hex') };
}
