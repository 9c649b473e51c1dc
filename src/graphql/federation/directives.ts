/**
 * Definitions of the federation directives that the schema uses (Federation 2.9, "Directives"). Composers know them. They
 * make `schema.graphql` a complete document for tools that do not support federation.
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

/** The first version with `@cost` and `@listSize`, and the newest that all composers support (Hive's supports no newer). */
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';
/** Options of the `@link` of the schema. */
export const LINK = {
  linkUrl: FEDERATION,
  federationDirectives: ['@authenticated', '@cost', '@key', '@listSize', '@requiresScopes', '@shareable', '@tag'],
};
