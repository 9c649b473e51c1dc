import { toASCII, toUnicode } from 'tr46';
import { normalizeText } from './text.js';

/** RFC 1035, section 2.3.4: a name has at most 255 octets, which is 253 characters in text form. */
const MAX_DOMAIN_LENGTH = 253;

/** Domains of ASCII letters, digits and hyphens without Punycode labels. UTS 46 only converts them to lower case. */
const PLAIN = /^(?:(?!xn--)[a-z0-9-]{1,63}(?:\.|$))+(?<!\.)$/i;

/**
 * UTS 46 without transitional processing, as in browsers, with the checks of IDNA 2008 (RFC 5893; RFC 5892, app. A).
 */
const RULES = { checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;

/**
 * The two spellings of a domain, e.g. `xn--bcher-kva.example` and `bücher.example`. For most domains they are equal.
 */
export interface EmailDomain {
  /** The spelling for DNS and SMTP. */
  readonly ascii: string;
  /** The spelling for display. Domains are compared in this spelling. */
  readonly unicode: string;
}

/**
 * Parses a domain and returns both spellings according to UTS 46; null when the text is not a domain. It does not use
 * Node's tables, because normal forms are stored and must not depend on the version of Node. Besides, Node's
 * `domainToASCII` parses hosts of URLs: it truncates at `/`, decodes `%41` and turns `1.2` into an IPv4 address.
 */
export function parseEmailDomain(text: string): EmailDomain | null {
  // Checked before encoding, because Punycode takes quadratic time.
  const normal = normalizeText(text);
  if (normal.length > MAX_DOMAIN_LENGTH) return null;
  // Nearly all domains match, and mapping takes a hundred times as long.
  if (PLAIN.test(text)) return { ascii: normal, unicode: normal };
  const ascii = toASCII(composed(text), { ...RULES, verifyDNSLength: true });
  return ascii === null ? null : { ascii, unicode: toUnicode(ascii, RULES).domain };
}

/** Composes first, because UTS 46 maps before it composes: the order of combining marks would make a difference. */
function composed(text: string): string {
  return text.normalize('NFC');
}

/** The normal form in which domains are compared. A text that is not a domain is normalized like any other text. */
export function normalizeDomain(text: string): string {
  return parseEmailDomain(text)?.unicode ?? normalizeText(text);
}

/** The label separators of UTS 46. */
const DOTS = /[.\u3002\uff0e\uff61]/;

/**
 * Normalizes a part of a domain, e.g. a prefix that a filter searches for. Characters are mapped one by one, and
 * complete Punycode labels are decoded.
 */
export function normalizeDomainPart(text: string): string {
  const labels = text.split(DOTS).map((label) => {
    const { domain, error } = toUnicode(composed(label));
    return error ? normalizeText(label) : domain;
  });
  return labels.join('.');
}

/**
 * Whether the domain can receive mail, judged by its name only: it has at least two labels, no label starts or ends
 * with a hyphen, and the last label is not a number as in an IPv4 address (RFC 1123, section 2.1; RFC 3696, section 2).
 */
export function isPublicDomain({ ascii, unicode }: EmailDomain): boolean {
  const labels = ascii.split('.');
  const last = labels.at(-1) ?? '';
  const hasHyphenAtEnd = [...labels, ...unicode.split('.')].some((label) => /^-|-$/.test(label));
  return labels.length > 1 && !hasHyphenAtEnd && last.length > 1 && !/^\d+$/.test(last);
}
