/** A step of a plan, as `explain (analyze, format json)` tells it. */
export interface Step {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** The mean of the loops. */
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Step[];
}

/** The step that has read the most rows, counting those that it has dropped. */
export function rowsReadIn(step: Step): { readonly what: string; readonly rows: number } {
  const dropped = (step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Index Recheck'] ?? 0);
  const rows = (step['Actual Rows'] + dropped) * step['Actual Loops'];
  const what = [step['Node Type'], step['Relation Name'], step['Index Name']].filter(Boolean).join(' ');
  return (step.Plans ?? [])
    .map(rowsReadIn)
    .reduce((worst, one) => (one.rows > worst.rows ? one : worst), { what, rows });
}

/** More rows than tables have that are read as a whole. */
const MANY = 1_000;

/** The large tables that are read from their beginning, without an index. */
export function tablesReadIn(step: Step): readonly string[] {
  const { rows } = rowsReadIn({ ...step, Plans: [] });
  const isLarge = step['Node Type'] === 'Seq Scan' && rows > MANY;
  return [...(isLarge ? [step['Relation Name'] ?? ''] : []), ...(step.Plans ?? []).flatMap(tablesReadIn)];
}
