import createRouter from 'find-my-way';
import { ABSENT } from './absent.js';
import { failed, RestFailure } from './protocol/failure.js';
import type { Operation } from './protocol/operation.js';

/** The operation of a request, and the decoded parameters of its path. */
export interface Found {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

export interface Routes {
  /** Whether a path is one of the API, also one where there is nothing. */
  owns(pathname: string): boolean;
  /** @throws {RestFailure} 404, 405 or 501 */
  find(method: string, pathname: string): Found;
}

/** An external ID of 128 bytes, each of which can be escaped. */
const MAX_PARAMETER_LENGTH = 400;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

export function createRoutes(operations: readonly Operation[]): Routes {
  const router = newRouter();
  const absent = newRouter();
  const families = new Set<string>();
  const nothing = () => {};
  for (const operation of operations) {
    router.on(operation.method, patternOf(operation.path), nothing, operation);
    families.add(familyOf(operation.path));
  }
  for (const [path, feature] of ABSENT) {
    absent.on('GET', path.replaceAll('**', '\0').replaceAll('*', ':any').replaceAll('\0', '*'), nothing, feature);
    families.add(familyOf(path));
  }
  return {
    owns: (pathname) => families.has(familyOf(pathname)),
    find(method, pathname) {
      const found = router.find(method === 'HEAD' ? 'GET' : (method as 'GET'), pathname); // it finds none for others
      // No text in the database has this character (see `illFormedTexts`).
      if (found && Object.values(found.params).some((value) => value?.includes('\0'))) throw nothingHere();
      if (found) return toFound(found);
      const feature = absent.find('GET', pathname)?.store as string | undefined; // given above
      if (feature !== undefined) {
        throw failed([501, 'not_implemented'], `usergraph does not have ${feature}. See docs/from-the-workos-sdk.md.`);
      }
      const allowed = METHODS.filter((one) => router.find(one, pathname) !== null);
      if (allowed.length === 0) throw nothingHere();
      const message = `This address takes ${allowed.join(', ')}: send one of them.`;
      throw new RestFailure(405, { code: 'method_not_allowed', message }, { allow: allowed.join(', ') });
    },
  };
}

function nothingHere(): RestFailure {
  return failed([404, 'not_found'], 'There is nothing at this address: /openapi.json lists what there is.');
}

type Router = ReturnType<typeof newRouter>;

function newRouter() {
  return createRouter({ maxParamLength: MAX_PARAMETER_LENGTH, ignoreTrailingSlash: true });
}

function toFound({ store, params }: NonNullable<ReturnType<Router['find']>>): Found {
  const { '*': rest, ...path } = params;
  const named = rest === undefined ? path : { ...path, [REST_PARAMETER]: rest };
  return { operation: store as Operation, path: named as Record<string, string> }; // a parameter in the path has a value
}

/**
 * The only parameter that can have slashes: old versions of the SDK do not escape it (WorkOS contract, section 2.2), and a
 * proxy may have undone the escape.
 */
const REST_PARAMETER = 'external_id';

function patternOf(path: string): string {
  return path.replace(`{${REST_PARAMETER}}`, '*').replace(/\{(\w+)\}/g, ':$1');
}

/** The first segment of a path. */
export function familyOf(pathname: string): string {
  return pathname.split('/', 2).join('/');
}
