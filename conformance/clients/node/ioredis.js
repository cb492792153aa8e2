// ioredis, in RESP3 (which it begins with) and RESP2.

'use strict';

const Redis = require('ioredis');
const { assert, check, equal, sleep, until, run, port } = require('./check');

const clients = new Set();

function connect(options = {}) {
  const client = new Redis({ port, ...options });
  client.on('error', () => {});
  clients.add(client);
  return client;
}

const r = connect();
const r2 = connect({ protocol: 2 });

check('both protocols', async () => {
  for (const c of [r, r2]) {
    await c.flushall();
    equal(await c.set('k', 'v', 'EX', 100, 'NX'), 'OK');
    equal(await c.set('k', 'w', 'NX'), null);
    equal(await c.get('k'), 'v');
    equal(await c.getBuffer('k'), Buffer.from('v'));
    equal(await c.hset('h', { a: 1, b: 'x' }), 2);
    equal(await c.hgetall('h'), { a: '1', b: 'x' });
    equal(await c.sadd('s', 'x', 'y'), 2);
    equal((await c.smembers('s')).sort(), ['x', 'y']);
    equal(await c.mset(new Map([['m1', '1'], ['m2', '2']])), 'OK');
    equal(await c.mget('m1', 'none', 'm2'), ['1', null, '2']);
    await c.zadd('z', 1.5, 'a', 'inf', 'b');
    equal(Number(await c.zscore('z', 'a')), 1.5);
    equal((await c.zrange('z', 0, -1, 'WITHSCORES')).flat()[0], 'a');
    equal(await c.exists('none'), 0);
    await assert.rejects(c.lpush('h', 'x'), /WRONGTYPE/);
    await assert.rejects(c.call('NOSUCH', 'x'), /unknown command/);
    equal(await c.call('SET', 'k', 'x', 'GET'), 'v');
  }
});

check('the ready check and options', async () => {
  const c = connect({ db: 3, connectionName: 'named', lazyConnect: true });
  equal(c.status, 'wait');
  await c.connect();
  equal(c.status, 'ready');
  await c.set('k', 'v');
  equal(await c.client('GETNAME'), 'named');
  equal(await r.exists('k'), 0);
  const list = await r.client('LIST');
  assert(/name=named .*db=3 .*resp=3/.test(list) || !/resp=/.test(list), list);
  assert((await c.info('server')).includes('redis_version:'));
  await c.quit();
  await until(() => c.status === 'end');
  const prefixed = connect({ keyPrefix: 'app:' });
  await prefixed.mset('a', 1, 'b', 2);
  equal((await r.keys('*')).sort(), ['app:a', 'app:b']);
  equal(await prefixed.del('a'), 1);
});

check('pipelines', async () => {
  const p = r.pipeline();
  for (let i = 0; i < 5000; i++) p.set('key:' + i, i).get('key:' + i);
  const got = await p.exec();
  equal(got.length, 10000);
  assert(got.every(([e, v], i) => e === null &&
    v === (i % 2 ? String((i - 1) / 2) : 'OK')));
  const auto = connect({ enableAutoPipelining: true });
  equal(await Promise.all(
    Array.from({ length: 2000 }, (_, i) => auto.get('key:' + i))),
  Array.from({ length: 2000 }, (_, i) => String(i)));
  const failed = await r.pipeline().set('a', 'x').incr('a').get('a').exec();
  equal([failed[0][1], /not an integer/.test(failed[1][0].message),
    failed[2][1]], ['OK', true, 'x']);
});

check('scan streams', async () => {
  const p = r.pipeline();
  for (let i = 0; i < 3000; i++) p.set('key:' + i, i).hset('h', 'f' + i, i);
  await p.exec();
  const seen = new Set();
  for await (const keys of r.scanStream({ match: 'key:2*', count: 200 })) {
    keys.forEach((k) => seen.add(k));
  }
  equal(seen.size, 1111);
  let sum = 0;
  for await (const fields of r.hscanStream('h', { count: 100 })) {
    for (let i = 1; i < fields.length; i += 2) sum += Number(fields[i]);
  }
  equal(sum, 2999 * 1500);
});

check('transactions', async () => {
  equal(await r.multi().set('a', 1).incr('a').hgetall('none').exec(),
    [[null, 'OK'], [null, 2], [null, {}]]);
  const other = r2;
  await r.watch('a');
  await other.set('a', 10);
  equal(await r.multi().set('a', 0).exec(), null);
  async function add(c) {
    for (;;) {
      await c.watch('n');
      const n = Number(await c.get('n'));
      if (await c.multi().set('n', n + 1).exec()) return;
    }
  }
  await r.set('n', 0);
  await Promise.all([0, 1, 2].map(async () => {
    const c = connect();
    for (let i = 0; i < 30; i++) await add(c);
    c.disconnect();
  }));
  equal(await r.get('n'), '90');
  await assert.rejects(r.multi().set('a').exec(), /EXECABORT/);
});

check('pub/sub', async () => {
  for (const protocol of [3, 2]) {
    const got = [];
    const sub = connect({ protocol });
    equal(await sub.subscribe('news', 'other'), 2);
    equal(await sub.psubscribe('w*'), 3);
    sub.on('message', (channel, text) => got.push([channel, text]));
    sub.on('pmessage', (...all) => got.push(all));
    const raw = [];
    sub.on('messageBuffer', (channel, data) => raw.push(data));
    for (let i = 0; i < 200; i++) await r.publish('news', 'item ' + i);
    await r.publish('weather', 'rain');
    await r.publish('other', Buffer.from([0, 255, 10]));
    await until(() => got.length === 202);
    equal(got[199], ['news', 'item 199']);
    equal(got[200], ['w*', 'weather', 'rain']);
    equal(raw[200], Buffer.from([0, 255, 10]));
    equal(await sub.unsubscribe('other'), 2);
    sub.disconnect();
  }
});

check('sharded pub/sub', async () => {
  const sub = connect();
  const got = new Promise((done) => {
    sub.on('smessage', (channel, text) => done([channel, text]));
  });
  equal(await sub.ssubscribe('shard'), 1);
  equal(await r.spublish('shard', 'x'), 1);
  equal(await got, ['shard', 'x']);
});

check('streams', async () => {
  const ids = [];
  for (let i = 0; i < 20; i++) ids.push(await r.xadd('s', '*', 'n', i));
  for (const c of [r, r2]) {
    const got = await c.xread('COUNT', 2, 'STREAMS', 's', ids[10]);
    const entries = Array.isArray(got) ? got[0][1] : got.s;
    equal(entries, [[ids[11], ['n', '11']], [ids[12], ['n', '12']]]);
  }
  equal(await r.xgroup('CREATE', 's', 'g', '0'), 'OK');
  await r.xreadgroup('GROUP', 'g', 'c', 'COUNT', 5, 'STREAMS', 's', '>');
  equal(await r.xack('s', 'g', ids[0], ids[1]), 2);
  equal((await r.xpending('s', 'g'))[0], 3);
  equal((await r.xautoclaim('s', 'g', 'd', 0, '0'))[1].length, 3);
});

check('lost connections', async () => {
  const c = connect();
  const sub = connect();
  const got = [];
  await sub.subscribe('news');
  sub.on('message', (channel, text) => got.push(text));
  for (let i = 0; i < 3; i++) {
    const id = await c.client('ID');
    await r.client('KILL', 'ID', id);
    equal(await c.set('k', i), 'OK');
  }
  await r.client('KILL', 'TYPE', 'pubsub');
  await until(async () => await r.publish('news', 'again') === 1);
  await until(() => got.length > 0);
  equal(got[0], 'again');
  c.disconnect();
});

check('a password', async () => {
  await r.config('SET', 'requirepass', 'se cret');
  try {
    const good = connect({ password: 'se cret' });
    equal(await good.ping(), 'PONG');
    const named = connect({ username: 'default', password: 'se cret',
      protocol: 2 });
    equal(await named.ping(), 'PONG');
    const bad = connect({ password: 'x', maxRetriesPerRequest: 1,
      retryStrategy: null });
    await assert.rejects(bad.ping());
  } finally {
    await r.config('SET', 'requirepass', '');
  }
});

check('blocking lists: workers', async () => {
  equal(await r.duplicate().blpop('q', 0.05), null);
  const got = [];
  const workers = [0, 1, 2].map(async () => {
    const c = connect();
    for (;;) {
      const [, job] = await c.brpop('high', 'low', 5);
      if (job === 'stop') return c.disconnect();
      got.push(Number(job));
    }
  });
  for (let i = 0; i < 200; i++) await r.lpush(i % 2 ? 'low' : 'high', i);
  await r.lpush('low', 'stop', 'stop', 'stop');
  await Promise.all(workers);
  equal(got.sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i));
});

check('blocking zsets: the next', async () => {
  const c = connect();
  const got = c.bzpopmin('z', 5);
  await sleep(50);
  await r.zadd('z', 1, 'a');
  equal((await got).map(String), ['z', 'a', '1']);
});

check('blocking streams: news', async () => {
  const c = connect({ protocol: 2 });
  const got = c.xread('BLOCK', 5000, 'STREAMS', 's', '$');
  await sleep(50);
  const id = await r.xadd('s', '*', 'a', 'b');
  equal(await got, [['s', [[id, ['a', 'b']]]]]);
});

check('monitor: what others do', async () => {
  const got = [];
  const c = connect({ protocol: 2 });
  await c.connect().catch(() => {});
  await c.ping(); // its own INFO is not to be seen
  const monitor = await c.monitor();
  clients.add(monitor);
  monitor.on('monitor', (time, args) => got.push(args));
  await r.set('k', 'a b');
  await until(() => got.length > 0);
  equal(got[0], ['set', 'k', 'a b']);
  monitor.disconnect();
});

check('slowlog: its length', async () => {
  equal(await r.slowlog('RESET'), 'OK');
  equal(typeof await r.slowlog('LEN'), 'number');
});

check('lua: defined commands', async () => {
  r.defineCommand('both', { numberOfKeys: 1,
    lua: 'return {KEYS[1], ARGV[1]}' });
  equal(await r.both('k', 'v'), ['k', 'v']);
});

run(() => r.flushall());
