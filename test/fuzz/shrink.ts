import { type ASTNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** Each try is a request. */
const MAX_TRIES = 400;
/** What can be left out of a document and leave one; the parser says no where it cannot. */
const REMOVABLE = new Set<string>([
  Kind.FIELD,
  Kind.ARGUMENT,
  Kind.DIRECTIVE,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.OBJECT_FIELD,
]);

/**
 * A smaller document that still fails: parts are left out one by one as long as it does. Text that is no document is
 * cut into halves, quarters and so on instead.
 */
export async function shrink(query: string, fails: (query: string) => Promise<boolean>): Promise<string> {
  let tries = 0;
  const isBetter = async (candidate: string, smallest: string) =>
    candidate !== '' && candidate.length < smallest.length && ++tries <= MAX_TRIES && (await fails(candidate));
  let smallest = query;
  const document = parsed(query);
  if (document === null) {
    for (let size = Math.ceil(query.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < smallest.length && tries < MAX_TRIES; ) {
        const candidate = smallest.slice(0, at) + smallest.slice(at + size);
        if (await isBetter(candidate, smallest)) smallest = candidate;
        else at += size;
      }
    }
    return smallest;
  }
  // Measured as it is printed: with its line breaks every candidate would be longer than what was sent.
  smallest = print(tidied(document));
  if (!(await fails(smallest))) return query;
  for (let before = ''; before !== smallest && tries < MAX_TRIES; ) {
    before = smallest;
    for (let index = 0; tries < MAX_TRIES; ) {
      const candidate = without(smallest, index);
      if (candidate === null) break;
      if (await isBetter(candidate, smallest)) smallest = candidate;
      else index++;
    }
  }
  return smallest;
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}

/** The document without its removable part of this number; '' when nothing is left of it, null when there is no such part. */
function without(query: string, index: number): string | null {
  const document = parsed(query);
  if (document === null) return null;
  let at = -1;
  const smaller = visit(document, {
    enter: (node: ASTNode) => {
      if (!REMOVABLE.has(node.kind)) return;
      at++;
      // graphql-js's word for "take it out".
      return at === index ? null : undefined;
    },
  });
  if (at < index) return null;
  const text = print(tidied(smaller));
  return parsed(text) === null ? '' : text;
}

/** Without fragments and variables that nothing uses any more: they would be another mistake. */
function tidied(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    // A definition names its variable too, which is no use of it.
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(`$${name.value}`),
    FragmentSpread: ({ name }) => void used.add(name.value),
  });
  const smaller = visit(document, {
    VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? false : null),
    FragmentDefinition: ({ name }) => (used.has(name.value) ? undefined : null),
  });
  return smaller.definitions.length < document.definitions.length ? tidied(smaller) : smaller;
}
