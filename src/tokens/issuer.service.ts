import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { type Issuer, MAX_ISSUER_LENGTH, MAX_ISSUERS, type NewIssuer, readPublicKey } from './issuer.js';
import * as store from './issuer.store.js';
import { issuerEventData } from './issuer-events.js';

/** An issuer cannot be added. The message is for the operator. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

/** The manage the issuers of trusted access tokens; the operator's affair alone. */
export interface IssuerService {
  /** Adds an issuer. @throws {IssuerError} when it is not valid or cannot be distinguished from another one */
  add(environmentId: EnvironmentId, input: NewIssuer): Promise<Issuer>;
  list(environmentId: EnvironmentId): Promise<Issuer[]>;
  /** Removes an issuer, effective immediately in every process. Returns false when the environment does not have it. */
  remove(environmentId: EnvironmentId, id: string): Promise<boolean>;
  /** Returns every issuer with this name, in all environments. The keys decide which one has issued a token. */
  findByIssuer: (issuer: string) => ReturnType<typeof store.findByIssuer>;
}

export function createIssuerService(deps: {
  db: Database;
  ids: Ids;
  events: EventLog;
  /** The issuer of the tokens of this server. */
  publicUrl: string;
  production: boolean;
}): IssuerService {
  const { db, ids, events, publicUrl, production } = deps;

  function problemOf(input: NewIssuer): string | null {
    const texts = [input.issuer, input.audience, input.jwksUrl];
    if (input.issuer === '') return 'The issuer must not be empty. Specify the exact value of the claim iss.';
    if (texts.some((text) => (text?.length ?? 0) > MAX_ISSUER_LENGTH)) {
      return `Issuer, audience and key URL can have at most ${MAX_ISSUER_LENGTH} characters.`;
    }
    if (input.issuer === publicUrl) return 'The issuer is PUBLIC_URL, whose tokens are always accepted.';
    if (input.publicKey !== null && !readPublicKey(input.publicKey))
      return 'The file is not a public key in PEM format.';
    return input.jwksUrl === null ? null : problemOfUrl(input.jwksUrl);
  }

  function problemOfUrl(text: string): string | null {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url && (url.username !== '' || url.password !== '')) {
      return 'The URL of the keys must not contain a user or password, because they are not sent.';
    }
    if (url?.protocol === 'https:') return null;
    const isNear = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    return isNear && !production ? null : 'The URL of the keys must begin with https://.';
  }

  return {
    async add(environmentId, input) {
      const problem = problemOf(input);
      if (problem !== null) throw new IssuerError(problem);
      return db.transaction(environmentId, async (trx) => {
        const others = await store.findByIssuer(trx, input.issuer);
        // An issuer without an audience accepts every token with its name, so it must be the only one.
        const isAmbiguous = others.some(({ issuer: { audience } }) => audience === input.audience || audience === null);
        if (isAmbiguous || (input.audience === null && others.length > 0)) {
          throw new IssuerError('Another issuer has the same name. Give each of them a different audience.');
        }
        if ((await store.list(trx, environmentId)).length >= MAX_ISSUERS) {
          throw new IssuerError(`An environment can have at most ${MAX_ISSUERS} issuers. Remove one first.`);
        }
        const id = ids.next('issuer');
        const issuer: Issuer = { ...input, id, environmentId, createdAt: createdAtOf(id) };
        await store.insert(trx, issuer);
        await events.append(trx, systemViewer(environmentId, 'issuers add'), {
          name: 'issuer.created',
          data: issuerEventData(issuer),
        });
        return issuer;
      });
    },
    list: (environmentId) => store.list(db.reader, environmentId),
    remove: async (environmentId, id) =>
      isId('issuer', id) &&
      db.transaction(environmentId, async (trx) => {
        const issuer = (await store.list(trx, environmentId)).find((one) => one.id === id);
        if (!issuer) return false;
        await store.remove(trx, environmentId, id);
        await events.append(trx, systemViewer(environmentId, 'issuers remove'), {
          name: 'issuer.deleted',
          data: issuerEventData(issuer),
        });
        return true;
      }),
    findByIssuer: (issuer) => store.findByIssuer(db.reader, issuer),
  };
}
