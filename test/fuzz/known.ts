import type { Dice } from './dice.js';

/** The maximum number of values per kind. New values replace old ones, so deleted objects disappear too. */
const MAX_REMEMBERED = 256;
const ID = /\b([a-z]+(?:_[a-z]+)*)_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const CURSOR = /"(?:startCursor|endCursor|cursor)":"([^"]+)"/g;
const EMAIL = /"email":"([^"]{3,80})"/g;
const EXTERNAL_ID = /"externalId":"([^"\\]{1,80})"/g;

/** Values from earlier answers, so that later operations use existing objects. */
export class Known {
  readonly #byKind = new Map<string, string[]>();
  readonly #excluded: ReadonlySet<string>;

  /** `excluded` IDs are never used: a run that revoked its own key would have every later request refused. */
  constructor(excluded: readonly string[]) {
    this.#excluded = new Set(excluded);
  }

  learn(text: string): void {
    for (const [id, kind = ''] of text.matchAll(ID)) this.#add(kind, id);
    for (const [, cursor = ''] of text.matchAll(CURSOR)) this.#add('cursor', cursor);
    for (const [, email = ''] of text.matchAll(EMAIL)) this.#add('email', email);
    for (const [, externalId = ''] of text.matchAll(EXTERNAL_ID)) this.#add('externalId', externalId);
  }

  /** Returns a value of the kind, e.g. `user`, or an unknown ID when there is none. */
  pick(dice: Dice, kind: string): string {
    const things = this.#byKind.get(kind);
    return things ? dice.pick(things) : `${kind}_01M86HZXZ0NY3CDKCHN7YY3AAM`;
  }

  /** Returns an ID of any kind. */
  pickId(dice: Dice): string {
    const kinds = [...this.#byKind.keys()].filter((kind) => !['cursor', 'email', 'externalId'].includes(kind));
    return this.pick(dice, kinds.length === 0 ? 'user' : dice.pick(kinds));
  }

  #add(kind: string, thing: string): void {
    if (this.#excluded.has(thing)) return;
    const things = this.#byKind.get(kind) ?? [];
    this.#byKind.set(kind, things);
    if (things.includes(thing)) return;
    things.push(thing);
    if (things.length > MAX_REMEMBERED) things.shift();
  }
}
