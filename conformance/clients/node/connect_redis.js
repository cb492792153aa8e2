// A web server with express-session, whose sessions connect-redis keeps.

'use strict';

const http = require('node:http');
const session = require('express-session');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { assert, check, equal, run, port } = require('./check');

const client = createClient({ socket: { port, host: '127.0.0.1' } });
const store = new RedisStore({ client, prefix: 'sess:', ttl: 100 });
const sessions = session({ store, secret: 'x', resave: false,
  saveUninitialized: false, rolling: true });
let where;

const server = http.createServer((request, response) => {
  sessions(request, response, (e) => {
    const s = request.session;
    const done = (text) => response.end(text);
    if (e) return done('error ' + e);
    if (request.url === '/login') {
      return s.regenerate(() => {
        request.session.user = { name: 'ann', langs: ['de', 'ü'] };
        done('in');
      });
    }
    if (request.url === '/logout') return s.destroy(() => done('out'));
    if (request.url === '/short') {
      s.cookie.maxAge = 5000;
      return done('short');
    }
    s.views = (s.views || 0) + 1;
    done(JSON.stringify({ views: s.views, user: s.user }));
  });
});

// A browser: it keeps its cookie.
function browser() {
  let cookie;
  return async (path) => {
    const answer = await fetch(where + path, { headers:
      cookie ? { cookie } : {} });
    const set = answer.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0];
    return answer.text();
  };
}

check('views are counted', async () => {
  const one = browser();
  const two = browser();
  for (let i = 1; i <= 3; i++) equal(await one('/'), `{"views":${i}}`);
  equal(await two('/'), '{"views":1}');
  const keys = await client.keys('sess:*');
  equal(keys.length, 2);
  equal(JSON.parse(await client.get(keys[0])).cookie.path, '/');
  assert(await client.ttl(keys[0]) <= 100 && await client.ttl(keys[0]) > 95);
});

check('login and logout', async () => {
  const one = browser();
  await one('/');
  const [before] = await client.keys('sess:*');
  equal(await one('/login'), 'in');
  const [after] = await client.keys('sess:*');
  assert(before !== after);
  equal(await one('/'),
    '{"views":1,"user":{"name":"ann","langs":["de","ü"]}}');
  equal(await one('/logout'), 'out');
  equal(await client.dbSize(), 0);
  equal(await one('/'), '{"views":1}');
});

check('time to live', async () => {
  const one = browser();
  await one('/');
  await one('/short');
  const [key] = await client.keys('sess:*');
  const ttl = await client.ttl(key);
  assert(ttl <= 5 && ttl >= 3, String(ttl));
  await client.pExpire(key, 1);
  await new Promise((done) => setTimeout(done, 20));
  equal(await one('/'), '{"views":1}');
});

check('many sessions', async () => {
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 10 }, () => browser()('/')));
  }
  equal((await store.ids()).length, 200);
  equal(await store.length(), 200);
  const all = await store.all();
  equal(all.length, 200);
  assert(all.every((s) => s.views === 1 && s.id));
  await store.clear();
  equal(await store.length(), 0);
});

server.listen(0, '127.0.0.1', async () => {
  where = 'http://127.0.0.1:' + server.address().port;
  await client.connect();
  await run(() => client.flushAll());
});
