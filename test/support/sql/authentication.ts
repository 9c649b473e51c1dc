/** Whether a statement authenticates an API key. One does after each commit; the key is then remembered until the next. */
export function isAuthentication(sql: string): boolean {
  return sql.includes('secret_hash = ?');
}

/** The statements of requests without those that authenticate their keys. */
export function withoutAuthentication(statements: readonly string[]): string[] {
  return statements.filter((sql) => !isAuthentication(sql));
}
