// Places where http_fetch must not go. PORT stands for the port of whoever must not be asked.

/** URLs that are refused where only docs.test:PORT and what is below *.docs.test:PORT may be fetched. */
export const urlsNotAllowed: readonly string[] = [
  'http://other.test:PORT/',
  'http://evil-docs.test:PORT/',
  'http://docs.test.evil.test:PORT/',
  'http://docs.test:PORT.evil.test/',
  'http://docs.test/',
  'https://docs.test/',
  'http://docs.test:1/',
  'http://docs.test.:PORT/',
  'http://docs.test..:PORT/',
  'http://user@docs.test:PORT/',
  'http://user:password@docs.test:PORT/',
  'http://docs.test:PORT@other.test:PORT/',
  'http://docs.test:PORT\\@other.test:PORT/',
  'http://other.test:PORT#docs.test:PORT',
  'http://other.test:PORT?docs.test:PORT',
  'http://other.test:PORT/docs.test:PORT',
  'http://127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://[::1]:PORT/',
  'http://d0cs.test:PORT/',
  'http://dоcs.test:PORT/',
  'http://docs。test。evil。test:PORT/',
  'ftp://docs.test:PORT/',
  'file:///etc/passwd',
  'file://docs.test:PORT/etc/passwd',
  'gopher://docs.test:PORT/_x',
  'data:text/plain,hello',
  'blob:http://docs.test:PORT/x',
  'javascript:alert(1)',
  'ws://docs.test:PORT/',
  'unix:/run/docker.sock',
  '//docs.test:PORT/',
  '/etc/passwd',
  'docs.test:PORT',
  'http://',
  'http://docs.test:99999/',
  `http://docs.test:PORT/${'x'.repeat(3000)}`,
  'http://sub.docs.test.:PORT/',
];

/** Where a page may not lead on to, under the same rule. */
export const redirectsNotAllowed: readonly string[] = [
  'http://other.test:PORT/',
  'http://127.0.0.1:PORT/',
  'http://docs.test/',
  'https://docs.test.evil.test:PORT/',
  'file:///etc/passwd',
  'http://user:password@docs.test:PORT/',
  '//other.test:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
];

/** Hosts that are not public, in every spelling that some reader takes for an address. */
export const addressesNotAllowed: readonly string[] = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.01'],
  ...['１２７.0.0.1', '127。0。0。1', '127.0.0.1.', '127.255.255.254', '0.0.0.0', '0', '0x0'],
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '169.254.169.254'],
  ...['2852039166', '0xa9fea9fe', '192.0.0.192', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['168.63.129.16', '100.100.100.200', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:169.254.169.254]', '[64:ff9b::7f00:1]', '[64:ff9b:1::1]'],
  ...['[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '[2002:7f00:1::]', '[2001::1]', '[ff02::1]'],
  ...['[100::1]', '[2001:db8::1]', '[::7f00:1]', '[200::1]', '[4000::1]', 'localhost', 'LOCALHOST'],
];
