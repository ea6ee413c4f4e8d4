import { createHash } from 'node:crypto';
import type { Owner } from '../kernel/ids.js';
import type { Kind } from './setting.js';

/** Who may call. The token itself is not kept, only its hash. */
export interface AccessToken {
  readonly owner: Owner;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly sha256: string;
}

export const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

/** `owner:token`, or `owner:sha256:<hash>`. A token is what a Bearer header can carry (RFC 6750 §2.1). */
export const accessToken: Kind<AccessToken> = {
  allowed: 'owner:token or owner:sha256:<64 hex digits>, the owner up to 64 of A-Z a-z 0-9 . _ @ -',
  read: (raw) => {
    const [, owner, token] = (typeof raw === 'string' && /^([\w.@-]{1,64}):(.+)$/.exec(raw)) || [];
    if (!owner || !token) return undefined;
    const hash = token.startsWith('sha256:') ? hashIn(token) : hashOf(token);
    return hash === undefined ? undefined : { owner: owner as Owner, sha256: hash };
  },
};

/** The hash of a token that stands for nobody: the token itself, or `sha256:<hash>`. */
export const tokenHash: Kind<string> = {
  allowed: 'a token, or sha256:<64 hex digits>',
  read: (raw) => {
    if (typeof raw !== 'string') return undefined;
    return raw.startsWith('sha256:') ? hashIn(raw) : hashOf(raw);
  },
};

const hashIn = (token: string): string | undefined =>
  /^sha256:([0-9a-f]{64})$/i.exec(token)?.[1]?.toLowerCase();

const hashOf = (token: string): string | undefined =>
  /^[\w.~+/-]+=*$/.test(token) ? sha256(token) : undefined;
