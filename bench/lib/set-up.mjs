// What scenarios prepare through the API before anything is measured.
import { request } from 'undici';

/** One call, which has to go well. */
export async function call(url, method, path, body) {
  const response = await request(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode >= 400)
    throw new Error(`${method} ${path} was answered ${response.statusCode} ${text}`);
  const parsed = text ? JSON.parse(text) : undefined;
  return { status: response.statusCode, headers: response.headers, text, body: parsed };
}

export const post = (url, path, body = {}) => call(url, 'POST', path, body);
export const get = (url, path) => call(url, 'GET', path);

export const createContext = async (url) => (await post(url, '/contexts')).body.id;

/** So many contexts, one after the other. */
export async function createContexts(url, count) {
  const ids = [];
  for (let n = 0; n < count; n++) ids.push(await createContext(url));
  return ids;
}

/** A context with a message that an external producer has begun: where its chunks go. */
export async function beginStream(url) {
  const contextId = await createContext(url);
  const { body } = await post(url, `/contexts/${contextId}/messages/streaming`);
  const messageId = body.message_id;
  return {
    contextId,
    messageId,
    chunksPath: `/contexts/${contextId}/messages/${messageId}/streaming-chunks`,
  };
}

/** A word, as models stream them. */
export const chunk = { delta: ' streaming' };

export const textMessage = (content) => ({ role: 'user', payload: { kind: 'text', data: { content } } });

/** Half a kilobyte, such as people and models write. */
export const paragraph = 'A signal says that something changed; a pull says what. '.repeat(9);
