import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** A day, as deprecation reasons name the first on which the thing may be gone. */
const DAY = /\b\d{4}-\d\d-\d\d\b/;
/** Removals of what can carry `@deprecated`. */
const REMOVALS = ['FIELD_REMOVED', 'FIELD_ARGUMENT_REMOVED', 'INPUT_FIELD_REMOVED', 'ENUM_VALUE_REMOVED'];

/** Builds a schema whose directives may be those of federation, which it does not define. */
export function schemaOf(sdl: string): GraphQLSchema {
  return buildSchema(sdl, { assumeValidSDL: true });
}

/**
 * What is wrong with the way from the last release to now, a line each: a change that breaks callers and that the
 * changelog does not tell, something gone that was not deprecated for long enough, a deprecation without a day.
 *
 * @param unreleased the changelog's section, where every breaking change stands with its coordinate in backticks
 * @param today `YYYY-MM-DD`
 */
export async function problemsOfChanges(
  released: GraphQLSchema,
  current: GraphQLSchema,
  unreleased: string,
  today: string,
): Promise<readonly string[]> {
  const changes = await diff(released, current);
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  return [
    ...breaking.flatMap((change) => untold(change, unreleased)),
    ...changes.flatMap((change) => withoutNotice(change, deprecations(released), today)),
    ...undated(current),
  ];
}

function untold({ path, message }: Change, unreleased: string): string[] {
  const coordinate = path ?? '';
  if (coordinate !== '' && unreleased.includes(`\`${coordinate}\``)) return [];
  return [`${message}. It breaks callers: keep it, or tell it in the changelog under Unreleased as \`${coordinate}\`.`];
}

function withoutNotice({ type, path }: Change, told: ReadonlyMap<string, string>, today: string): string[] {
  if (!REMOVALS.includes(String(type)) || path === undefined) return [];
  const day = DAY.exec(told.get(path) ?? '')?.[0];
  if (day === undefined) return [`${path} is gone, but the last release did not deprecate it with a day.`];
  return day <= today ? [] : [`${path} is gone before the day that was told: ${day}.`];
}

function undated(schema: GraphQLSchema): string[] {
  return [...deprecations(schema)]
    .filter(([, reason]) => !DAY.test(reason))
    .map(
      ([coordinate]) => `${coordinate} is deprecated without the day on which it may go (YYYY-MM-DD) in the reason.`,
    );
}

/** The reason of each deprecation by the coordinate of the thing, as the inspector writes them. */
function deprecations(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const note = (
    coordinate: string,
    { deprecationReason }: { readonly deprecationReason?: string | null | undefined },
  ) => {
    if (typeof deprecationReason === 'string') found.set(coordinate, deprecationReason);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field);
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        for (const arg of field.args) note(`${type.name}.${field.name}.${arg.name}`, arg);
      }
    }
  }
  return found;
}
