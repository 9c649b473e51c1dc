import { only, type Rule } from './rules.js';
import { roleOf } from './sources.js';

/**
 * Methods of services that begin with the viewer and are no use cases: parts of use cases that have authorized them.
 * `test/policy.test.ts` has the methods that requests can reach.
 */
const PARTS = ['changeEmail', 'guess', 'once', 'setPassword'];

/** In what a service returns, every method that begins with the viewer authorizes them before it does anything. */
export const authorizedFirst: Rule = ({ path, text }) => {
  if (roleOf(path) !== 'service') return [];
  const methods = text.matchAll(/^ {4}(?:async )?\*?(\w+)(?:<\w+>)?(?:: (?:async )?)?\(viewer\b[^\n]*\n? *([^\n]*)/gm);
  return [...methods]
    .filter(([, name = '', first = '']) => !PARTS.includes(name) && !/^authorize\(viewer, '\w+\.\w+'[,)]/.test(first))
    .map(([, name]) => `${path}: ${name} does not authorize first`);
};

/** What loaders read is held to the policy by the set they belong to. */
export const declaredLoaders: Rule = ({ path, text }) =>
  roleOf(path) === 'loaders'
    ? [...text.matchAll(/^export (.*\n?.*)$/gm)]
        .filter(([, exported = '']) => !/^const \w+ = defineLoaders\(\s*'\w+\.\w+'/.test(exported))
        .map(([, exported]) => `${path} exports ${exported}`)
    : only(/new DataLoader/, 'src/db/nested-loaders.ts')({ path, text });
