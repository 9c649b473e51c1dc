import { describe, expect, test } from 'vitest';
import { Loaders } from '../../src/auth/loaders.js';
import { type Action, POLICY, ruleOf } from '../../src/auth/policy.js';
import { ALL_SCOPES, SCOPES, type Scope } from '../../src/auth/scope.js';
import type { Viewer } from '../../src/auth/viewer.js';
import { MutationFailure, RequestError } from '../../src/domain/errors.js';
import { NOT_FOR_REQUESTS, WITHOUT_VIEWER } from '../../src/use-cases.js';
import { CALLS, makeWorld, operatorOf, personOf, programOf, READS, type World } from '../support/access/use-cases.js';

type Calls = Readonly<Record<string, (world: World, viewer: Viewer) => Promise<unknown>>>;

/** Every action of the policy, use cases and reads alike, called as a given viewer. */
const ACTIONS = {
  ...Object.fromEntries(
    Object.entries(READS).map(([action, reads]) => [
      action,
      async (world: World, viewer: Viewer) => Promise.all(reads(world, new Loaders(world.db.reader, viewer), 'of')),
    ]),
  ),
  // The use cases come after the reads, because some delete what the reads load.
  ...CALLS,
} as Calls;

/** Actions that take no user argument: they always apply to the viewer. */
const VIEWER_ONLY = ['sessions.revokeOwn', 'signIn.changePassword'];

/** Returns the error that an attempt was refused with, or null. */
async function refusalOf(attempt: () => Promise<unknown>): Promise<{ code: string; message: string } | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof RequestError) return error;
    if (error instanceof MutationFailure) return error.errors[0];
    throw error;
  }
}

/** Whether the viewer, rather than the input, was the reason for the refusal. */
const isForbidden = (refusal: { code: string } | null) =>
  refusal !== null && ['UNAUTHENTICATED', 'FORBIDDEN'].includes(refusal.code);

/** Returns the actions that run without one of the scopes that they require. */
async function runWithoutScope(world: World, calls: Calls): Promise<string[]> {
  const done: string[] = [];
  for (const [action, call] of Object.entries(calls)) {
    for (const scope of ruleOf(action as Action).scopes) {
      const others = Object.keys(SCOPES).filter((one): one is Scope => one !== scope);
      const refusal = await refusalOf(() => call(world, programOf(world, others)));
      if (refusal?.message !== `This API key lacks the scope '${scope}'.`) done.push(`${action} without ${scope}`);
    }
  }
  return done;
}

/** Returns the actions by which a signed-in user reads or changes what does not belong to them. */
async function openToOtherUsers(world: World, calls: Calls): Promise<string[]> {
  const nothing = [null, 0, expect.objectContaining({ items: [] })];
  const done: string[] = [];
  for (const [action, call] of Object.entries(calls)) {
    if (VIEWER_ONLY.includes(action)) continue;
    let answer: unknown;
    const refusal = await refusalOf(async () => {
      answer = await call(world, personOf(world, world.eve));
    });
    const isNothing =
      Array.isArray(answer) &&
      answer.every((one) => nothing.some((none) => none?.asymmetricMatch?.(one) ?? none === one));
    const isHidden = ['USER_NOT_FOUND', 'NOT_FOUND'].includes(refusal?.code ?? '') || (refusal === null && isNothing);
    const expected = ruleOf(action as Action).person === 'own' ? isHidden : refusal?.code === 'FORBIDDEN';
    if (!expected) done.push(action);
  }
  return done;
}

test('every service method is in the policy, or is listed with the reason why no request calls it', async () => {
  const { services } = await makeWorld();
  const methods = Object.entries(services).flatMap(([service, object]) => {
    const names = new Set(Object.keys(object));
    const prototype: object = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype) for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
    return [...names]
      .filter((name) => name !== 'constructor' && typeof Reflect.get(object, name) === 'function')
      .map((name) => `${service}.${name}`);
  });
  const known = [...Object.keys(CALLS), ...Object.keys(WITHOUT_VIEWER), ...Object.keys(NOT_FOR_REQUESTS)];
  expect(methods.toSorted()).toEqual(known.toSorted());
  expect(Object.keys(POLICY).toSorted()).toEqual([...Object.keys(ACTIONS), 'schema.read'].toSorted());
});

describe('an API key', () => {
  test('is refused each action when it lacks one of the required scopes', async () => {
    expect(await runWithoutScope(await makeWorld(), ACTIONS)).toEqual([]);
  });

  test('is allowed each action when it has the required scopes', async () => {
    const world = await makeWorld();
    const refused: string[] = [];
    for (const [action, call] of Object.entries(ACTIONS)) {
      const { scopes, isOperators } = ruleOf(action as Action);
      const viewer = isOperators ? operatorOf(world) : programOf(world, scopes);
      // Only a signed-in user can change a password.
      if (action !== 'signIn.changePassword' && isForbidden(await refusalOf(() => call(world, viewer)))) {
        refused.push(action);
      }
    }
    expect(refused).toEqual([]);
  });

  test('is refused the actions of the operator, whatever its scopes', async () => {
    const world = await makeWorld();
    const operators = Object.entries(ACTIONS).filter(([action]) => ruleOf(action as Action).isOperators);
    expect(operators.map(([action]) => action)).toEqual(['userExports.pages']);
    for (const [, call] of operators) {
      const attempt = () => call(world, programOf(world, ALL_SCOPES));
      expect(await refusalOf(attempt)).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('operator'),
      });
    }
  });

  test('control: detects a use case that does not authorize its viewer', async () => {
    const world = await makeWorld();
    const forgotten: Calls = { 'users.listUsers': async () => [], 'users.updateUser': async () => ({}) };
    expect(await runWithoutScope(world, forgotten)).toEqual([
      'users.listUsers without users:read',
      'users.updateUser without users:write',
    ]);
    expect(await openToOtherUsers(world, forgotten)).toEqual(['users.listUsers', 'users.updateUser']);
  });
});

test('refuses every action without credentials', async () => {
  const world = await makeWorld();
  const nobody = null as unknown as Viewer; // simulates a handler that forgot to authenticate
  for (const [action, call] of Object.entries(ACTIONS)) {
    expect([action, (await refusalOf(() => call(world, nobody)))?.code]).toEqual([action, 'UNAUTHENTICATED']);
  }
});

describe('a signed-in user', () => {
  test('neither reads nor changes what does not belong to them', async () => {
    expect(await openToOtherUsers(await makeWorld(), ACTIONS)).toEqual([]);
  });

  test('reads and changes what belongs to them', async () => {
    const world = await makeWorld();
    const viewer = personOf(world, world.ada);
    const own = Object.entries(ACTIONS).filter(([action]) => ruleOf(action as Action).person === 'own');
    expect(own.length).toBeGreaterThan(10);
    for (const [action, call] of own) {
      let answer: unknown;
      const refusal = await refusalOf(async () => {
        answer = await call(world, viewer);
      });
      expect([action, isForbidden(refusal) || refusal?.code === 'USER_NOT_FOUND']).toEqual([action, false]);
      if (Array.isArray(answer)) expect([action, answer.includes(null) || answer.includes(0)]).toEqual([action, false]);
    }
  });

  test('updates only those of their fields that the policy names', async () => {
    const world = await makeWorld();
    const { services, ada } = world;
    const viewer = personOf(world, ada);
    const { fields } = POLICY['users.updateUser'];
    for (const field of fields) await services.users.updateUser(viewer, ada.id, { [field]: 'fr' });
    for (const field of ['email', 'emailVerified', 'externalId', 'metadata', 'password', 'passwordHash']) {
      const attempt = () => services.users.updateUser(viewer, ada.id, { firstName: 'No', [field]: 'x' });
      const message = `A person may not set ${field} with updateUser: only ${fields.join(', ')}.`;
      expect(await refusalOf(attempt)).toMatchObject({ code: 'FORBIDDEN', message });
    }
  });

  test('reads only those fields of linked objects that the policy names', async () => {
    const world = await makeWorld();
    const viewer = personOf(world, world.ada);
    for (const [action, reads] of Object.entries(READS)) {
      const { person, fields } = ruleOf(action as Action);
      const loaders = new Loaders(world.db.reader, viewer);
      const attempt = async () => Promise.all(reads(world, loaders, 'linked'));
      if (person === undefined) {
        expect([action, (await refusalOf(attempt))?.code]).toEqual([action, 'FORBIDDEN']);
        continue;
      }
      const found = (await attempt()).flatMap((one) =>
        hasItems(one) ? one.items : typeof one === 'object' ? [one] : [],
      );
      expect(found.length).toBeGreaterThan(0);
      if (!fields) continue;
      for (const one of found) expect([action, Object.keys(one ?? {}).toSorted()]).toEqual([action, fields.toSorted()]);
    }
  });
});

test('a cleared loader reads again', async () => {
  const world = await makeWorld();
  const loaders = new Loaders(world.db.reader, world.root);
  for (const [action, reads] of Object.entries(READS)) {
    const before = await Promise.all(reads(world, loaders, 'of'));
    const again = await Promise.all(reads(world, loaders, 'of'));
    loaders.clear();
    const after = await Promise.all(reads(world, loaders, 'of'));
    expect([action, after]).toEqual([action, before]);
    const objects = before.filter((one) => typeof one === 'object');
    expect(objects.every((one, index) => again.filter((other) => typeof other === 'object')[index] === one)).toBe(true);
    expect(objects.some((one) => after.includes(one))).toBe(false);
  }
});

function hasItems(value: unknown): value is { readonly items: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'items' in value;
}
