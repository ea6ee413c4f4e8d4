import type { Settings } from '../../config/settings.js';
import { startWithin } from '../bounded-result.js';
import { addressTest } from '../http/allowed-address.js';
import { fetchPage, type Page } from '../http/fetch-page.js';
import { guardedAgent, type Resolve } from '../http/guarded-agent.js';
import { textOf } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

type HttpSettings = Pick<
  Settings,
  'httpFetchHosts' | 'httpFetchPrivate' | 'httpFetchBytes' | 'httpFetchRedirects' | 'toolResultBytes'
>;

/** What the answer needs beside the text of the page. */
const frameBytes = 8192;

/** Gets a page of text from a host that the operator allows. */
export const httpFetch = (settings: HttpSettings, resolve: Resolve): BuiltinTool => ({
  isReady: settings.httpFetchHosts.length > 0,
  definition: {
    name: 'http_fetch',
    description:
      'Gets a page of text by its URL (http or https) from the hosts that are allowed. Sends no cookies and no credentials.',
    parameters: {
      type: 'object',
      properties: { url: { type: 'string', minLength: 1, description: 'https://docs.example.com/page' } },
      required: ['url'],
      additionalProperties: false,
    },
    permissions: ['network'],
    is_parallel: true,
    on_cancel: 'kill',
  },
  call: async (args, _scope, abort) => {
    const isAllowed = await addressTest(settings.httpFetchPrivate);
    const agent = await guardedAgent(isAllowed, resolve);
    const limits = {
      hosts: settings.httpFetchHosts,
      maxBytes: settings.httpFetchBytes,
      maxRedirects: settings.httpFetchRedirects,
    };
    try {
      const page = await fetchPage(textOf(args, 'url'), limits, agent, abort);
      const room = Math.max(settings.toolResultBytes - frameBytes, 512);
      return { result: shown(page, room), is_error: page.status >= 400 };
    } finally {
      // Not close(): nothing is to be waited for that a server keeps open.
      await agent.destroy();
    }
  },
});

function shown({ url, status, type, text, isCut }: Page, maxBytes: number): object {
  const content = startWithin(text, maxBytes);
  const isShort = isCut || content.length < text.length;
  return {
    url,
    status,
    content_type: type,
    content,
    ...(isShort && { note: 'The rest of the page was left out.' }),
  };
}
