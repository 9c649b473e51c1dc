/** An optional text of a user that callers write and nothing else depends on. */
interface ProfileField {
  /** Column of `users`; null where the user has no value. */
  readonly column: string;
  /** What the field holds, as the graph describes it. */
  readonly description: string;
  /** Whether a person may change their own. */
  readonly isOwn: boolean;
}

/**
 * The plain texts of a user, each with one declaration. The types of users and of their inputs, the checks, the graph,
 * import and export, the erasure of events and the access of persons derive from it; `user.table.ts` maps the columns.
 * `docs/adding-a-field.md` shows how to add one.
 */
export const PROFILE_FIELDS = {
  firstName: { column: 'first_name', description: 'The first name.', isOwn: true },
  lastName: { column: 'last_name', description: 'The last name.', isOwn: true },
  name: { column: 'name', description: 'The full name. It is not derived from the first and last name.', isOwn: true },
} as const satisfies Record<string, ProfileField>;

export type ProfileFieldName = keyof typeof PROFILE_FIELDS;

/** The values of a user. */
export type Profile = { readonly [Field in ProfileFieldName]: string | null };

/** The values of an input: null and left out mean the same for a new user; in a patch, null clears the field. */
export type ProfileInput = { readonly [Field in ProfileFieldName]?: string | null | undefined };

/** The columns of a row. */
export type ProfileColumns = {
  [Field in ProfileFieldName as (typeof PROFILE_FIELDS)[Field]['column']]: string | null;
};

export const PROFILE_FIELD_NAMES = Object.keys(PROFILE_FIELDS) as ProfileFieldName[]; // the keys of a table are what keys gives

/** Those that a person may change of their own. */
export const OWN_PROFILE_FIELDS = PROFILE_FIELD_NAMES.filter((field) => PROFILE_FIELDS[field].isOwn);

/** An object with one member for each field, in the order of the declaration. */
export function forEachField<T>(make: (field: ProfileFieldName) => T): Record<ProfileFieldName, T> {
  // Every field is a key, and there are no others.
  return Object.fromEntries(PROFILE_FIELD_NAMES.map((field) => [field, make(field)])) as Record<ProfileFieldName, T>;
}

/** The same by the names of the columns, which REST uses as well. */
export function forEachColumn<T>(make: (field: ProfileFieldName) => T): Record<keyof ProfileColumns, T> {
  const entries = PROFILE_FIELD_NAMES.map((field) => [PROFILE_FIELDS[field].column, make(field)]);
  return Object.fromEntries(entries) as Record<keyof ProfileColumns, T>; // as above
}
