import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Ambient } from '../../src/scheduling/ambient.js';

test('work has its own value across awaits, and what follows has none', async () => {
  const ambient = new Ambient<string>();
  const read = async (value: string) =>
    ambient.run(value, async () => {
      await turn();
      const inside = ambient.get();
      await turn();
      return [inside, ambient.get(), ambient.exit(() => ambient.get())];
    });
  expect(ambient.get()).toBeUndefined();
  expect(await Promise.all([read('a'), read('b')])).toEqual([
    ['a', 'a', undefined],
    ['b', 'b', undefined],
  ]);
  expect(ambient.get()).toBeUndefined();
  expect(await read('c')).toEqual(['c', 'c', undefined]);
});

test('a failure ends it like a result', async () => {
  const ambient = new Ambient<string>();
  const failing = ambient.run('a', async () => {
    await turn();
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(ambient.get()).toBeUndefined();
});
