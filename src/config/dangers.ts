import { isPostgresUrl } from './database-url.js';
import type { SettingName, Settings } from './settings.js';

/**
 * Settings that are valid by themselves but not together, with what to do about each.
 *
 * @param settings without those that are wrong
 */
export function dangersOf(settings: Partial<Settings>): [SettingName, string][] {
  const dangers: [SettingName, string][] = [];
  if (settings.SMTP_URL !== undefined && settings.MAIL_FROM === undefined) {
    dangers.push(['MAIL_FROM', 'MAIL_FROM is not set; SMTP_URL requires it.']);
  }
  const { RATE_LIMIT_POINTS = 0, MAX_COST = 0 } = settings;
  if (RATE_LIMIT_POINTS > 0 && RATE_LIMIT_POINTS < MAX_COST) {
    dangers.push([
      'RATE_LIMIT_POINTS',
      `RATE_LIMIT_POINTS is ${RATE_LIMIT_POINTS}, which is less than MAX_COST: an operation of this cost could never run.`,
    ]);
  }
  if (settings.PERSISTED_DOCUMENTS_ONLY && settings.PERSISTED_DOCUMENTS === undefined) {
    dangers.push([
      'PERSISTED_DOCUMENTS',
      'PERSISTED_DOCUMENTS is not set; with PERSISTED_DOCUMENTS_ONLY nothing could run.',
    ]);
  }
  if (settings.ROUTER_KEYS !== undefined && settings.GRAPHIQL) {
    dangers.push(['GRAPHIQL', 'GRAPHIQL is true; with ROUTER_KEYS its requests would be refused: remove it.']);
  }
  if (settings.ROUTER_KEYS !== undefined && settings.REST) {
    dangers.push(['REST', 'REST is true; with ROUTER_KEYS only requests of the router are answered: remove it.']);
  }
  if (
    settings.SECRET_KEY === undefined &&
    settings.DATABASE_URL !== undefined &&
    isPostgresUrl(settings.DATABASE_URL)
  ) {
    dangers.push([
      'SECRET_KEY',
      'SECRET_KEY is not set; PostgreSQL requires one that all servers share, e.g. the output of: openssl rand -base64 32',
    ]);
  }
  const { DATABASE_URL, DATABASE_REPLICA_URLS = [] } = settings;
  if (DATABASE_REPLICA_URLS.length > 0 && DATABASE_URL !== undefined && !isPostgresUrl(DATABASE_URL)) {
    dangers.push([
      'DATABASE_REPLICA_URLS',
      'DATABASE_REPLICA_URLS is set; only a DATABASE_URL of PostgreSQL has replicas: remove it.',
    ]);
  }
  if (settings.NODE_ENV !== 'production') return dangers;
  if (settings.SECRET_KEY === undefined) {
    dangers.push([
      'SECRET_KEY',
      'SECRET_KEY is not set; production requires one, e.g. the output of: openssl rand -base64 32',
    ]);
  }
  if (settings.SMTP_URL === undefined && settings.MAIL_OUTBOX === undefined) {
    dangers.push([
      'SMTP_URL',
      'SMTP_URL is not set; production requires it to mail codes. To write mails to a folder instead, set MAIL_OUTBOX.',
    ]);
  }
  if (settings.CORS_ORIGINS?.includes('*')) {
    dangers.push(['CORS_ORIGINS', 'CORS_ORIGINS is "*"; production requires a list of origins.']);
  }
  if (settings.WEBHOOK_NETWORKS?.some((network) => network.endsWith('/0'))) {
    dangers.push([
      'WEBHOOK_NETWORKS',
      'WEBHOOK_NETWORKS has a network of all addresses; production requires smaller networks.',
    ]);
  }
  return dangers;
}
