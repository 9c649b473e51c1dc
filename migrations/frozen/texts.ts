// The rules that steps 0002 to 0015 fill columns by, as they were at step 0015. This is a copy of rules in `src`: when
// those change, a released step still does what it did, and a new step brings the rows to the new forms.

import { toASCII, toUnicode } from 'tr46';

/** The form in which texts are compared. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}

const MAX_DOMAIN_LENGTH = 253;

/** Labels that stand for themselves: ASCII letters, digits and hyphens. */
const PLAIN = /^(?:(?!xn--)[a-z0-9-]{1,63}(?:\.|$))+(?<!\.)$/i;

const RULES = { checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;

function parseDomain(text: string): { ascii: string; unicode: string } | null {
  const normal = normalizeText(text);
  if (normal.length > MAX_DOMAIN_LENGTH) return null;
  if (PLAIN.test(text)) return { ascii: normal, unicode: normal };
  const ascii = toASCII(text.normalize('NFC'), { ...RULES, verifyDNSLength: true });
  return ascii === null ? null : { ascii, unicode: toUnicode(ascii, RULES).domain };
}

/** The two sides of the last @ of an address; null for a text without one. */
function sidesOf(email: string): { local: string; domain: string } | null {
  const at = email.lastIndexOf('@');
  return at < 0 ? null : { local: email.slice(0, at), domain: email.slice(at + 1) };
}

/** The form in which addresses are compared. */
export function normalizeEmail(email: string): string {
  const trimmed = email.trim();
  const sides = sidesOf(trimmed);
  if (!sides) return normalizeText(trimmed);
  const domain = parseDomain(sides.domain)?.unicode ?? normalizeText(sides.domain);
  return `${normalizeText(sides.local)}@${domain}`;
}

/** The domain of an address in its normal form. */
export function domainOf(emailNormal: string): string {
  return emailNormal.slice(emailNormal.lastIndexOf('@') + 1);
}

/** The address, and the address with each spelling of its domain when there are two. */
export function emailSpellingsOf(email: string): readonly string[] {
  const sides = sidesOf(email);
  const domain = sides && parseDomain(sides.domain);
  return domain && domain.ascii !== domain.unicode ? [email, domain.unicode, domain.ascii] : [email];
}
