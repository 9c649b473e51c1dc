import { type ASTNode, type DocumentNode, Kind, visit } from 'graphql';
import type { OptionalDirective } from './directives.js';

/** The document of a subgraph without these directives, and without their import in its `@link`. */
export function withoutDirectives(document: DocumentNode, names: readonly OptionalDirective[]): DocumentNode {
  if (names.length === 0) return document;
  const isLeftOut = (name: string) => names.some((one) => one === name);
  const isImportOf = (node: ASTNode) => node.kind === Kind.STRING && isLeftOut(node.value.replace(/^@/, ''));
  return visit(document, {
    Directive: (node) => {
      if (isLeftOut(node.name.value)) return null;
      if (node.name.value !== 'link') return undefined;
      return visit(node, {
        ListValue: (list) => ({ ...list, values: list.values.filter((value) => !isImportOf(value)) }),
      });
    },
  });
}
