import { describe, expect, it } from 'vitest';
import { adaptBody } from './adapt-body.js';

describe('the body of a request', () => {
  it('limits the answer by the name that the host knows', () => {
    const body = { model: 'm', max_tokens: 5 };

    expect(adaptBody(body, 'api.openai.com')).toEqual({ model: 'm', max_completion_tokens: 5 });
    expect(adaptBody(body, 'localhost')).toEqual(body);
  });

  it('has no limit where none was set', () => {
    expect(adaptBody({ model: 'm', max_tokens: undefined }, 'api.openai.com')).toEqual({ model: 'm' });
    expect(adaptBody({ model: 'm' }, 'localhost')).toEqual({ model: 'm' });
  });

  it('has top_k where it is known', () => {
    expect(adaptBody({ model: 'm', top_k: 5 }, 'localhost')).toEqual({ model: 'm', top_k: 5 });
    expect(adaptBody({ model: 'm', top_k: 5 }, 'api.openai.com')).toEqual({ model: 'm' });
  });
});
