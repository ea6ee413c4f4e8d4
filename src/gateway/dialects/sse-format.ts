import type { Json } from './codec.js';

/** An event without a name. JSON has no line breaks of its own, so that one `data:` is enough. */
export const dataFrame = (data: Json): string => `data: ${JSON.stringify(data)}\n\n`;

/** An event that is named as its `type`. */
export const typedFrame = (data: Json & { readonly type: string }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** Which readers ignore (WHATWG HTML §9.2.6). */
export const keepAlive = ': keep-alive\n\n';
