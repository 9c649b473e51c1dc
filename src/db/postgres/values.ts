import { types } from 'pg';

/** Object identifiers of types (`pg_type`). */
const INT8 = 20;
const NUMERIC = 1700;

type TypeParser = (value: string) => unknown;

/**
 * How values of the wire become values of rows. Numbers stay far below 2^53 here: sequences, counts and milliseconds.
 * Everything else is as the driver reads it.
 */
export const typesOfRows = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): TypeParser =>
    oid === INT8 || oid === NUMERIC ? Number : (types.getTypeParser(oid, format) as TypeParser), // the driver declares `any`
};
