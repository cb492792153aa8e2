// node-redis, in RESP3 and RESP2: typed results, multi, pub/sub, pools,
// iterators, streams.

'use strict';

const { createClient, createClientPool } = require('redis');
const { assert, check, equal, sleep, until, run, port } = require('./check');

const open = [];

async function connect(options = {}) {
  const client = createClient({ socket: { port, host: '127.0.0.1' },
    ...options });
  client.on('error', () => {});
  open.push(client);
  return client.connect();
}

let r, r2, r3;

function plain(x) {
  return JSON.parse(JSON.stringify(x));
}

check('both protocols', async () => {
  for (const c of [r2, r3]) {
    await c.flushAll();
    equal(await c.set('k', 'v', { expiration: { type: 'EX', value: 100 },
      condition: 'NX' }), 'OK');
    equal(await c.set('k', 'w', { condition: 'NX' }), null);
    equal(await c.get('k'), 'v');
    equal(await c.ttl('k'), 100);
    equal(await c.incrByFloat('f', 1.5), '1.5');
    equal(await c.mSet({ a: '1', b: '2' }), 'OK');
    equal(await c.mGet(['a', 'none', 'b']), ['1', null, '2']);
    equal(await c.hSet('h', { name: 'x', n: 1 }), 2);
    equal(plain(await c.hGetAll('h')), { name: 'x', n: '1' });
    equal(await c.zAdd('z', [{ score: 1.5, value: 'a' },
      { score: Infinity, value: 'b' }]), 2);
    equal(plain(await c.zRangeWithScores('z', 0, 0)),
      [{ value: 'a', score: 1.5 }]);
    equal(await c.zScore('z', 'b'), Infinity);
    equal(await c.zmScore('z', ['a', 'none']), [1.5, null]);
    equal(plain(await c.zPopMin('z')), { value: 'a', score: 1.5 });
    equal(await c.sAdd('s', ['x', 'y']), 2);
    equal(new Set(await c.sMembers('s')), new Set(['x', 'y']));
    equal(await c.sIsMember('s', 'x'), 1);
    equal(await c.rPush('l', ['a', 'b', 'c']), 3);
    equal(await c.lPos('l', 'c'), 2);
    equal(await c.geoAdd('g', [{ longitude: 13.361389, latitude: 38.115556,
      member: 'Palermo' }]), 1);
    equal(Number((await c.geoSearchWith('g', { longitude: 15, latitude: 37 },
      { radius: 200, unit: 'km' }, ['WITHDIST']))[0].distance), 190.4424);
    equal(await c.exists('none'), 0);
    await assert.rejects(c.lPush('h', 'x'), /WRONGTYPE/);
    await assert.rejects(c.sendCommand(['NOSUCH']), /unknown command/);
    equal(await c.configGet('maxmemory-policy').then(plain),
      { 'maxmemory-policy': 'noeviction' });
    assert((await c.info()).includes('redis_version:'));
    assert((await c.clientList()).some((x) => x.id === undefined || x.id > 0));
    equal((await c.time()) instanceof Date || Array.isArray(await c.time()),
      true);
    assert((await c.commandCount()) > 200);
  }
});

check('later: what Redis has since 7.0', async () => {
  for (const c of [r2, r3]) {
    await c.flushAll();
    equal((await c.clientInfo()).libName, 'node-redis');
    await c.hSet('h', { a: '1', b: '2' });
    equal(await c.hExpire('h', ['a', 'none'], 100), [1, -2]);
    equal(await c.hTTL('h', ['a', 'b']), [100, -1]);
    equal(await c.hPersist('h', 'a'), [1]);
    equal(await c.hGetEx('h', 'b', { expiration: { type: 'PX', value: 1 } }),
      ['2']);
    await until(async () => (await c.hLen('h')) === 1);
    equal(await c.hSetEx('h', { c: '3' },
      { expiration: { type: 'EX', value: 100 } }), 1);
    equal(await c.hGetDel('h', 'c'), ['3']);
    equal(await c.set('k', 'one'), 'OK');
    equal(await c.set('k', 'two', { condition: 'IFEQ', matchValue: 'x' }),
      null);
  }
});

check('pipelines', async () => {
  const work = [];
  for (let i = 0; i < 5000; i++) {
    work.push(r.set('key:' + i, String(i)), r.get('key:' + i));
  }
  const got = await Promise.all(work);
  assert(got.every((v, i) => v === (i % 2 ? String((i - 1) / 2) : 'OK')));
  const keys = new Set();
  for await (const some of r.scanIterator({ MATCH: 'key:1*', COUNT: 200 })) {
    [].concat(some).forEach((k) => keys.add(k));
  }
  equal(keys.size, 1111);
  const big = 'x'.repeat(3 << 20);
  equal(await r.set('big', big), 'OK');
  equal(await r.get('big') === big, true);
});

check('transactions', async () => {
  for (const c of [r2, r3]) {
    equal(await c.multi().set('a', '1').incr('a').get('a').exec(),
      ['OK', 2, '2']);
    await assert.rejects(c.multi().set('a', 'x').incr('a').exec(),
      (e) => e.replies[0] === 'OK' && /integer/.test(e.replies[1].message));
    const one = await connect();
    await one.watch('a');
    await c.set('a', '5');
    await assert.rejects(one.multi().set('a', '6').exec(),
      (e) => e.constructor.name === 'WatchError');
    equal(await c.get('a'), '5');
    equal(await c.multi().ping().execAsPipeline(), ['PONG']);
  }
});

check('a pool', async () => {
  const pool = createClientPool({ socket: { port } }, { maximum: 5 });
  pool.on('error', () => {});
  await pool.connect();
  await Promise.all(Array.from({ length: 500 }, () => pool.incr('n')));
  equal(await pool.get('n'), '500');
  await Promise.all(Array.from({ length: 20 }, () => pool.execute(
    async (c) => {
      for (;;) {
        await c.watch('w');
        const n = Number(await c.get('w'));
        try {
          return await c.multi().set('w', String(n + 1)).exec();
        } catch (e) {
          if (e.constructor.name !== 'WatchError') throw e;
        }
      }
    })));
  equal(await pool.get('w'), '20');
  await pool.close();
});

check('pub/sub', async () => {
  for (const RESP of [2, 3]) {
    const sub = await connect({ RESP });
    const got = [];
    await sub.subscribe('news', (text, channel) => got.push([channel, text]));
    await sub.pSubscribe('w*', (text, channel) => got.push([channel, text]));
    await sub.subscribe('raw', (data) => got.push(data), true);
    for (let i = 0; i < 200; i++) await r.publish('news', 'item ' + i);
    await r.publish('weather', 'rain');
    await r.publish('raw', 'bytes');
    await until(() => got.length === 202);
    equal(got.slice(199), [['news', 'item 199'], ['weather', 'rain'],
      Buffer.from('bytes')]);
    equal(plain(await r.pubSubNumSub(['news', 'none'])),
      { news: 1, none: 0 });
    await sub.sSubscribe('shard', (text) => got.push(text));
    equal(await r.sPublish('shard', 'x'), 1);
    await until(() => got.length === 203);
    if (RESP === 3) equal(await sub.get('none'), null);
    await sub.unsubscribe();
    await sub.pUnsubscribe();
    await sub.sUnsubscribe();
    equal(String(await sub.ping()), 'PONG');
    sub.destroy();
  }
});

check('streams', async () => {
  const ids = [];
  for (let i = 0; i < 20; i++) {
    ids.push(await r.xAdd('s', '*', { n: String(i) }));
  }
  for (const c of [r2, r3]) {
    equal(plain(await c.xRange('s', ids[18], '+')),
      [{ id: ids[18], message: { n: '18' } },
        { id: ids[19], message: { n: '19' } }]);
    const got = plain(await c.xRead({ key: 's', id: ids[17] }, { COUNT: 1 }));
    assert(JSON.stringify(got).includes(ids[18]), JSON.stringify(got));
  }
  equal(await r.xGroupCreate('s', 'g', '0'), 'OK');
  await r.xReadGroup('g', 'c', { key: 's', id: '>' }, { COUNT: 5 });
  equal(await r.xAck('s', 'g', [ids[0], ids[1]]), 2);
  equal((await r.xPending('s', 'g')).pending, 3);
  equal((await r.xAutoClaim('s', 'g', 'd', 0, '0')).messages.length, 3);
  for (const c of [r2, r3]) {
    equal((await c.xInfoStream('s')).length, 20);
    equal((await c.xInfoGroups('s'))[0].pending, 3);
  }
});

check('lost connections', async () => {
  const c = await connect();
  const sub = await connect();
  const got = [];
  await sub.subscribe('news', (text) => got.push(text));
  for (let i = 0; i < 3; i++) {
    const id = await c.clientId();
    await r.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
    await until(() => c.set('k', String(i)).catch(() => 0));
  }
  await r.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
  await until(async () => await r.publish('news', 'again') === 1);
  await until(() => got.length > 0);
  c.destroy();
  sub.destroy();
});

check('a password and a database', async () => {
  await r.configSet('requirepass', 'secret');
  try {
    for (const RESP of [2, 3]) {
      const c = createClient({ RESP,
        url: `redis://default:secret@127.0.0.1:${port}/3` });
      open.push(c);
      await c.connect();
      await c.set('k', 'v');
      equal(await c.dbSize(), 1);
    }
    await assert.rejects(createClient({ password: 'x',
      socket: { port, reconnectStrategy: false } }).on('error', () => {})
      .connect(), /WRONGPASS/);
  } finally {
    await r.configSet('requirepass', '');
  }
});

check('blocking lists: a worker', async () => {
  const c = await connect();
  equal(await c.blPop('q', 0.05), null);
  for (let i = 0; i < 50; i++) {
    const got = c.blPop(['no', 'q'], 5);
    await r.rPush('q', 'job' + i);
    equal(plain(await got), { key: 'q', element: 'job' + i });
  }
  await r.rPush('a', 'x');
  equal(await c.blMove('a', 'b', 'LEFT', 'RIGHT', 1), 'x');
});

check('blocking zsets: the next', async () => {
  const c = await connect();
  const got = c.bzPopMin(['no', 'z'], 5);
  await r.zAdd('z', { score: 1, value: 'a' });
  equal(plain(await got), { key: 'z', value: 'a', score: 1 });
});

check('blocking streams: news', async () => {
  for (const RESP of [2, 3]) {
    const c = await connect({ RESP });
    const got = c.xRead({ key: 's', id: '$' }, { BLOCK: 5000 });
    await sleep(50);
    const id = await r.xAdd('s', '*', { a: 'b' });
    assert(JSON.stringify(await got).includes(id));
  }
});

check('tracking: the client keeps values', async () => {
  const c = await connect({ RESP: 3, clientSideCache: {
    ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } });
  await r.set('k', 'one');
  equal(await c.get('k'), 'one');
  equal(await c.get('k'), 'one');
  await r.set('k', 'two');
  await until(async () => await c.get('k') === 'two');
  await r.flushAll();
  await until(async () => await c.get('k') === null);
});

check('monitor: what others do', async () => {
  const got = [];
  const c = await connect({ RESP: 2 });
  await c.monitor((line) => got.push(String(line)));
  await r.set('k', 'a b');
  await until(() => got.length > 0);
  assert(/^\d+\.\d{6} \[0 127.0.0.1:\d+\] "SET" "k" "a b"$/.test(got[0]),
    got[0]);
  c.destroy();
});

check('latency: what it tells', async () => {
  equal(await r.latencyReset(), 0);
  equal((await r.latencyLatest()).length, 0);
  assert((await r.latencyDoctor()).length > 20);
});

check('slowlog: its length', async () => {
  equal(await r.sendCommand(['SLOWLOG', 'RESET']), 'OK');
  equal(typeof await r.sendCommand(['SLOWLOG', 'LEN']), 'number');
});

check('lua: a script', async () => {
  equal(await r.eval('return {KEYS[1], ARGV[1]}', { keys: ['k'],
    arguments: ['v'] }), ['k', 'v']);
});

(async () => {
  r2 = await connect({ RESP: 2 });
  r = r3 = await connect({ RESP: 3 });
  await run(() => r.flushAll());
})();
