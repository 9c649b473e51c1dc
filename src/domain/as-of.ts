import type { EnvironmentId } from './ids.js';

/** What a read must see: every commit of the environment up to this one. */
export interface AsOf {
  readonly environmentId: EnvironmentId;
  /** The number of the commit, from 1. */
  readonly commit: number;
}
