import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import type { Json } from '../dialects/codec.js';
import { placeOfItem } from '../dialects/responses/item-ids-format.js';
import { StoredResponses } from './stored-responses.js';

/** How many responses one request may refer to: more are nobody's conversation. */
const mostResponses = 1000;

/** Finds what the items of a request stand for that name an item of a stored response instead of repeating it. */
@Injectable()
export class ItemReferences {
  constructor(
    private readonly responses: StoredResponses,
    private readonly settings: Settings,
  ) {}

  /** The body with the items themselves, in its member of this name. `invalid_request` where there is no such item, or too much. */
  async resolve(owner: Owner, body: unknown, name: 'input' | 'items'): Promise<unknown> {
    const list = (body as Json | null | undefined)?.[name];
    if (!Array.isArray(list) || !list.some(isReference)) return body;
    const outputs = new Map<string, readonly Json[]>();
    const items: unknown[] = [];
    const most = this.settings.gatewayBodyBytes;
    let bytes = 0;
    for (const [at, item] of (list as readonly unknown[]).entries()) {
      if (!isReference(item)) {
        items.push(item);
        continue;
      }
      const found = await this.find(owner, item.id, `${name}.${at}.id`, outputs);
      // A short name can stand for much, as often as it is written.
      bytes += Buffer.byteLength(JSON.stringify(found));
      if (bytes > most) throw tooMuch(name, most);
      items.push(found);
    }
    return { ...(body as Json), [name]: items };
  }

  private async find(
    owner: Owner,
    id: string,
    path: string,
    outputs: Map<string, readonly Json[]>,
  ): Promise<Json> {
    const place = placeOfItem(id);
    if (!place) throw unknownItem(id, path);
    const { response_id, output_index } = place;
    const known = outputs.get(response_id);
    if (!known && outputs.size >= mostResponses) throw unknownItem(id, path);
    const output = known ?? (await this.outputOf(owner, response_id));
    outputs.set(response_id, output);
    const item = output[output_index];
    if (item?.['id'] !== id) throw unknownItem(id, path);
    return item;
  }

  /** None of a response that is not there. */
  private async outputOf(owner: Owner, responseId: string): Promise<readonly Json[]> {
    try {
      return await this.responses.sealedOutput(owner, responseId);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'run_not_found') return [];
      throw error;
    }
  }
}

interface Reference {
  readonly id: string;
}

/** Clients may leave the type away: an item with an id and nothing else is one as well. */
function isReference(item: unknown): item is Reference {
  if (typeof item !== 'object' || item === null) return false;
  const { id, type, ...rest } = item as { readonly id?: unknown; readonly type?: unknown };
  const isBare = (type === undefined || type === null) && Object.keys(rest).length === 0;
  return typeof id === 'string' && (type === 'item_reference' || isBare);
}

function tooMuch(path: string, most: number): DomainError {
  const message = `must not refer to more than ${most} bytes of stored items`;
  return new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}

function unknownItem(id: string, path: string): DomainError {
  const message = `is the id of no item that is stored here: ${id.slice(0, 100)}`;
  return new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}
