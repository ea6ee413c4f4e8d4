import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import type { Agent, buildConnector } from 'undici';
import { ToolError } from '../tool-source.js';
import type { AddressTest } from './allowed-address.js';

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const lookupAll = promisify(systemLookup);
export const systemResolve: Resolve = (hostname) => lookupAll(hostname, { all: true });

/**
 * An agent that connects to allowed addresses only. What is checked is what is connected to: an address in the URL before,
 * those that a name has when it is looked up for this very connection (one that is not allowed spoils all), and the
 * other end of the socket once more.
 */
export async function guardedAgent(isAllowed: AddressTest, resolve: Resolve): Promise<Agent> {
  const { Agent, buildConnector } = await import('undici');
  const connect: buildConnector.connector = (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) && !isAllowed(literal, port)) return callback(notAllowed(), null);
    const lookup = guardedLookup((address) => isAllowed(address, port), resolve);
    buildConnector({ lookup, port })(options, (...connected) => {
      const [, socket] = connected;
      if (!socket || isAllowed(socket.remoteAddress ?? '', port)) return callback(...connected);
      socket.destroy();
      callback(notAllowed(), null);
    });
  };
  return new Agent({ connect, maxHeaderSize: 16_384, pipelining: 0 });
}

const guardedLookup =
  (isAllowed: (address: string) => boolean, resolve: Resolve): LookupFunction =>
  (hostname, { all }, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (!first || !found.every(({ address }) => isAllowed(address))) callback(notAllowed(), '');
        else if (all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : notAllowed(), ''),
    );
  };

const notAllowed = (): ToolError =>
  new ToolError(
    'address_not_allowed',
    'The host is at an address that is not public, and cannot be fetched.',
  );
