/** What an operation may ask for; refused before it runs when it asks for more. */
export interface OperationLimits {
  /** Lexical tokens of a document: what parsing and validating it costs. */
  readonly tokens: number;
  /** Fields inside fields, fragments followed, introspection apart. */
  readonly depth: number;
  /** Fields with an alias, each counted as often as its fragment is used. */
  readonly aliases: number;
  /** Fields at the root of the operation. */
  readonly rootFields: number;
  /** Directives in the operation and what it uses. */
  readonly directives: number;
  /** Fields in all, each counted as often as its fragment is used. */
  readonly fields: number;
  /** Points: see `measure`. */
  readonly cost: number;
}

/** Introspection asks for types of types of types: the query of GraphiQL and of code generators has 13 to 15 levels. */
export const MAX_INTROSPECTION_DEPTH = 20;

/**
 * The schema is asked for once by every tool. Each of its lists is long and leads to others, so that asking for it again
 * and again in one operation, or for parts of it under many names, is much work for few words.
 */
export const MAX_INTROSPECTIONS = 10;

/** The limits that are figures of an operation's form, with what each is called in a refusal. */
export const FORM_LIMITS = {
  depth: 'levels of fields',
  aliases: 'aliases',
  rootFields: 'root fields',
  directives: 'directives',
  fields: 'fields',
} as const satisfies Partial<Record<keyof OperationLimits, string>>;

/** The setting that moves each limit. */
export const LIMIT_SETTINGS = {
  tokens: 'MAX_TOKENS',
  depth: 'MAX_DEPTH',
  aliases: 'MAX_ALIASES',
  rootFields: 'MAX_ROOT_FIELDS',
  directives: 'MAX_DIRECTIVES',
  fields: 'MAX_FIELDS',
  cost: 'MAX_COST',
} as const satisfies Record<keyof OperationLimits, string>;
