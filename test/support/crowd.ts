import type { App } from '../../src/app.js';
import { createdAtOf, createIds, type EnvironmentId } from '../../src/domain/ids.js';
import { forEachField } from '../../src/domain/profile-fields.js';
import { toInstant } from '../../src/runtime/clock.js';
import { systemRandom } from '../../src/runtime/random.js';
import type { User } from '../../src/users/user.js';
import { insertMany } from '../../src/users/user.store.js';

const FIRST = ['Ada', 'Amara', 'Bruno', 'Chen', 'Daria', 'Elif', 'Farid', 'Grace', 'Hana', 'Inés', 'Jonas', 'Kofi'];
const SYLLABLES = ['al', 'be', 'cor', 'di', 'eri', 'fu', 'gar', 'ho', 'ik', 'jan', 'ka', 'lu', 'mo', 'no', 'or', 'pe'];
const HOSTS = ['example.com', 'mail.example', 'post.example', 'initech.example'];
const BATCH = 1_000;

/**
 * Many made-up people, written by the store alone: names repeat as names do, and one in a thousand has a rare domain.
 * They are created a second apart, from the beginning of 2024 on.
 */
export async function makeCrowd(
  app: App,
  environmentId: EnvironmentId,
  count: number,
  onProgress: (done: number) => void = () => {},
  names: Partial<Pick<User, 'firstName' | 'lastName' | 'name'>> = {},
): Promise<void> {
  let now = Date.UTC(2024, 0, 1);
  const ids = createIds({ now: () => toInstant(now), millis: () => now }, systemRandom);
  for (let start = 0; start < count; start += BATCH) {
    const users = Array.from({ length: Math.min(BATCH, count - start) }, (_, offset) => {
      now += 1_000;
      return { ...personOf(start + offset, ids.next('user')), ...names };
    });
    await app.db.transaction(null, (trx) => insertMany(trx, environmentId, users));
    onProgress(start + users.length);
  }
}

function personOf(index: number, id: User['id']): User {
  // A walk over many numbers in an order that is neither that of creation nor random.
  const mixed = (index * 7_919) % 1_000_003;
  const syllable = (at: number) => SYLLABLES[Math.floor(mixed / 16 ** at) % 16] ?? '';
  const firstName = FIRST[mixed % FIRST.length] ?? '';
  const last = `${syllable(0)}${syllable(1)}${syllable(2)}`;
  const lastName = last.charAt(0).toUpperCase() + last.slice(1);
  const host = HOSTS[mixed % 1_000 === 0 ? 3 : mixed % 3] ?? '';
  const createdAt = createdAtOf(id);
  return {
    id,
    email: `${firstName}.${lastName}.${index}@${host}`,
    emailVerified: mixed % 10 !== 0,
    ...forEachField(() => null),
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    profilePictureUrl: null,
    locale: null,
    lastSignInAt: mixed % 4 === 0 ? createdAt : null,
    externalId: `customer-${index}`,
    metadata: { plan: mixed % 1_000 === 1 ? 'gold' : 'free' },
    version: 1,
    createdAt,
    updatedAt: createdAt,
  };
}
