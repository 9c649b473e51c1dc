import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { parseNetwork } from '../../src/webhooks/webhook-address.js';
import { createWebhookSender } from '../../src/webhooks/webhook-sender.js';
import { makeUser } from '../support/make.js';
import { receiver } from '../support/receiver.js';
import { execute as ask, type Execute, testApp } from '../support/test-app.js';
import { mutate, world } from '../support/webhooks/webhook-world.js';

describe('addresses', () => {
  const types = ['USER_CREATED'];

  test.each([
    ['http://receiver.example/', 'over http'],
    ['http://127.0.0.1/', 'not public'],
    ['https://127.0.0.1./', 'not public'],
    ['https://localhost/', 'not public'],
    ['https://LOCALHOST.:8443/', 'not public'],
    ['https://app.localhost/', 'not public'],
    ['https://printer.local/', 'not public'],
    ['https://hook.svc.internal/', 'not public'],
    ['https://nas.home.arpa/', 'not public'],
    ['https://receiver/', 'not public'],
    ['https://127.0.0.1/', 'not public'],
    ['https://2130706433/', 'not public'],
    ['https://0x7f.1/', 'not public'],
    ['https://10.1.2.3/', 'not public'],
    ['https://172.16.0.1/', 'not public'],
    ['https://192.168.0.1/', 'not public'],
    ['https://100.64.0.1/', 'not public'],
    ['https://169.254.169.254/latest/meta-data/', 'not public'],
    ['https://0.0.0.0/', 'not public'],
    ['https://[::1]/', 'not public'],
    ['https://[::]/', 'not public'],
    ['https://[fe80::1]/', 'not public'],
    ['https://[fd00:ec2::254]/', 'not public'],
    ['https://[::ffff:127.0.0.1]/', 'not public'],
    ['https://[::7f00:1]/', 'not public'],
    ['https://[64:ff9b::7f00:1]/', 'not public'],
    ['https://[2002:7f00:1::]/', 'not public'],
  ])('%s is refused', async (url, reason) => {
    const execute = await (await testApp()).client();
    const { errors, webhookEndpoint } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(webhookEndpoint).toBeNull();
    expect(errors).toMatchObject([{ code: 'ADDRESS_REFUSED', path: ['url'] }]);
    expect(errors[0].message).toContain(reason);
    expect(errors[0].message).toContain('WEBHOOK_NETWORKS');
  });

  test.each([
    ['ftp://receiver.example/', 'https://'],
    ['https://user:secret@receiver.example/', 'must not have a user, password or fragment'],
    ['https://receiver.example/#here', 'must not have a user, password or fragment'],
    ['https://receiver.example/#', 'must not have a user, password or fragment'],
    ['https://receiver..example/', 'empty label'],
    ['https://receiver.example../', 'empty label'],
    ['https://./', 'empty label'],
    [`https://receiver.example/${'ä'.repeat(400)}`, 'at most 2048 characters'],
  ])('%s is no address of an endpoint', async (url, reason) => {
    const execute = await (await testApp()).client();
    const { errors } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['url'] }]);
    expect(errors[0].message).toContain(reason);
  });

  test.each([
    ['https://localhost/', '10.0.0.0/8', false],
    ['https://localhost/', '127.0.0.0/8', true],
    ['http://app.localhost/', '::1/128', true],
    ['http://receiver:8080/', '10.0.0.0/8', true],
    ['https://hook.svc.internal/', '10.0.0.0/8', true],
  ])('%s where WEBHOOK_NETWORKS is %s: taken: %s', async (url, networks, isTaken) => {
    const execute = await (await testApp({ WEBHOOK_NETWORKS: networks })).client();
    const { errors } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(errors).toMatchObject(isTaken ? [] : [{ code: 'ADDRESS_REFUSED' }]);
  });

  test.each([
    ['https://hook.example/', ['https://HOOK.example', 'https://hook.example:443/', ' HTTPS://hook.example./\n']],
    ['https://hook.example/a/b?c=1', ['https://hook.example/x/../a/./b?c=1', 'https:\\\\hook.example/a/b?c=1']],
    ['https://xn--mnchen-3ya.example/', ['https://münchen.example', 'https://MÜNCHEN。example./']],
    ['https://hook.example:8443/', ['https://hook.example:08443']],
    ['https://93.184.216.34/', ['https://0x5d.184.216.34', 'https://1572395042/', 'https://93.184.216.34.']],
    ['https://[2606:2800:220:1::1]/', ['https://[2606:2800:0220:0001:0:0:0:1]:443']],
  ])('%s is one address, however it is written', async (normal, spellings) => {
    const execute = await (await testApp()).client();
    const create = (url: string) => mutate(execute, 'createWebhookEndpoint', { url, types });
    const other = (await create('https://other.example/')).webhookEndpoint;
    for (const spelling of spellings) {
      const { webhookEndpoint, errors } = await create(spelling);
      expect(errors).toEqual([]);
      expect(webhookEndpoint.url).toBe(normal);
      for (const url of [normal, ...spellings]) {
        expect((await create(url)).errors).toMatchObject([{ code: 'DUPLICATE_ENDPOINT', path: ['url'] }]);
        const change = await mutate(execute, 'updateWebhookEndpoint', { id: other.id, url });
        expect(change.errors).toMatchObject([{ code: 'DUPLICATE_ENDPOINT' }]);
        const same = await mutate(execute, 'updateWebhookEndpoint', { id: webhookEndpoint.id, url });
        expect(same).toMatchObject({ errors: [], webhookEndpoint });
      }
      await mutate(execute, 'deleteWebhookEndpoint', { id: webhookEndpoint.id });
    }
  });

  test('an endpoint whose address is no longer allowed can be disabled, and get another address', async () => {
    const { app, create } = await world();
    const { id } = await create(types);
    const config = loadConfig({ ...app.settings, NODE_ENV: 'test' });
    const other = await createApp(config, { clock: app.clock, logger: createLogger('silent'), delivering: 'none' });
    const secret = await app.key('test');
    const execute: Execute = (query, variables) => ask(other, secret, query, variables);
    expect((await mutate(execute, 'updateWebhookEndpoint', { id, enabled: false })).errors).toEqual([]);
    const url = 'https://receiver.example/';
    expect((await mutate(execute, 'updateWebhookEndpoint', { id, url })).webhookEndpoint).toMatchObject({ url });
    await other.close();
  });

  test.each(['https://receiver.example/', 'https://93.184.216.34/', 'https://[2606:2800:220:1::1]/'])(
    '%s is taken',
    async (url) => {
      const execute = await (await testApp()).client();
      expect((await mutate(execute, 'createWebhookEndpoint', { url, types })).errors).toEqual([]);
    },
  );

  test('cloud metadata addresses are refused even in an allowed network', async () => {
    const execute = await (await testApp({ WEBHOOK_NETWORKS: '0.0.0.0/0,::/0' })).client();
    for (const url of ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://[::ffff:169.254.169.254]/']) {
      expect((await mutate(execute, 'createWebhookEndpoint', { url, types })).errors).toHaveLength(1);
    }
    expect((await mutate(execute, 'createWebhookEndpoint', { url: 'http://10.0.0.1/', types })).errors).toEqual([]);
  });

  test('a name that resolves to a private address receives nothing, and the delivery says why', async () => {
    const { app, execute, to, create, read } = await world();
    const { id } = await create(types, to.url.replace('127.0.0.1', 'localhost'));
    await makeUser(execute, { email: 'a@example.com' });
    // The server was started again, with another network.
    const settings = { ...app.settings, NODE_ENV: 'test', WEBHOOK_NETWORKS: '192.0.2.0/24' };
    const overrides = { clock: app.clock, logger: createLogger('silent'), delivering: 'none' } as const;
    const other = await createApp(loadConfig(settings), overrides);
    await other.services.webhookWorker.deliverDue();
    await other.close();
    expect(to.received).toEqual([]);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ succeeded: false, error: 'ADDRESS_REFUSED' });
  });

  test('the same name is reached when its network is allowed', async () => {
    const { execute, to, create, deliver } = await world();
    await create(types, to.url.replace('127.0.0.1', 'localhost'));
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(to.received).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    const { execute, to, create, read, deliver } = await world();
    const { id } = await create(types);
    to.answers.push(302);
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(to.received.map(({ path }) => path)).toEqual(['/']);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ succeeded: false, error: 'HTTP_302' });
  });

  test('connects to exactly the address that was checked', async () => {
    const to = await receiver('0.0.0.0');
    const answers = ['127.0.0.1', '127.0.0.2'];
    let asked = 0;
    // A name of somebody who answers the second question with another address.
    const sender = createWebhookSender([parseNetwork('127.0.0.1/32')], (_, __, callback) => {
      callback(null, [{ address: answers[asked++] ?? '', family: 4 }]);
    });
    const url = to.url.replace('127.0.0.1', 'rebinding.example');
    const send = () => sender.send({ url, headers: { connection: 'close' }, body: '{}' }, new AbortController().signal);
    expect(await send()).toBe(200);
    expect(asked).toBe(1);
    expect(to.received.map(({ address }) => address)).toEqual(['127.0.0.1']);
    await expect(send()).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(to.received).toHaveLength(1);
    sender.close();
  });

  test('an untrusted certificate is refused in every network', async () => {
    const { execute, create, read, deliver } = await world();
    const secure = await receiver('127.0.0.1', true);
    const { id } = await create(types, secure.url);
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(secure.received).toEqual([]);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ error: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('an endless response is read only in part', async () => {
    let isCut = false;
    const endless = createServer((request, response) => {
      request.resume();
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more).once('close', () => {
        isCut = true;
      });
      more();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`; // it listens on a port
    expect(await sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal)).toBe(200);
    await expect.poll(() => isCut).toBe(true);
    sender.close();
    endless.close();
  });

  test('an idle connection that the receiver closed does not count as a failure', async () => {
    const seen = new Map<unknown, number>();
    // The second request of a connection is cut off, as when it came at the moment of the close.
    const closing = createServer((request, response) => {
      const count = (seen.get(request.socket) ?? 0) + 1;
      seen.set(request.socket, count);
      if (count > 1) request.socket.destroy();
      else request.resume().on('end', () => response.end());
    });
    closing.listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const url = `http://127.0.0.1:${(closing.address() as AddressInfo).port}/`; // it listens on a port
    const send = () => sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal);
    expect([await send(), await send()]).toEqual([200, 200]);
    expect([...seen.values()]).toEqual([2, 1]);
    sender.close();
    closing.close();
  });

  test('reports by a code why no response arrived', async () => {
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const request = { headers: {}, body: '{}' };
    const never = new AbortController().signal;
    const refused = sender.send({ ...request, url: 'http://127.0.0.1:1/' }, never);
    await expect(refused).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    const unknown = sender.send({ ...request, url: 'https://nowhere.invalid/' }, never);
    await expect(unknown).rejects.toMatchObject({ code: 'NAME_NOT_FOUND' });
    const to = await receiver();
    const cut = new AbortController();
    to.answers.push(async () => {
      cut.abort();
      return new Promise(() => {});
    });
    await expect(sender.send({ ...request, url: to.url }, cut.signal)).rejects.toMatchObject({ code: 'TIMEOUT' });
    sender.close();
  });
});
