import type { Kind } from './setting.js';

/** Which tool calls are made without asking the user. */
export type ToolPolicy =
  | { readonly type: 'manual' }
  | { readonly type: 'auto_approve' }
  /** Names of tools, with `*` for any characters and `?` for one. */
  | { readonly type: 'allow_list'; readonly allow: readonly string[] }
  /** Every call, in so many rounds of a turn; then the user must say go on. */
  | { readonly type: 'limited_auto'; readonly max_depth: number };

export const maxAllowed = 200;
export const maxPolicyDepth = 1000;
/** Tool names are letters, digits, `_` and `-`, at most 64. */
export const toolPattern = /^[\w*?-]{1,64}$/;

/** `manual`, `auto_approve`, `allow_list=read_*+current_time`, `limited_auto=5`; in the file also as a context has it. */
export const toolPolicy: Kind<ToolPolicy> = {
  allowed:
    'manual, auto_approve, allow_list= with names or patterns between plus signs, or limited_auto= with a number of rounds',
  read: (raw) => readPolicy(typeof raw === 'string' ? spelledOut(raw) : raw),
  show: (policy) => {
    if (policy.type === 'allow_list') return `allow_list=${policy.allow.join('+')}`;
    return policy.type === 'limited_auto' ? `limited_auto=${policy.max_depth}` : policy.type;
  },
};

function spelledOut(text: string): unknown {
  const [, type, value = ''] = /^(\w+)(?:=(.*))?$/.exec(text) ?? [];
  if (type === 'allow_list') return { type, allow: value.split('+').map((pattern) => pattern.trim()) };
  if (type === 'limited_auto') return { type, max_depth: /^[1-9]\d{0,3}$/.test(value) ? Number(value) : 0 };
  return value === '' ? { type } : undefined;
}

function readPolicy(policy: unknown): ToolPolicy | undefined {
  if (typeof policy !== 'object' || policy === null || !('type' in policy)) return undefined;
  switch (policy.type) {
    case 'manual':
    case 'auto_approve':
      return { type: policy.type };
    case 'allow_list':
      return 'allow' in policy && isAllowList(policy.allow)
        ? { type: policy.type, allow: policy.allow }
        : undefined;
    case 'limited_auto':
      return 'max_depth' in policy && isDepth(policy.max_depth)
        ? { type: policy.type, max_depth: policy.max_depth }
        : undefined;
    default:
      return undefined;
  }
}

const isAllowList = (allow: unknown): allow is readonly string[] =>
  Array.isArray(allow) &&
  allow.length <= maxAllowed &&
  allow.every((pattern) => typeof pattern === 'string' && toolPattern.test(pattern));

const isDepth = (depth: unknown): depth is number =>
  typeof depth === 'number' && Number.isSafeInteger(depth) && depth >= 1 && depth <= maxPolicyDepth;
