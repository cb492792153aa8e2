// Two socket.io servers that are one through the redis adapter: rooms,
// broadcasts, answers, and what one asks of the other.

'use strict';

const http = require('node:http');
const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const { createAdapter, createShardedAdapter } =
  require('@socket.io/redis-adapter');
const { createClient } = require('redis');
const { check, equal, until, run, inTime, port } = require('./check');

let admin;
const toClose = [];

async function connect(options) {
  const client = createClient({ socket: { port, host: '127.0.0.1' },
    ...options });
  toClose.push(() => client.destroy());
  return client.connect();
}

async function cluster(adapterOf, RESP) {
  const servers = [];
  for (let i = 0; i < 2; i++) {
    const pub = await connect({ RESP });
    const sub = await connect({ RESP });
    const web = http.createServer();
    const server = new Server(web, { adapter: adapterOf(pub, sub) });
    server.on('connection', (socket) => {
      socket.on('join', (room, done) => {
        socket.join(room);
        done();
      });
      socket.on('whoami', (done) => done(i));
    });
    server.on('ask', (n, done) => done(n * 2 + i));
    await new Promise((done) => web.listen(0, '127.0.0.1', done));
    server.url = 'http://127.0.0.1:' + web.address().port;
    toClose.push(() => server.close());
    servers.push(server);
  }
  return servers;
}

async function visitor(server, heard) {
  const socket = io(server.url, { transports: ['websocket'] });
  toClose.push(() => socket.close());
  await new Promise((done) => socket.on('connect', done));
  ['news', 'blob'].forEach((name) =>
    socket.on(name, (...all) => heard.push([name, ...all])));
  socket.on('poll', (done) => done(socket.id));
  return socket;
}

async function work(adapterOf, RESP) {
  const [a, b] = await cluster(adapterOf, RESP);
  const heard = [[], [], []];
  const sockets = [await visitor(a, heard[0]), await visitor(b, heard[1]),
    await visitor(b, heard[2])];
  await until(async () => (await a.fetchSockets()).length === 3 &&
    (await b.fetchSockets()).length === 3);
  a.emit('news', 'to all', { n: 1 });
  await until(() => heard.every((h) => h.length === 1));
  equal(heard[2][0], ['news', 'to all', { n: 1 }]);
  await sockets[2].emitWithAck('join', 'room');
  await until(async () => (await a.in('room').fetchSockets()).length === 1);
  a.to('room').emit('news', 'to the room');
  await until(() => heard[2].length === 2);
  b.except('room').emit('blob', Buffer.from([0, 255, 10]));
  await until(() => heard[0].length === 2 && heard[1].length === 2);
  equal(heard[1][1], ['blob', Buffer.from([0, 255, 10])]);
  equal(heard[2].length, 2);
  equal((await a.timeout(3000).emitWithAck('poll')).sort(),
    sockets.map((s) => s.id).sort());
  equal(await a.serverSideEmitWithAck('ask', 21), [43]);
  a.socketsJoin('everybody');
  await until(async () => (await b.in('everybody').fetchSockets()).length ===
    3);
  for (let i = 0; i < 200; i++) a.to('everybody').emit('news', i);
  await until(() => heard[1].length === 202);
  equal(heard[1].slice(2).map((x) => x[1]),
    Array.from({ length: 200 }, (_, i) => i));
  const gone = inTime(new Promise((done) => sockets[1].on('disconnect',
    done)));
  a.disconnectSockets();
  await gone;
  await until(async () => (await b.fetchSockets()).length === 0);
}

check('the adapter', () => work((pub, sub) => createAdapter(pub, sub), 3));

check('the adapter in RESP2', () =>
  work((pub, sub) => createAdapter(pub, sub), 2));

check('the sharded adapter', () =>
  work((pub, sub) => createShardedAdapter(pub, sub), 3));

(async () => {
  admin = await connect();
  toClose.length = 0;
  await run(async () => {
    toClose.splice(0).forEach((close) => close());
    await admin.flushAll();
  });
})();
