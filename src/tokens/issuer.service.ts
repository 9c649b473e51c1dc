import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../ids.js';
import { type Issuer, issuerEvent, MAX_ISSUER_LENGTH, MAX_ISSUERS, type NewIssuer, readPublicKey } from './issuer.js';
import * as store from './issuer.store.js';

/** An issuer cannot be added; the message is for the operator. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

/** The issuers whose access tokens are believed; the operator's affair alone. */
export interface IssuerService {
  /** @throws {IssuerError} when something is wrong with it, or it could not be told from another one */
  add(environmentId: EnvironmentId, input: NewIssuer): Promise<Issuer>;
  list(environmentId: EnvironmentId): Promise<Issuer[]>;
  /** Ends the belief at once, in every process. False when the environment has no such issuer. */
  remove(environmentId: EnvironmentId, id: string): Promise<boolean>;
  /** Every issuer of this name. A token is of the one that verifies it. */
  findByIssuer(issuer: string): Promise<Issuer[]>;
}

export function createIssuerService(deps: {
  db: Database;
  ids: Ids;
  events: EventLog;
  /** What our own tokens are issued by. */
  publicUrl: string;
  production: boolean;
}): IssuerService {
  const { db, ids, events, publicUrl, production } = deps;

  function problemOf(input: NewIssuer): string | null {
    const texts = [input.issuer, input.audience, input.jwksUrl];
    if (input.issuer === '') return 'The issuer is not empty: it is the claim iss, to the letter.';
    if (texts.some((text) => (text?.length ?? 0) > MAX_ISSUER_LENGTH)) {
      return `Issuer, audience and address have at most ${MAX_ISSUER_LENGTH} characters.`;
    }
    if (input.issuer === publicUrl) return 'This is PUBLIC_URL: tokens of our own need no issuer.';
    if (input.publicKey !== null && !readPublicKey(input.publicKey)) return 'The file holds no public key as PEM.';
    return input.jwksUrl === null ? null : problemOfUrl(input.jwksUrl);
  }

  function problemOfUrl(text: string): string | null {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url && (url.username !== '' || url.password !== '')) {
      return 'The address of the keys has no user and password: they would not be sent.';
    }
    if (url?.protocol === 'https:') return null;
    const isNear = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    return isNear && !production ? null : 'The address of the keys begins with https://.';
  }

  return {
    async add(environmentId, input) {
      const problem = problemOf(input);
      if (problem !== null) throw new IssuerError(problem);
      return db.transaction(async (trx) => {
        const others = await store.findByIssuer(trx, input.issuer);
        // One without an audience takes every token of its name, so that it stands alone.
        const isAmbiguous = others.some(({ audience }) => audience === input.audience || audience === null);
        if (isAmbiguous || (input.audience === null && others.length > 0)) {
          throw new IssuerError(
            'Another issuer of this name could not be told from it: give each an audience of its own.',
          );
        }
        if ((await store.list(trx, environmentId)).length >= MAX_ISSUERS) {
          throw new IssuerError(`An environment has at most ${MAX_ISSUERS} issuers.`);
        }
        const id = ids.next('issuer');
        const issuer: Issuer = { ...input, id, environmentId, createdAt: createdAtOf(id) };
        await store.insert(trx, issuer);
        await events.append(trx, systemViewer(environmentId, 'issuers add'), issuerEvent('issuer.created', issuer));
        return issuer;
      });
    },
    list: (environmentId) => store.list(db.reader, environmentId),
    remove: async (environmentId, id) =>
      isId('issuer', id) &&
      db.transaction(async (trx) => {
        const issuer = (await store.list(trx, environmentId)).find((one) => one.id === id);
        if (!issuer) return false;
        await store.remove(trx, environmentId, id);
        await events.append(trx, systemViewer(environmentId, 'issuers remove'), issuerEvent('issuer.deleted', issuer));
        return true;
      }),
    findByIssuer: (issuer) => store.findByIssuer(db.reader, issuer),
  };
}
