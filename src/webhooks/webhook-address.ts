import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A network as address and length of its prefix. */
export type Network = readonly [Address, number];

/** Where clouds tell their machines secrets: never reached, whatever network is allowed. */
const METADATA: readonly Network[] = [
  '169.254.0.0/16', // AWS, Azure, Google and others
  'fe80::/10',
  'fd00:ec2::254/128', // AWS
  'fd20:ce::254/128', // Google
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle
].map((text) => ipaddr.parseCIDR(text));

/** RFC 4291, 2.4: what is routed between networks today begins with 001. The rest embeds other addresses, or is reserved. */
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3');

/** Whether the text is a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}

/** @throws {Error} when the text is no network in CIDR notation */
export function parseNetwork(text: string): Network {
  return ipaddr.parseCIDR(text);
}

/** The address a host name of a URL is; null when it is a name, which has to be resolved. */
export function toAddress(hostname: string): Address | null {
  const text = hostname.replace(/^\[(.*)\]$/, '$1');
  // An IPv4 address inside of IPv6 is judged as what it reaches.
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

/**
 * Whether something may be sent there: to public addresses over TLS, to private ones where the operator named their
 * network, to those that serve secrets never.
 */
export function isAddressAllowed(address: Address, isSecure: boolean, networks: readonly Network[]): boolean {
  const isIn = ([network, bits]: Network) => address.kind() === network.kind() && address.match(network, bits);
  if (METADATA.some(isIn)) return false;
  if (networks.some(isIn)) return true;
  return isSecure && address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(GLOBAL_UNICAST));
}

/**
 * Names that lead nowhere but to this machine or its network: RFC 6761 (localhost), RFC 6762 (local), RFC 8375
 * (home.arpa), `internal`, which ICANN reserved in 2024, and names of one label.
 */
const LOCAL_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|home\.arpa)$/;

/** Where `localhost` leads to (RFC 6761, 6.3). */
const LOOPBACK = ['127.0.0.1', '::1'].map((text) => ipaddr.parse(text));

/**
 * Whether something may be sent to a host of a URL, as far as can be told before its name is resolved: a name that is
 * local needs a network that the operator named.
 */
export function mayLeadSomewhere(hostname: string, isSecure: boolean, networks: readonly Network[]): boolean {
  const address = toAddress(hostname);
  if (address !== null) return isAddressAllowed(address, isSecure, networks);
  if (/(^|\.)localhost$/.test(hostname)) return LOOPBACK.some((one) => isAddressAllowed(one, isSecure, networks));
  return networks.length > 0 || (isSecure && !LOCAL_NAME.test(hostname));
}
