<?php
// phpredis: typed results, pipelines, transactions, serializers, sessions of
// PHP itself, pub/sub, streams, keys spread over servers.

error_reporting(E_ALL);
set_error_handler(function ($n, $text, $file, $line) {
    throw new ErrorException($text, 0, $n, $file, $line);
});
$port = (int)$argv[1];

function connect()
{
    global $port;
    $client = new Redis();
    $client->connect('127.0.0.1', $port, 5);
    return $client;
}

$r = connect();

// With echo, sessions would see that output has begun.
function say($line)
{
    fwrite(STDOUT, "$line\n");
}

function check($name, $run)
{
    global $r;
    $r->flushAll();
    try {
        $run();
        say("ok $name");
    } catch (Throwable $e) {
        say("not ok $name\n    " . get_class($e) . ': ' .
            str_replace("\n", "\n    ", $e->getMessage() . "\n" .
            $e->getTraceAsString()));
    }
}

function equal($got, $wanted)
{
    if ($got !== $wanted) {
        throw new Exception('got ' . json_encode($got) . ', wanted ' .
            json_encode($wanted));
    }
}

function sorted($list)
{
    sort($list);
    return $list;
}

// Runs it in a process of its own, which must not touch this one's objects.
function beside($run)
{
    $file = tempnam(getcwd(), 'beside');
    file_put_contents($file, "<?php usleep(100000); \$r = new Redis();" .
        "\$r->connect('127.0.0.1', {$GLOBALS['port']}); $run");
    return proc_open(['php', $file], [], $pipes);
}

check("strings", function () use ($r) {
    equal($r->set('k', 'v', ['nx', 'ex' => 100]), true);
    equal($r->set('k', 'w', ['nx']), false);
    equal($r->ttl('k'), 100);
    equal($r->get('k'), 'v');
    equal($r->get('none'), false);
    equal($r->mSet(['a' => '1', 'b' => '2']), true);
    equal($r->mGet(['a', 'none', 'b']), ['1', false, '2']);
    equal($r->incrBy('a', 41), 42);
    equal($r->incrByFloat('a', 0.5), 42.5);
    equal($r->getSet('k', 'x'), 'v');
    equal($r->append('k', 'yz'), 3);
    equal($r->getRange('k', 1, -1), 'yz');
    equal($r->setBit('bits', 7, 1), 0);
    equal($r->bitCount('bits'), 1);
    equal($r->pfAdd('hll', range(1, 100)), 1);
    equal(abs($r->pfCount('hll') - 100) < 5, true);
    $blob = implode('', array_map('chr', range(0, 255)));
    equal($r->set('blob', str_repeat($blob, 2000)), true);
    equal($r->get('blob') === str_repeat($blob, 2000), true);
    equal($r->lPush('k', 'x'), false);
    equal(strpos($r->getLastError(), 'WRONGTYPE'), 0);
    equal($r->exists('a', 'b', 'none'), 2);
    equal($r->expire('a', 10) && $r->persist('a'), true);
    equal($r->del(['a', 'b']), 2);
});

check("hashes, lists, sets, sorted sets", function () use ($r) {
    equal($r->hMSet('h', ['a' => '1', 'b' => '2']), true);
    equal($r->hGetAll('h'), ['a' => '1', 'b' => '2']);
    equal($r->hMGet('h', ['a', 'z']), ['a' => '1', 'z' => false]);
    equal($r->hIncrByFloat('h', 'a', 1.5), 2.5);
    equal($r->hSetNx('h', 'a', 'x'), false);
    equal($r->rPush('l', 'a', 'b', 'c', 'd'), 4);
    equal($r->lRange('l', 1, -2), ['b', 'c']);
    equal($r->rpoplpush('l', 'm'), 'd');
    equal($r->lInsert('l', Redis::BEFORE, 'b', 'x'), 4);
    equal($r->sort('l', ['alpha' => true, 'sort' => 'desc']),
        ['x', 'c', 'b', 'a']);
    equal($r->sAdd('s', 'a', 'b', 'c') + $r->sAdd('t', 'b', 'c', 'd'), 6);
    equal(sorted($r->sInter('s', 't')), ['b', 'c']);
    equal($r->sUnionStore('u', 's', 't'), 4);
    equal($r->sMisMember('s', 'a', 'z'), [1, 0]);
    equal($r->zAdd('z', 1, 'a', 2.5, 'b', INF, 'c'), 3);
    equal($r->zRange('z', 0, 1, true), ['a' => 1.0, 'b' => 2.5]);
    equal($r->zRevRangeByScore('z', '+inf', '(1',
        ['withscores' => true, 'limit' => [0, 5]]), ['c' => INF, 'b' => 2.5]);
    equal($r->zIncrBy('z', 1, 'a'), 2.0);
    equal($r->zScore('z', 'c'), INF);
    equal($r->zRank('z', 'b'), 1);
    equal($r->zPopMin('z'), ['a' => 2.0]);
    equal($r->zUnionStore('y', ['z', 's'], [2, 1]), 3);
    equal($r->geoAdd('g', 13.361389, 38.115556, 'Palermo', 15.087269,
        37.502669, 'Catania'), 2);
    equal(round($r->geoDist('g', 'Palermo', 'Catania', 'km')), 166.0);
    equal($r->geoRadius('g', 15, 37, 200, 'km', ['asc']),
        ['Catania', 'Palermo']);
});

check("scans", function () use ($r) {
    $r->multi(Redis::PIPELINE);
    for ($i = 0; $i < 2000; $i++) {
        $r->set("key:$i", $i)->hSet('h', "f$i", $i)->zAdd('z', $i, "m$i");
    }
    equal(count($r->exec()), 6000);
    $r->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
    $seen = [];
    $it = null;
    while ($keys = $r->scan($it, 'key:1*', 100)) {
        foreach ($keys as $key) $seen[$key] = 1;
    }
    equal(count($seen), 1111);
    $it = null;
    $sum = 0;
    while ($fields = $r->hScan('h', $it, null, 100)) $sum += array_sum($fields);
    equal($sum, 1999 * 1000);
    $it = null;
    $sum = 0;
    while ($members = $r->zScan('z', $it)) $sum += array_sum($members);
    equal((int)$sum, 1999 * 1000);
});

check("pipelines and transactions", function () use ($r) {
    equal($r->multi()->set('a', '1')->incr('a')->lPush('a', 1)->hGetAll('h')
        ->exec(), [true, 2, false, []]);
    $r->clearLastError();
    $r->watch('a');
    connect()->set('a', '7');
    equal($r->multi()->set('a', '8')->exec(), false);
    equal($r->get('a'), '7');
    $p = $r->pipeline();
    for ($i = 0; $i < 5000; $i++) $p->incr('n');
    equal($p->exec(), range(1, 5000));
    $r->multi();
    $r->set('a', 'x');
    equal($r->discard(), true);
    equal($r->get('a'), '7');
});

check("serializers and prefixes", function () use ($r) {
    $c = connect();
    $c->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
    $c->setOption(Redis::OPT_PREFIX, 'app:');
    $value = ['list' => [1, 2.5, null, true], 'text' => "a\0b"];
    equal($c->set('k', $value), true);
    equal($c->get('k'), $value);
    equal($c->hSet('h', 'f', $value), 1);
    equal($c->hGetAll('h'), ['f' => $value]);
    equal(sorted($r->keys('*')), ['app:h', 'app:k']);
    equal($r->get('app:k'), serialize($value));
});

check("PHP's sessions", function () use ($r, $port) {
    ini_set('session.save_handler', 'redis');
    ini_set('session.save_path', "tcp://127.0.0.1:$port?prefix=sess:");
    ini_set('session.gc_maxlifetime', '100');
    ini_set('session.use_cookies', '0');
    ini_set('session.cache_limiter', '');
    session_id('abc123');
    equal(@session_start(), true);
    $_SESSION['user'] = ['id' => 7];
    equal(session_write_close(), true);
    equal($r->ttl('sess:abc123'), 100);
    $_SESSION = [];
    @session_start();
    equal($_SESSION, ['user' => ['id' => 7]]);
    session_regenerate_id(true);
    $new = session_id();
    session_write_close();
    equal($r->keys('*'), ["sess:$new"]);
    @session_start();
    equal(session_destroy(), true);
    equal($r->dbSize(), 0);
});

check("pub/sub", function () {
    $got = [];
    $p = beside('for ($i = 0; $i < 100; $i++) $r->publish("news", "item $i");
        $r->publish("news", "end");');
    $c = connect();
    $c->setOption(Redis::OPT_READ_TIMEOUT, 0.7);    // nothing else ends it
    try {
        $c->subscribe(['news'], function ($c, $channel, $text) use (&$got) {
            $got[] = $text;
        });
    } catch (RedisException $e) {
        equal(strpos($e->getMessage(), 'read error'), 0);
    }
    equal([count($got), $got[99]], [101, 'item 99']);
    proc_close($p);
});

check("streams", function () use ($r) {
    $ids = [];
    for ($i = 0; $i < 20; $i++) $ids[] = $r->xAdd('s', '*', ['n' => "$i"]);
    equal($r->xLen('s'), 20);
    equal($r->xRange('s', $ids[18], '+'),
        [$ids[18] => ['n' => '18'], $ids[19] => ['n' => '19']]);
    equal($r->xGroup('CREATE', 's', 'g', '0'), true);
    $got = $r->xReadGroup('g', 'c', ['s' => '>'], 5);
    equal(array_keys($got['s']), array_slice($ids, 0, 5));
    equal($r->xAck('s', 'g', array_slice($ids, 0, 3)), 3);
    equal($r->xPending('s', 'g')[0], 2);
    equal($r->xClaim('s', 'g', 'd', 0, [$ids[3]], ['JUSTID']), [$ids[3]]);
    equal($r->xInfo('STREAM', 's')['length'], 20);
    equal($r->xTrim('s', 5), 15);
});

check("the server and its connections", function () use ($r, $port) {
    equal($r->ping(), true);
    equal($r->ping('x'), 'x');
    equal($r->info()['role'], 'master');
    equal($r->config('GET', 'maxmemory-policy'),
        ['maxmemory-policy' => 'noeviction']);
    equal($r->rawCommand('set', 'a', 'b'), true);
    equal($r->object('encoding', 'a'), 'embstr');
    equal($r->restore('c', 0, $r->dump('a')) && $r->get('c') == 'b', true);
    equal($r->type('a'), Redis::REDIS_STRING);
    equal(count($r->time()), 2);
    equal($r->select(3) && $r->dbSize() == 0 && $r->select(0), true);
    $c = new Redis();
    $c->pconnect('127.0.0.1', $port, 5, 'keep');
    $c->client('setname', 'victim');
    $ids = array_column(array_filter($r->client('list'), function ($x) {
        return $x['name'] == 'victim';
    }), 'addr');
    equal($r->client('kill', $ids[array_key_first($ids)]), true);
    equal($c->get('a'), 'b');
});

check("keys spread over servers", function () use ($r, $port) {
    $ra = new RedisArray(["127.0.0.1:$port", "localhost:$port"]);
    for ($i = 0; $i < 100; $i++) $ra->set("key:$i", $i);
    equal($r->dbSize(), 100);
    equal($ra->mGet(['key:1', 'key:50', 'key:99']), ['1', '50', '99']);
});

check("blocking lists: a job", function () use ($r) {
    equal($r->blPop(['q'], 1), []);
    $p = beside('$r->rPush("q", "job");');
    equal($r->blPop(['no', 'q'], 5), ['q', 'job']);
    proc_close($p);
    $r->rPush('a', 'x');
    equal($r->brpoplpush('a', 'b', 1), 'x');
});

check("blocking zsets: the next", function () use ($r) {
    $r->zAdd('z', 1, 'a');
    equal($r->bzPopMin(['no', 'z'], 1), ['z', 'a', '1']);
});

check("blocking streams: news", function () use ($r) {
    $p = beside('$r->xAdd("s", "*", ["a" => "b"]);');
    equal(array_values($r->xRead(['s' => '$'], 1, 5000)['s']),
        [['a' => 'b']]);
    proc_close($p);
});

check("slowlog: its length", function () use ($r) {
    equal($r->slowlog('reset'), true);
    equal(is_int($r->slowlog('len')), true);
});

check("lua: scripts and the lock of sessions", function () use ($r, $port) {
    equal($r->eval('return {KEYS[1], ARGV[1]}', ['k', 'v'], 1), ['k', 'v']);
    ini_set('redis.session.locking_enabled', '1');
    session_id('locked');
    @session_start();
    equal($r->exists('sess:locked_LOCK'), 1);
    session_write_close();
    equal($r->exists('sess:locked_LOCK'), 0);
});

say("end");
