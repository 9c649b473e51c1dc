/** Whether a statement authenticates an API key. One does after each commit; the key is then remembered until the next. */
export function isAuthentication(sql: string): boolean {
  return /secret_hash = (?:\?|\$1)/.test(sql);
}

/** The statements of requests without those that authenticate their keys. */
export function withoutAuthentication(statements: readonly string[]): string[] {
  return statements.filter((sql) => !isAuthentication(sql));
}
