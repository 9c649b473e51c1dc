/** Names of operations that metrics and traces tell apart; all later ones are one. */
export const MAX_OPERATION_NAMES = 100;

/** A label that is no name: a GraphQL name has no parentheses. */
const ANONYMOUS = '(anonymous)';
const OTHER = '(other)';
/** Of a request that got no operation to run, or whose sender is not known. */
export const NO_OPERATION = '(none)';

const NAME = /^[A-Za-z_]\w{0,63}$/;

/**
 * The operations of this process by name, from a bounded set: the first names that known callers use. Callers choose
 * names, and a name is a time series: without a bound any of them could fill the memory of whoever collects metrics.
 */
export class OperationNames {
  readonly #known = new Set<string>();

  /** The label of an operation that a known caller runs. */
  label(name: string | undefined): string {
    if (name === undefined) return ANONYMOUS;
    if (this.#known.has(name)) return name;
    if (this.#known.size >= MAX_OPERATION_NAMES || !NAME.test(name)) return OTHER;
    this.#known.add(name);
    return name;
  }
}
