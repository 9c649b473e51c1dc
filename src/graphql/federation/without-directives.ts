import { type ASTNode, type DocumentNode, Kind, visit } from 'graphql';
import type { OptionalDirective } from '../../config/graph-settings.js';

/** Removes these directives from the document of a subgraph, and from the imports of its `@link`. */
export function withoutDirectives(document: DocumentNode, names: readonly OptionalDirective[]): DocumentNode {
  if (names.length === 0) return document;
  const isRemoved = (name: string) => names.some((one) => one === name);
  const isImportOf = (node: ASTNode) => node.kind === Kind.STRING && isRemoved(node.value.replace(/^@/, ''));
  return visit(document, {
    Directive: (node) => {
      if (isRemoved(node.name.value)) return null;
      if (node.name.value !== 'link') return undefined;
      return visit(node, {
        ListValue: (list) => ({ ...list, values: list.values.filter((value) => !isImportOf(value)) }),
      });
    },
  });
}
