import { setting } from './setting.js';
import { text, url, wholeNumber } from './setting-kinds.js';

const { rule, wanted } = url('http', 'https');
const publicUrl = text(
  rule.refine((given) => !given.endsWith('/')),
  `${wanted} without a slash at the end`,
);

/** Settings of sessions and access tokens. */
export const tokenSettings = {
  PUBLIC_URL: setting(publicUrl, {
    meaning:
      'Public URL of the server, with the path prefix of a proxy and without a slash at the end. It is the `iss` of the access tokens.',
    unset: '`http://` with HOST and PORT',
  }),
  ACCESS_TOKEN_TTL_SECONDS: setting(wholeNumber(30, 3_600), {
    meaning: 'Lifetime of the access token of a signed-in user.',
    default: 300,
  }),
  SESSION_TTL_DAYS: setting(wholeNumber(1, 365), {
    meaning: 'Lifetime of a session. Refreshing does not extend it.',
    default: 30,
  }),
  CLOCK_TOLERANCE_SECONDS: setting(wholeNumber(0, 60), {
    meaning: 'Maximum difference between the clock of a token issuer and the clock of the server.',
    default: 5,
  }),
};
