import { type ASTNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** The maximum number of candidates. Each costs a request. */
const MAX_TRIES = 400;
/** Nodes that can be removed from a document. The parser rejects results that are invalid. */
const REMOVABLE = new Set<string>([
  Kind.FIELD,
  Kind.ARGUMENT,
  Kind.DIRECTIVE,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.OBJECT_FIELD,
]);

/**
 * Returns a smaller document that still fails, by removing nodes one by one. From a text that does not parse it removes
 * halves, quarters and so on instead.
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
  // Starts from the printed form: compared with the original text, line breaks would make each candidate longer.
  smallest = print(withoutUnused(document));
  if (!(await fails(smallest))) return query;
  for (let before = ''; before !== smallest && tries < MAX_TRIES; ) {
    before = smallest;
    for (let index = 0; tries < MAX_TRIES; ) {
      const candidate = withoutNode(smallest, index);
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

/**
 * Removes the removable node with this index. Returns '' when the result is not valid, and null when there is no such
 * node.
 */
function withoutNode(query: string, index: number): string | null {
  const document = parsed(query);
  if (document === null) return null;
  let at = -1;
  const smaller = visit(document, {
    enter: (node: ASTNode) => {
      if (!REMOVABLE.has(node.kind)) return;
      at++;
      // Returning null removes the node.
      return at === index ? null : undefined;
    },
  });
  if (at < index) return null;
  const text = print(withoutUnused(smaller));
  return parsed(text) === null ? '' : text;
}

/** Removes unused fragments and variables, because they would be errors of their own. */
function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    // The name in a variable's definition does not count as a use.
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(`$${name.value}`),
    FragmentSpread: ({ name }) => void used.add(name.value),
  });
  const smaller = visit(document, {
    VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? false : null),
    FragmentDefinition: ({ name }) => (used.has(name.value) ? undefined : null),
  });
  return smaller.definitions.length < document.definitions.length ? withoutUnused(smaller) : smaller;
}
