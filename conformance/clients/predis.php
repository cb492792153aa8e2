<?php
// Predis, which is PHP alone: its iterators, transactions that are tried
// again, loops around pub/sub and MONITOR, keys spread over connections.

error_reporting(E_ALL & ~E_DEPRECATED);
require 'Predis/autoload.php';
$port = (int)$argv[1];

function connect($options = [])
{
    global $port;
    return new Predis\Client(['host' => '127.0.0.1', 'port' => $port,
        'read_write_timeout' => 5], $options);
}

$r = connect();

function check($name, $run)
{
    global $r;
    $r->flushall();
    try {
        $run();
        echo "ok $name\n";
    } catch (Throwable $e) {
        echo "not ok $name\n    ", get_class($e), ': ',
            str_replace("\n", "\n    ", $e->getMessage() . "\n" .
            $e->getTraceAsString()), "\n";
    }
}

function equal($got, $wanted)
{
    if ($got !== $wanted) {
        throw new Exception('got ' . json_encode($got) . ', wanted ' .
            json_encode($wanted));
    }
}

check("commands", function () use ($r) {
    equal((string)$r->set('k', 'v', 'EX', 100, 'NX'), 'OK');
    equal($r->set('k', 'w', 'NX'), null);
    equal($r->get('k'), 'v');
    equal($r->ttl('k'), 100);
    equal((string)$r->mset(['a' => 1, 'b' => 2]), 'OK');
    equal($r->mget(['a', 'none', 'b']), ['1', null, '2']);
    equal($r->incrby('a', 41), 42);
    equal((string)$r->hmset('h', ['f' => 1, 'g' => 'x']), 'OK');
    equal($r->hgetall('h'), ['f' => '1', 'g' => 'x']);
    equal($r->rpush('l', ['c', 'a', 'b']), 3);
    equal($r->sort('l', ['alpha' => true, 'sort' => 'desc']),
        ['c', 'b', 'a']);
    equal($r->zadd('z', ['a' => 1, 'b' => 2.5]), 2);
    equal($r->zrange('z', 0, -1, ['withscores' => true]),
        ['a' => '1', 'b' => '2.5']);
    equal($r->sadd('s', ['x', 'y']), 2);
    equal($r->sismember('s', 'x'), 1);
    equal($r->exists('k', 'none'), 1);
    try {
        $r->lpush('h', 'x');
        throw new Exception('no error');
    } catch (Predis\Response\ServerException $e) {
        equal($e->getErrorType(), 'WRONGTYPE');
    }
    equal($r->info()['Replication']['role'], 'master');
    equal((string)$r->config('GET', 'maxmemory-policy')['maxmemory-policy'],
        'noeviction');
});

check("iterators", function () use ($r) {
    $r->pipeline(function ($p) {
        for ($i = 0; $i < 1000; $i++) $p->set("key:$i", $i)->hset('h', $i, $i);
    });
    $keys = iterator_to_array(new Predis\Collection\Iterator\Keyspace($r,
        'key:1*'), false);
    equal(count(array_unique($keys)), 111);
    $sum = 0;
    foreach (new Predis\Collection\Iterator\HashKey($r, 'h') as $v) $sum += $v;
    equal($sum, 999 * 500);
});

check("transactions", function () use ($r) {
    equal(array_map('strval', $r->transaction(function ($t) {
        $t->set('a', 1);
        $t->incr('a');
        $t->get('a');
    })), ['OK', '2', '2']);
    $tries = 0;
    $got = $r->transaction(['cas' => true, 'watch' => 'a', 'retry' => 3],
        function ($t) use (&$tries) {
            $a = $t->get('a');
            if ($tries++ < 2) connect()->incr('a');
            $t->multi();
            $t->set('a', $a * 10);
        });
    equal([$tries, $r->get('a')], [3, '40']);
});

check("pub/sub", function () use ($r) {
    $loop = connect()->pubSubLoop();
    $loop->subscribe('news');
    $loop->psubscribe('w*');
    $got = [];
    foreach ($loop as $m) {
        if ($m->kind == 'psubscribe') {
            for ($i = 0; $i < 50; $i++) $r->publish('news', "item $i");
            $r->publish('wx', 'rain');
        } elseif ($m->kind == 'message') {
            $got[] = $m->payload;
        } elseif ($m->kind == 'pmessage') {
            $got[] = "$m->pattern $m->channel $m->payload";
            $loop->stop();
        }
    }
    equal([count($got), $got[49], $got[50]], [51, 'item 49', 'w* wx rain']);
});

check("keys spread over connections", function () use ($r, $port) {
    $c = new Predis\Client(["tcp://127.0.0.1:$port?database=1",
        "tcp://localhost:$port?database=2"], ['prefix' => 'app:']);
    for ($i = 0; $i < 200; $i++) $c->set("key:$i", $i);
    for ($i = 0; $i < 200; $i++) equal($c->get("key:$i"), "$i");
    $r->select(1);
    $one = $r->dbsize();
    $r->select(2);
    equal($one + $r->dbsize(), 200);
    equal($one > 20 && $one < 180, true);
    $r->select(0);
});

check("monitor: what others do", function () use ($r) {
    $monitor = connect()->monitor();
    $r->set('k', 'v');
    foreach ($monitor as $event) {
        if ($event->command != 'SET') continue;
        equal($event->arguments, '"k" "v"');
        break;
    }
    $monitor->stop();
});

check("slowlog: its length", function () use ($r) {
    $r->slowlog('RESET');
    equal(is_int($r->slowlog('LEN')), true);
});

check("lua: a script", function () use ($r) {
    equal($r->eval('return {KEYS[1], ARGV[1]}', 1, 'k', 'v'), ['k', 'v']);
});

echo "end\n";
