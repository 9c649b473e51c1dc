/**
 * Definitions of the federation directives the schema uses (Federation 2.9, "Directives"). Composers know them; with
 * them `schema.graphql` is also a complete document for every tool that knows nothing of federation.
 */
export const FEDERATION_DIRECTIVES = `scalar federation__FieldSet

scalar federation__Scope

scalar link__Import

enum link__Purpose {
  EXECUTION
  SECURITY
}

directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR

directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE

directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA

directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION

directive @requiresScopes(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

directive @shareable repeatable on FIELD_DEFINITION | OBJECT

directive @tag(name: String!) repeatable on ARGUMENT_DEFINITION | ENUM | ENUM_VALUE | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | INPUT_OBJECT | INTERFACE | OBJECT | SCALAR | SCHEMA | UNION`;

/**
 * Directives that the text for composers may lack: they tell others about the graph and change nothing that is answered.
 * Apollo Gateway (2.14.4) refuses a supergraph with the first two, for it does not enforce them; usergraph does, with the
 * text or without it. `@key` and `@shareable` are not among them: without them nothing composes.
 */
export const OPTIONAL_DIRECTIVES = ['authenticated', 'requiresScopes', 'cost', 'listSize', 'tag'] as const;
export type OptionalDirective = (typeof OPTIONAL_DIRECTIVES)[number];

/** Whether a text names a directive that may be left out. */
export function isOptionalDirective(name: string): name is OptionalDirective {
  return OPTIONAL_DIRECTIVES.some((one) => one === name);
}

/** The newest version every composer knows (Guild's stops here), and the first with `@cost` and `@listSize`. */
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';
/** What the schema links to. */
export const LINK = {
  linkUrl: FEDERATION,
  federationDirectives: ['@authenticated', '@cost', '@key', '@listSize', '@requiresScopes', '@shareable', '@tag'],
};
