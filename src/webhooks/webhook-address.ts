import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A network: its address and the length of its prefix in bits. */
export type Network = readonly [Address, number];

/** Metadata services of cloud providers, which serve credentials. They are blocked even in an allowed network. */
const METADATA: readonly Network[] = [
  '169.254.0.0/16', // AWS, Azure, Google and others
  'fe80::/10',
  'fd00:ec2::254/128', // AWS
  'fd20:ce::254/128', // Google
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle
].map((text) => ipaddr.parseCIDR(text));

/** The global unicast range (RFC 4291, 2.4). Addresses outside it are reserved or embed other addresses. */
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3');

/** Returns whether the text is a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}

/** Parses a network in CIDR notation. @throws {Error} when the text is not one */
export function parseNetwork(text: string): Network {
  return ipaddr.parseCIDR(text);
}

/** Parses the host of a URL as an IP address. Returns null when the host is a name, which has to be resolved. */
export function toAddress(hostname: string): Address | null {
  const text = hostname.replace(/^\[(.*)\]$/, '$1');
  // An IPv4-mapped IPv6 address is checked as the IPv4 address that it reaches.
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

/**
 * Returns whether webhooks may be sent to an address. Public addresses require TLS. Private addresses require an entry
 * in `networks`. Metadata services are never allowed.
 */
export function isAddressAllowed(address: Address, isSecure: boolean, networks: readonly Network[]): boolean {
  const isIn = ([network, bits]: Network) => address.kind() === network.kind() && address.match(network, bits);
  if (METADATA.some(isIn)) return false;
  if (networks.some(isIn)) return true;
  return isSecure && address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(GLOBAL_UNICAST));
}

/**
 * Host names that resolve only on this machine or in its network: RFC 6761 (localhost), RFC 6762 (local), RFC 8375
 * (home.arpa), `internal` (reserved by ICANN in 2024), and names with a single label.
 */
const LOCAL_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|home\.arpa)$/;

/** The addresses of `localhost` (RFC 6761, 6.3). */
const LOOPBACK = ['127.0.0.1', '::1'].map((text) => ipaddr.parse(text));

/**
 * Returns whether webhooks may be sent to the host of a URL, as far as the host alone shows. A name is resolved and
 * checked again at each delivery. Local names require an entry in `networks`.
 */
export function isHostAllowed(hostname: string, isSecure: boolean, networks: readonly Network[]): boolean {
  const address = toAddress(hostname);
  if (address !== null) return isAddressAllowed(address, isSecure, networks);
  if (/(^|\.)localhost$/.test(hostname)) return LOOPBACK.some((one) => isAddressAllowed(one, isSecure, networks));
  return networks.length > 0 || (isSecure && !LOCAL_NAME.test(hostname));
}
