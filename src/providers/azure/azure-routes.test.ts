import { describe, expect, it } from 'vitest';
import type { RelayTarget } from '../relay.js';
import { azureRoutes, deploymentOf } from './azure-routes.js';

const endpoint = 'https://mine.openai.azure.com';

/** The whole URL that a request of this kind for the deployment `d/1` goes to. */
function url(target: RelayTarget, api_version?: string, at = endpoint): string | undefined {
  const given = { type: 'azure', endpoint: at, api: 'chat_completions', api_version } as const;
  const routes = azureRoutes({ ...given, deployments: {}, models: [], takes_any_name: true, headers: {} });
  const path = routes.pathOf(target, 'd/1');
  if (path === undefined) return undefined;
  return routes.baseUrl + path + (routes.query === undefined ? '' : `?${routes.query}`);
}

describe('the URLs of Azure', () => {
  it.each([
    ['chat_completions', undefined, '/openai/v1/chat/completions'],
    ['chat_completions', 'v1', '/openai/v1/chat/completions'],
    ['chat_completions', 'preview', '/openai/v1/chat/completions?api-version=preview'],
    ['chat_completions', 'latest', '/openai/v1/chat/completions?api-version=latest'],
    ['chat_completions', '2024-10-21', '/openai/deployments/d%2F1/chat/completions?api-version=2024-10-21'],
    ['embeddings', '2024-10-21', '/openai/deployments/d%2F1/embeddings?api-version=2024-10-21'],
    ['embeddings', undefined, '/openai/v1/embeddings'],
    ['responses', undefined, '/openai/v1/responses'],
    ['responses', '2025-03-01-preview', '/openai/responses?api-version=2025-03-01-preview'],
  ] as const)('for %s of the version %s', (target, version, path) => {
    expect(url(target, version)).toBe(endpoint + path);
  });

  it.each(['messages', 'count_tokens'] as const)('have no place for %s', (target) => {
    expect(url(target)).toBeUndefined();
    expect(url(target, '2024-10-21')).toBeUndefined();
  });

  it.each(['/', '/openai', '/openai/v1', '/openai/v1/'])('are the same with %s at the end', (end) => {
    expect(url('responses', undefined, endpoint + end)).toBe(`${endpoint}/openai/v1/responses`);
    expect(url('responses', '2025-03-01-preview', endpoint + end)).toBe(
      `${endpoint}/openai/responses?api-version=2025-03-01-preview`,
    );
  });

  it('may be below a path of a gateway', () => {
    expect(url('responses', undefined, 'https://gateway.example.com/ai/')).toBe(
      'https://gateway.example.com/ai/openai/v1/responses',
    );
  });
});

describe('the deployment of a model', () => {
  it.each([
    [{ deployments: {} }, 'gpt-4o', 'gpt-4o'],
    [{ deployments: { 'gpt-4o': 'mine' } }, 'gpt-4o', 'mine'],
    [{ deployments: { 'gpt-4o': 'mine' }, model_prefix: 'team-' }, 'gpt-4o', 'mine'],
    [{ deployments: { 'gpt-4o': 'mine' }, model_prefix: 'team-' }, 'gpt-5', 'team-gpt-5'],
    [{ deployments: {} }, 'constructor', 'constructor'],
  ])('with %j is, for %s, %s', (given, model, deployment) => {
    expect(deploymentOf(given, model)).toBe(deployment);
  });
});
