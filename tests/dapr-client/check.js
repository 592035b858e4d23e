// Drives the official Dapr client over HTTP against a running app and prints one line per check:
// "ok <name>" or "FAILED <name>: <reason>". Usage: node check.js <port> <store> [api token]
'use strict';
const assert = require('node:assert/strict');
const { DaprClient, CommunicationProtocolEnum } = require('@dapr/dapr');
const run = require('./run.js');

const [port, store, daprApiToken] = process.argv.slice(2);
const client = new DaprClient({
  daprHost: '127.0.0.1',
  daprPort: port,
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  daprApiToken,
  logger: { level: 'error' },
});
const prefix = `js-${process.pid}-${Date.now()}`;
const key = (name) => `${prefix}-${name}`;

async function saved(items) {
  const answer = await client.state.save(store, items);
  assert.equal(answer?.error, undefined);
}

const checks = {
  async 'health isHealthy'() {
    assert.equal(await client.health.isHealthy(), true);
  },
  async 'health outbound'() {
    const response = await fetch(`http://127.0.0.1:${port}/v1.0/healthz/outbound`);
    assert.equal(response.status, 204);
  },
  async 'state save and get object'() {
    const value = { name: 'Ünï', list: [1, 2.5, null, true], nested: { a: '<&>' } };
    await saved([{ key: key('object'), value }]);
    assert.deepEqual(await client.state.get(store, key('object')), value);
  },
  async 'state save and get text'() {
    await saved([{ key: key('text'), value: 'hello' }]);
    assert.equal(await client.state.get(store, key('text')), 'hello');
  },
  async 'state save and get number'() {
    await saved([{ key: key('number'), value: 42 }]);
    assert.equal(await client.state.get(store, key('number')), 42);
  },
  async 'state get of a missing key'() {
    assert.equal(await client.state.get(store, key('nothing')), '');
  },
  async 'state getBulk'() {
    await saved([{ key: key('b1'), value: 1 }, { key: key('b2'), value: { two: 2 } }]);
    const found = await client.state.getBulk(store, [key('b1'), key('b2'), key('b3')]);
    const byKey = Object.fromEntries(found.map((item) => [item.key, item]));
    assert.equal(found.length, 3);
    assert.equal(byKey[key('b1')].data, 1);
    assert.deepEqual(byKey[key('b2')].data, { two: 2 });
    assert.equal(byKey[key('b3')].data, undefined);
    assert.ok(byKey[key('b1')].etag.length > 0);
  },
  async 'state transaction'() {
    await saved([{ key: key('t-old'), value: 1 }]);
    await client.state.transaction(store, [
      { operation: 'upsert', request: { key: key('t-new'), value: { a: 1 } } },
      { operation: 'delete', request: { key: key('t-old') } },
    ]);
    assert.deepEqual(await client.state.get(store, key('t-new')), { a: 1 });
    assert.equal(await client.state.get(store, key('t-old')), '');
  },
  async 'state delete'() {
    await saved([{ key: key('d'), value: 1 }]);
    const answer = await client.state.delete(store, key('d'));
    assert.equal(answer?.error, undefined);
    assert.equal(await client.state.get(store, key('d')), '');
  },
  async 'state save with the current etag'() {
    await saved([{ key: key('e'), value: 1 }]);
    const [{ etag }] = await client.state.getBulk(store, [key('e')]);
    await saved([{ key: key('e'), value: 2, etag }]);
    assert.equal(await client.state.get(store, key('e')), 2);
  },
  async 'state save with a stale etag'() {
    await saved([{ key: key('s'), value: 1 }]);
    const [{ etag }] = await client.state.getBulk(store, [key('s')]);
    await saved([{ key: key('s'), value: 2 }]);
    const answer = await client.state.save(store, [{ key: key('s'), value: 3, etag }]);
    assert.match(String(answer.error?.message), /ERR_STATE_SAVE/);
    assert.match(String(answer.error?.message), /possible etag mismatch/);
    assert.equal(await client.state.get(store, key('s')), 2);
  },
  async 'state delete with a stale etag'() {
    await saved([{ key: key('ds'), value: 1 }]);
    const answer = await client.state.delete(store, key('ds'), { etag: 'stale' });
    assert.match(String(answer.error?.message), /ERR_STATE_DELETE/);
    assert.equal(await client.state.get(store, key('ds')), 1);
  },
  async 'state of an unknown store'() {
    await assert.rejects(client.state.get('nosuchstore', 'k'), /ERR_STATE_STORE_NOT_FOUND/);
  },
  async 'metadata get'() {
    const metadata = await client.metadata.get();
    assert.equal(metadata.id, 'app');
    const component = metadata.components.find((candidate) => candidate.name === store);
    assert.match(component.type, /^state\./);
    assert.ok(component.capabilities.includes('ETAG'));
  },
  async 'metadata set'() {
    assert.equal(await client.metadata.set('greeting', 'hello from js'), true);
    assert.equal((await client.metadata.get()).extended.greeting, 'hello from js');
  },
};

run(checks, client);
