import { toASCII, toUnicode } from 'tr46';
import { normalizeText } from '../text.js';

/** RFC 1035, 2.3.4, in the form without the length octets: a name has at most 253 characters. */
const MAX_DOMAIN_LENGTH = 253;

/** Labels of ASCII letters, digits and hyphens that stand for themselves: UTS 46 puts them into lower case. */
const PLAIN = /^(?:(?!xn--)[a-z0-9-]{1,63}(?:\.|$))+(?<!\.)$/i;

/** UTS 46 without transitional mapping, as browsers do it, and with the checks of IDNA 2008 (RFC 5893, RFC 5892 A). */
const RULES = { checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;

/** The two spellings of one domain, e.g. `xn--bcher-kva.example` and `bücher.example`; of most domains they are equal. */
export interface EmailDomain {
  /** For DNS and SMTP. */
  readonly ascii: string;
  /** For people; domains are compared in this one. */
  readonly unicode: string;
}

/**
 * Both spellings of a domain by UTS 46; null for a text that is none. The tables are those of a package and not of Node:
 * forms are stored, and must not depend on the version of Node that made them. Node's `domainToASCII` reads hosts of
 * URLs besides, so it cuts at `/`, decodes `%41`, and makes an IPv4 address of `1.2`.
 */
export function parseEmailDomain(text: string): EmailDomain | null {
  // Before it is encoded: Punycode takes a time that grows with the square of the length.
  const normal = normalizeText(text);
  if (normal.length > MAX_DOMAIN_LENGTH) return null;
  // Nearly all are, and mapping takes a hundred times as long.
  if (PLAIN.test(text)) return { ascii: normal, unicode: normal };
  const ascii = toASCII(composed(text), { ...RULES, verifyDNSLength: true });
  return ascii === null ? null : { ascii, unicode: toUnicode(ascii, RULES).domain };
}

/** UTS 46 maps before it composes, so a letter and its accents in another order would be another domain. */
function composed(text: string): string {
  return text.normalize('NFC');
}

/** The form domains are compared in. Of a text that is no domain: that of any text. */
export function normalizeDomain(text: string): string {
  return parseEmailDomain(text)?.unicode ?? normalizeText(text);
}

/** What UTS 46 takes for the dot between labels. */
const DOTS = /[.\u3002\uff0e\uff61]/;

/**
 * A part of a domain in the form domains are compared in: signs are mapped one by one, and of labels in ASCII spelling
 * the whole ones are spelled out.
 */
export function normalizeDomainPart(text: string): string {
  const labels = text.split(DOTS).map((label) => {
    const { domain, error } = toUnicode(composed(label));
    return error ? normalizeText(label) : domain;
  });
  return labels.join('.');
}

/**
 * Whether mail can arrive there, as far as the name tells: two labels or more, none of them with a hyphen at an end, and
 * the last one no number, which it is in an IPv4 address (RFC 1123, 2.1; RFC 3696, 2).
 */
export function isPublicDomain({ ascii, unicode }: EmailDomain): boolean {
  const labels = ascii.split('.');
  const last = labels.at(-1) ?? '';
  const hasHyphenAtEnd = [...labels, ...unicode.split('.')].some((label) => /^-|-$/.test(label));
  return labels.length > 1 && !hasHyphenAtEnd && last.length > 1 && !/^\d+$/.test(last);
}
