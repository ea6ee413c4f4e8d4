import type { AddressAndPort } from '../../config/tool-values.js';

/** Whether an address may be connected to at a port. */
export type AddressTest = (address: string, port: number) => boolean;

/** Belongs to a cloud's own services, though its range is public: Azure's WireServer. */
const refused: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Public addresses alone, by the IANA registries of special-purpose addresses: not loopback, private, link-local, nor any
 * range that leads to IPv4 in another spelling. Of IPv6, only what is assigned to be public: 2000::/3 (RFC 4291 §2.4), which
 * leaves out ::127.0.0.1 and whatever else has no registry. Beside them what the operator lists, with its port.
 */
export async function addressTest(exceptions: readonly AddressAndPort[]): Promise<AddressTest> {
  const { default: ipaddr } = await import('ipaddr.js');
  const listed = new Set(
    exceptions.map(({ address, port }) => `${ipaddr.process(address).toString()} ${port}`),
  );
  return (text, port) => {
    if (!ipaddr.isValid(text)) return false;
    // An IPv4 address within IPv6 is that IPv4 address.
    const address = ipaddr.process(text);
    const name = address.toString();
    if (listed.has(`${name} ${port}`)) return true;
    if (address.kind() === 'ipv6' && !address.match(ipaddr.parseCIDR('2000::/3'))) return false;
    return address.range() === 'unicast' && !refused.has(name);
  };
}
