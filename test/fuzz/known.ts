import type { Dice } from './dice.js';

/** How many of a kind are remembered; new ones push old ones out, so that deleted things go too. */
const MAX_REMEMBERED = 256;
const ID = /\b([a-z]+(?:_[a-z]+)*)_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const CURSOR = /"(?:startCursor|endCursor|cursor)":"([^"]+)"/g;
const EMAIL = /"email":"([^"]{3,80})"/g;
const EXTERNAL_ID = /"externalId":"([^"\\]{1,80})"/g;

/** What answers have shown so far: later operations ask for things that are there. */
export class Known {
  readonly #byKind = new Map<string, string[]>();
  readonly #spared: ReadonlySet<string>;

  /** @param spared ids that are never asked for: a run that revokes its own key is refused everything after */
  constructor(spared: readonly string[]) {
    this.#spared = new Set(spared);
  }

  learn(text: string): void {
    for (const [id, kind = ''] of text.matchAll(ID)) this.#add(kind, id);
    for (const [, cursor = ''] of text.matchAll(CURSOR)) this.#add('cursor', cursor);
    for (const [, email = ''] of text.matchAll(EMAIL)) this.#add('email', email);
    for (const [, externalId = ''] of text.matchAll(EXTERNAL_ID)) this.#add('externalId', externalId);
  }

  /** One of the kind, e.g. of `user`; made up when none is known. */
  pick(dice: Dice, kind: string): string {
    const things = this.#byKind.get(kind);
    return things ? dice.pick(things) : `${kind}_01M86HZXZ0NY3CDKCHN7YY3AAM`;
  }

  /** One of any kind of id. */
  pickId(dice: Dice): string {
    const kinds = [...this.#byKind.keys()].filter((kind) => !['cursor', 'email', 'externalId'].includes(kind));
    return this.pick(dice, kinds.length === 0 ? 'user' : dice.pick(kinds));
  }

  #add(kind: string, thing: string): void {
    if (this.#spared.has(thing)) return;
    const things = this.#byKind.get(kind) ?? [];
    this.#byKind.set(kind, things);
    if (things.includes(thing)) return;
    things.push(thing);
    if (things.length > MAX_REMEMBERED) things.shift();
  }
}
