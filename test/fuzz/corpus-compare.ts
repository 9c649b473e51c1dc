import { type DocumentNode, parse, print, visit } from 'graphql';
import type { Answered, Caller } from './corpus-app.js';

/** A recorded request with its answer. */
export interface Line {
  /** The number of the request in the recording. */
  readonly n: number;
  readonly who: Caller;
  readonly isSignIn?: true;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text, with the document and its variables. */
    readonly body?: string | null;
    /** The body in Base64 when it may not be valid UTF-8. */
    readonly base64?: string;
  };
  readonly answer: Answered;
}

const TEXT = '…';
const INTROSPECTION = ['__schema', '__type'];
/** The length changes with the texts. */
const IGNORED_HEADERS = new Set(['content-length']);
const CONTEXT = 100;

/** Compares two recordings. Ignores the texts of messages and descriptions. */
export function compare(
  before: readonly Line[],
  after: readonly Line[],
  show: number,
): { text: string; differing: number } {
  const shown: string[] = [];
  const kinds = new Map<string, number>();
  let differing = 0;
  let texts = 0;
  const length = Math.max(before.length, after.length);
  for (let n = 0; n < length; n++) {
    const [a, b] = [before[n], after[n]];
    const found = a && b ? differencesOf(a, b) : [['missing in one recording', '']];
    if (found.length === 0) {
      if (a?.answer.body !== b?.answer.body) texts++;
      continue;
    }
    differing++;
    for (const [kind = ''] of found) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const one = a ?? b;
    if (one && shown.length < show) shown.push([describe(one), ...found.map((each) => each.join(' '))].join('\n  '));
  }
  const byWho = (['full', 'few', 'person', 'nobody'] as const).map(
    (who) => `${before.filter((line) => line.who === who).length} ${who}`,
  );
  const text = [
    ...shown,
    `${length} requests (${byWho.join(', ')}): ${length - differing - texts} answers are equal, ${texts} differ only in texts, ${differing} differ`,
    ...[...kinds].map(([kind, times]) => `  ${times} differences in: ${kind}`),
  ];
  return { text: text.join('\n'), differing };
}

function describe({ n, who, request }: Line): string {
  const document = documentText(request) ?? request.body ?? '';
  return `request ${n}, ${who}: ${request.method} ${request.path.slice(0, 200)} ${document.slice(0, 400)}`;
}

/** Returns each difference as its kind and an excerpt. */
function differencesOf(a: Line, b: Line): string[][] {
  const found: string[][] = [];
  const requests = [a, b].map(({ who, request }) => JSON.stringify([who, request]));
  // Answers to different requests are not comparable. Record with --from to repeat the requests.
  if (requests[0] !== requests[1]) return [['request', excerpt(requests[0] ?? '', requests[1] ?? '')]];
  if (a.answer.status !== b.answer.status) found.push(['status', `${a.answer.status} → ${b.answer.status}`]);
  for (const name of new Set([...Object.keys(a.answer.headers), ...Object.keys(b.answer.headers)])) {
    const [old, now] = [a.answer.headers[name], b.answer.headers[name]];
    if (old !== now && !IGNORED_HEADERS.has(name.toLowerCase())) found.push([`header ${name}`, `${old} → ${now}`]);
  }
  const [old, now] = [withoutTexts(a), withoutTexts(b)];
  if (old !== now) found.push(['body', excerpt(old, now)]);
  return found;
}

function excerpt(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - CONTEXT);
  return `at ${at}\n    - ${a.slice(from, at + CONTEXT)}\n    + ${b.slice(from, at + CONTEXT)}`;
}

/** Returns the body of the answer with a placeholder for each text of a message or description. */
function withoutTexts({ request, answer }: Line): string {
  const type = answer.headers['content-type'] ?? '';
  const document = documentOf(documentText(request));
  const strip = (json: string) => stripped(json, document, type.startsWith('application/problem+json'));
  if (/^application\/([\w-]+\+)?json\b/.test(type)) return strip(answer.body);
  if (!/^(text\/event-stream|multipart\/mixed)/.test(type)) return answer.body;
  return answer.body.replace(/^(data: )?(\{.*\})(?=\r?$)/gm, (_, head = '', json) => `${head}${strip(json)}`);
}

/** Leaves JSON unchanged that JSON.stringify would write differently, because parsing would lose the difference. */
function stripped(json: string, document: DocumentNode | null, isProblem: boolean): string {
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value) === json ? JSON.stringify(stripValue(value, namesIn(document), isProblem)) : json;
  } catch {
    return json;
  }
}

interface Names {
  readonly message: ReadonlySet<string>;
  readonly description: ReadonlySet<string>;
  readonly introspection: ReadonlySet<string>;
  readonly sdl: ReadonlySet<string>;
}

function stripValue(value: unknown, names: Names, isProblem: boolean): unknown {
  return strip(value, false);

  function strip(one: unknown, isIntrospection: boolean): unknown {
    if (Array.isArray(one)) return one.map((item) => strip(item, isIntrospection));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, inner]) => {
        const isText =
          names.message.has(key) ||
          (isIntrospection && names.description.has(key)) ||
          (isProblem && (key === 'detail' || key === 'title'));
        if (isText && typeof inner === 'string') return [key, TEXT];
        if (names.sdl.has(key) && typeof inner === 'string') return [key, withoutDescriptions(inner)];
        return [key, strip(inner, isIntrospection || names.introspection.has(key))];
      }),
    );
  }
}

/** Prints the SDL without descriptions. */
function withoutDescriptions(sdl: string): string {
  const enter = (node: object) => ('description' in node ? { ...node, description: undefined } : undefined);
  return print(visit(parse(sdl), { enter }));
}

/** Returns the response keys of fields with texts: their names, and their aliases in the document. */
function namesIn(document: DocumentNode | null): Names {
  const found = {
    message: new Set(['message']),
    description: new Set(['description']),
    introspection: new Set(INTROSPECTION),
    sdl: new Set(['sdl']),
  };
  if (!document) return found;
  visit(document, {
    Field({ name, alias }) {
      if (!alias) return;
      const kind = INTROSPECTION.includes(name.value) ? 'introspection' : name.value;
      if (kind === 'message' || kind === 'description' || kind === 'introspection' || kind === 'sdl') {
        found[kind].add(alias.value);
      }
    },
  });
  return found;
}

function documentOf(text: string | null): DocumentNode | null {
  if (text === null) return null;
  try {
    return parse(text, { noLocation: true });
  } catch {
    return null;
  }
}

/** Returns the document from the body or the URL of the request, or null when there is none. */
function documentText({ path, body }: Line['request']): string | null {
  try {
    if (!body) return new URL(path, 'http://localhost').searchParams.get('query');
    const { query } = JSON.parse(body.replace(/^\ufeff/, '')) as { query?: unknown };
    return typeof query === 'string' ? query : null;
  } catch {
    return null;
  }
}
