// What of a URL that a model wrote may become part of the page.

const linkProtocols: readonly string[] = ['http:', 'https:', 'mailto:'];

/** Raster images alone: an SVG is a document, and may hold scripts. */
const dataImage = /^data:image\/(png|jpe?g|gif|webp|avif);base64,[\w+/=\s]+$/i;

/** An absolute http, https or mailto URL, else undefined: a relative one would lead into this page's own origin. */
export function safeLink(href: string): string | undefined {
  const url = parse(href);
  return url && linkProtocols.includes(url.protocol) ? url.href : undefined;
}

/** An image that is in the text itself, or one that has to be fetched from a host; undefined for anything else. */
export type SafeImage =
  | { readonly type: 'inline'; readonly src: string }
  | { readonly type: 'remote'; readonly src: string; readonly host: string };

export function safeImage(href: string): SafeImage | undefined {
  if (dataImage.test(href)) return { type: 'inline', src: href };
  const url = parse(href);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  return { type: 'remote', src: url.href, host: url.host };
}

const parse = (href: string): URL | undefined => (URL.canParse(href) ? new URL(href) : undefined);
