import type { HostRule } from '../../config/tool-values.js';
import { ToolError } from '../tool-source.js';

const maxUrl = 2000;

/**
 * A URL that may be fetched, spelt as the WHATWG URL standard has it, which leaves one spelling for each host: numbers, octal
 * and full-width digits become an address in four parts, letters lower case and punycode. Throws `url_not_allowed`.
 */
export function readUrl(text: string, hosts: readonly HostRule[], from?: URL): URL {
  // Browsers drop some of these and take \ for /; whoever writes them means to be misread.
  const isPlain = text.length <= maxUrl && !/[\s\\\p{Cc}]/u.test(text);
  const url = isPlain && URL.canParse(text, from?.href) ? new URL(text, from) : undefined;
  const wrong = url ? problemOf(url, from) : 'It is no URL.';
  if (wrong !== undefined || !url) throw notAllowed(wrong);
  if (!hosts.some((rule) => isOf(rule, url)))
    throw notAllowed(`${url.host} is not among the hosts that may be fetched.`);
  url.hash = '';
  return url;
}

const notAllowed = (why = 'It is no URL.'): ToolError =>
  new ToolError('url_not_allowed', `The URL cannot be fetched. ${why}`);

function problemOf({ protocol, username, password, hostname }: URL, from?: URL): string | undefined {
  if (protocol !== 'http:' && protocol !== 'https:') return 'Only http and https are.';
  if (from?.protocol === 'https:' && protocol === 'http:') return 'It was led from https to http.';
  if (username !== '' || password !== '') return 'It must hold no user and no password.';
  if (hostname === '' || hostname.endsWith('.')) return 'Its host must not end in a dot.';
  return undefined;
}

/** `port` is empty when it is the usual one of the scheme. */
function isOf({ host, isBelow, port }: HostRule, url: URL): boolean {
  const isPort = port === undefined ? url.port === '' : port === portOf(url);
  if (!isPort) return false;
  return host === '' || (isBelow ? url.hostname.endsWith(`.${host}`) : url.hostname === host);
}

export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
