import { parse } from 'content-type';
import Negotiator from 'negotiator';

export const JSON_TYPE = 'application/json';
export const RESPONSE_TYPE = 'application/graphql-response+json';
export const EVENT_STREAM_TYPE = 'text/event-stream';

/** What operations are answered with; where a caller likes several as much, the first. */
const ANSWER_TYPES = [JSON_TYPE, RESPONSE_TYPE, EVENT_STREAM_TYPE] as const;

export type AnswerType = (typeof ANSWER_TYPES)[number];

/** Names of the one charset there is (WHATWG Encoding, 4.2). */
const UTF_8 = ['utf-8', 'utf8'];

/**
 * What the caller accepts of these media types, the best first (RFC 9110, 12.5.1). No header accepts everything. All
 * answers are UTF-8, so a range with another charset takes none; other parameters would tell nothing of ours apart.
 */
function acceptedTypes<Type extends string>(headers: Headers, types: readonly Type[]): Type[] {
  const ranges = rangesOf(headers).filter(({ parameters }) => isUtf8(parameters.charset));
  const accept = ranges.map(({ type, parameters }) => `${type};q=${parameters.q ?? 1}`).join(',');
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes([...types]);
  return accepted.flatMap((one) => types.find((type) => type === one) ?? []);
}

function rangesOf(headers: Headers) {
  const header = headers.get('accept')?.trim() || '*/*';
  const ranges: ReturnType<typeof parse>[] = [];
  for (let start = 0; start < header.length; ) {
    const range = parse(header, { comma: true, start });
    ranges.push(range);
    start = range.index + 1;
  }
  return ranges;
}

/** The media types that `Accept` names, wildcards among them; whatever their weights. */
export function namedTypes(headers: Headers): string[] {
  return rangesOf(headers).map(({ type }) => type);
}

function isUtf8(charset: string | undefined): boolean {
  return charset === undefined || UTF_8.includes(charset.toLowerCase());
}

/** What the answer to an operation may be, the best first; empty when the caller accepts nothing of it. */
export function answerTypes(headers: Headers): readonly AnswerType[] {
  return acceptedTypes(headers, ANSWER_TYPES);
}

/** The best of these types for a single answer; null when the caller accepts a stream at most. */
export function singleAnswerType(headers: Headers): Exclude<AnswerType, typeof EVENT_STREAM_TYPE> | null {
  return answerTypes(headers).find((type) => type !== EVENT_STREAM_TYPE) ?? null;
}

/** Whether the caller likes a page better than the answer of an operation, as a browser's address bar does. */
export function prefersPage(headers: Headers): boolean {
  return acceptedTypes(headers, [...ANSWER_TYPES, 'text/html'])[0] === 'text/html';
}

/** A `Content-Type` (RFC 9110, 8.3.1): whether it is JSON, and whether its charset is UTF-8 or not named. */
export function contentTypeOf(headers: Headers): { readonly isJson: boolean; readonly isUtf8: boolean } {
  const { type, parameters } = parse(headers.get('content-type') ?? '');
  return { isJson: type === JSON_TYPE, isUtf8: isUtf8(parameters.charset) };
}

/** Whether the body is coded, e.g. compressed (RFC 9110, 8.4). */
export function isEncoded(headers: Headers): boolean {
  const codings = (headers.get('content-encoding') ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => coding !== '' && coding !== 'identity');
}

/** The first of these codings that the caller accepts (RFC 9110, 12.5.3); null when only the plain text is. */
export function acceptedCoding<Coding extends string>(
  acceptEncoding: string | null,
  codings: readonly Coding[],
): Coding | null {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding ?? '' } });
  const accepted = negotiator.encodings([...codings]);
  return codings.find((coding) => accepted.includes(coding)) ?? null;
}
