import { describe, expect, it } from 'vitest';
import { judge, maxRemembered, policyOf, remember, roundsAllowed } from './approval-policy.js';
import type { ContextToolPolicy } from './approval-policy.js';

describe('a policy', () => {
  const allowList: ContextToolPolicy = { type: 'allow_list', allow: ['read_*', 'git__log', 'ta?k'] };
  it.each<[ContextToolPolicy, string, string]>([
    [{ type: 'manual' }, 'read_file', 'ask'],
    [{ type: 'auto_approve' }, 'run_command', 'approve'],
    [{ type: 'limited_auto', max_depth: 2 }, 'run_command', 'approve'],
    [allowList, 'read_file', 'approve'],
    [allowList, 'read_', 'approve'],
    [allowList, 'git__log', 'approve'],
    [allowList, 'task', 'approve'],
    [allowList, 'tak', 'ask'],
    [allowList, 'git__log2', 'ask'],
    [allowList, 'write_file', 'ask'],
    [allowList, 'xread_file', 'ask'],
    [{ type: 'allow_list', allow: [] }, 'read_file', 'ask'],
    [{ type: 'allow_list', allow: ['*'] }, 'anything', 'approve'],
  ])('%j says of %s: %s', (policy, tool, said) => {
    expect(judge(policy, tool)).toBe(said);
  });

  it('gives way to what the user said about the tool, and to that alone', () => {
    const denied = remember({ type: 'auto_approve' }, { tool_name: 'run_command', decision: 'deny' });
    expect(judge(denied, 'run_command')).toBe('deny');
    expect(judge(denied, 'run_commands')).toBe('approve');
    const changed = remember(denied, { tool_name: 'run_command', decision: 'approve' });
    expect(judge(changed, 'run_command')).toBe('approve');
    expect(changed.remembered).toHaveLength(1);
  });

  it('takes a remembered name for a name, not for a pattern', () => {
    const policy = remember({ type: 'manual' }, { tool_name: '*', decision: 'approve' });
    expect(judge(policy, 'read_file')).toBe('ask');
  });

  it('forgets the oldest of too many decisions', () => {
    let policy: ContextToolPolicy = { type: 'manual' };
    for (let n = 0; n <= maxRemembered; n++)
      policy = remember(policy, { tool_name: `tool_${n}`, decision: 'approve' });
    expect(policy.remembered).toHaveLength(maxRemembered);
    expect([judge(policy, 'tool_0'), judge(policy, 'tool_1')]).toEqual(['ask', 'approve']);
  });

  it('never allows more rounds than the deployment', () => {
    expect(roundsAllowed({ type: 'limited_auto', max_depth: 3 }, 16)).toBe(3);
    expect(roundsAllowed({ type: 'limited_auto', max_depth: 30 }, 16)).toBe(16);
    expect(roundsAllowed({ type: 'auto_approve' }, 16)).toBe(16);
  });
});

describe('the policy that counts', () => {
  const deployment = { type: 'limited_auto', max_depth: 2 } as const;

  it('is the context’s own, or else the deployment’s', () => {
    expect(policyOf({ type: 'manual' }, deployment)).toEqual({ type: 'manual' });
    expect(policyOf(undefined, deployment)).toBe(deployment);
  });

  it('is the deployment’s for what was kept before policies had types', () => {
    const old = JSON.parse('{"shell":"ask"}') as ContextToolPolicy;
    expect(policyOf(old, deployment)).toBe(deployment);
  });
});
