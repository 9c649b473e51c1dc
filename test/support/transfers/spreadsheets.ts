import { query } from '../transfers.js';

interface StoredUser {
  readonly email: string;
  readonly email_verified: number;
  readonly name: string | null;
  readonly external_id: string | null;
  readonly metadata: string;
}

export const usersIn = (file: string) =>
  query<StoredUser>(file, 'select email, email_verified, name, external_id, metadata from users order by email');

export const BOM = '\ufeff';
