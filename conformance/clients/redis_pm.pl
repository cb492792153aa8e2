# Redis.pm: commands, pipelines with callbacks, transactions, pub/sub, tied
# variables, and connections that come back.

use strict;
use warnings;
use Redis;
use Redis::Hash;
use Redis::List;
use Time::HiRes qw(sleep time);

$| = 1;
my $server = "127.0.0.1:$ARGV[0]";
my $r = Redis->new(server => $server, reconnect => 2, every => 1000);

sub check {
    my ($name, $run) = @_;
    my $good = eval {
        local $SIG{ALRM} = sub { die "not in time\n" };
        alarm 20;
        $r->flushall;
        $run->();
        alarm 0;
        1;
    };
    alarm 0;
    (my $why = $@) =~ s/\n/\n    /g;
    print $good ? "ok $name\n" : "not ok $name\n    $why\n";
}

sub text {
    my ($x) = @_;
    return ref $x eq 'ARRAY' ? '[' . join(',', map { text($_) } @$x) . ']'
        : ref $x eq 'HASH' ? '{' . join(',', map { "$_=" . text($x->{$_}) }
            sort keys %$x) . '}'
        : defined $x ? "$x" : 'undef';
}

sub equal {
    my ($got, $wanted) = map { text($_) } @_;
    die "got $got, wanted $wanted at line " . (caller)[2] . "\n"
        unless $got eq $wanted;
}

sub raises {
    my ($words, $run) = @_;
    die "no error at line " . (caller)[2] . "\n" if eval { $run->(); 1 };
    die "another error: $@" unless $@ =~ /$words/;
}

check("commands", sub {
    equal($r->set(greeting => 'hello'), 'OK');
    equal($r->get('greeting'), 'hello');
    equal($r->get('nothing'), undef);
    equal($r->set('greeting', 'x', 'NX'), undef);
    equal($r->setex('short', 100, 'v'), 'OK');
    equal($r->ttl('short'), 100);
    equal($r->incrby('n', 41), 41);
    equal([$r->mget('greeting', 'n', 'z')], ['hello', 41, undef]);
    my $blob = join '', map { chr } 0 .. 255;
    $r->set(blob => $blob x 500);
    equal($r->get('blob') eq $blob x 500, 1);
    equal($r->rpush('l', 'a' .. 'e'), 5);
    equal([$r->lrange('l', 1, -2)], ['b' .. 'd']);
    equal($r->sadd('s', 'x', 'y', 'x'), 2);
    equal([sort $r->smembers('s')], ['x', 'y']);
    equal($r->hmset('h', a => 1, b => 2), 'OK');
    equal({$r->hgetall('h')}, {a => 1, b => 2});
    equal($r->zadd('z', 1.5, 'm', 2, 'n'), 2);
    equal([$r->zrangebyscore('z', '(1.5', '+inf', 'WITHSCORES')], ['n', 2]);
    equal([$r->sort('l', 'ALPHA', 'DESC', 'LIMIT', 0, 2)], ['e', 'd']);
    raises('WRONGTYPE', sub { $r->lpush('h', 1) });
    raises('unknown command', sub { $r->nosuch('x') });
    equal($r->exists('h'), 1);
    equal($r->del('h', 'z', 'none'), 2);
});

check("keys and scans", sub {
    $r->set("key:$_" => $_, sub { }) for 1 .. 1000;
    $r->wait_all_responses;
    equal($r->dbsize, 1000);
    my ($cursor, %seen) = (0);
    do {
        ($cursor, my $keys) = $r->scan($cursor, MATCH => 'key:1*',
                                       COUNT => 100);
        $seen{$_}++ for @$keys;
    } while ($cursor);
    equal(scalar(keys %seen), 112);
    equal(scalar(my @keys = $r->keys('key:99?')), 10);
    equal($r->rename('key:1', 'other'), 'OK');
    equal($r->type('other'), 'string');
    equal($r->restore('back', 0, $r->dump('other')), 'OK');
    equal($r->get('back'), 1);
    $r->select(2);
    equal($r->dbsize, 0);
    $r->select(0);
});

check("a pipeline with callbacks", sub {
    my ($sum, $errors) = (0, 0);
    for my $i (1 .. 5000) {
        $r->incr('n', sub { $sum += $_[0] });
        $r->lpush('n', 1, sub { $errors++ if ($_[1] || '') =~ /^WRONGTYPE/ })
            if $i % 1000 == 0;
    }
    $r->wait_all_responses;
    equal([$sum, $errors], [5000 * 5001 / 2, 5]);
});

check("transactions", sub {
    $r->multi;
    $r->set('a', 1, sub { });
    $r->incr('a', sub { });
    $r->lpush('a', 1, sub { });
    my @got;
    $r->exec(sub { @got = @{ $_[0] } });
    $r->wait_all_responses;
    equal([map { $_->[0] } @got], ['OK', 2, undef]);
    equal($got[2][1] =~ /^WRONGTYPE/, 1);
    $r->watch('a');
    Redis->new(server => $server)->set('a', 7);
    $r->multi;
    equal($r->incr('a'), 'QUEUED');
    equal(scalar(my @none = grep { defined } $r->exec), 0);
    equal($r->get('a'), 7);
    $r->multi;
    $r->set('a', 8);
    equal($r->discard, 'OK');
    equal($r->get('a'), 7);
});

check("pub/sub", sub {
    my $sub = Redis->new(server => $server);
    my @got;
    my $news = sub { push @got, join ' ', @_ };
    $sub->subscribe('news', 'other', $news);
    my $any = sub { push @got, join ' ', 'p', @_ };
    $sub->psubscribe('w*', $any);
    equal($r->publish('news', "item $_"), 1) for 1 .. 100;
    $r->publish('wx', 'rain');
    while (@got < 101) { $sub->wait_for_messages(1) or die "late\n" }
    equal([@got[0, 99, 100]], ['item 1 news news', 'item 100 news news',
                               'p rain wx w*']);
    equal([$r->pubsub_channels], ['news', 'other'])
        if $r->can('pubsub_channels');
    $sub->unsubscribe('news', 'other', $news);
    $sub->punsubscribe('w*', $any);
    equal($sub->is_subscriber, 0);
    equal($sub->ping, 'PONG');
});

check("tied variables", sub {
    tie my %h, 'Redis::Hash', 'people', server => $server;
    @h{qw(ann bob)} = (31, 42);
    equal([sort keys %h], ['ann', 'bob']);
    equal($h{ann}, 31);
    delete $h{bob};
    equal(exists $h{bob} ? 1 : 0, 0);
    tie my @l, 'Redis::List', 'jobs', server => $server;
    push @l, 'a' .. 'd';
    equal([shift @l, pop @l, scalar @l], ['a', 'd', 2]);
    equal([@l], ['b', 'c']);
    equal([sort $r->keys('*')], ['jobs', 'people:ann'] );
});

check("the server and its connections", sub {
    my $info = $r->info;
    equal($info->{role}, 'master');
    equal($info->{redis_version} =~ /^7/, 1);
    equal({$r->config_get('maxmemory-policy')},
          {'maxmemory-policy' => 'noeviction'});
    my $victim = Redis->new(server => $server, name => 'victim',
                            reconnect => 2, every => 1000);
    my ($line) = grep { /name=victim/ } split /\n/, $r->client_list;
    my ($id) = $line =~ /id=(\d+)/;
    equal($r->client_kill('ID', $id), 1);
    equal($victim->set('k', 'v'), 'OK');
    equal($victim->client_getname, 'victim');
    equal($r->time > 1, 1);
    equal($r->ping, 'PONG');
});

check("streams", sub {
    my @ids = map { $r->xadd('s', '*', n => $_) } 1 .. 10;
    equal($r->xlen('s'), 10);
    my @got = $r->xrange('s', $ids[8], '+');
    equal(\@got, [[$ids[8], ['n', 9]], [$ids[9], ['n', 10]]]);
    $r->xgroup('CREATE', 's', 'g', 0);
    my ($stream) = $r->xreadgroup('GROUP', 'g', 'c', 'COUNT', 3, 'STREAMS',
                                  's', '>');
    equal(scalar @{ $stream->[1] }, 3);
    equal($r->xack('s', 'g', @ids[0, 1]), 2);
});

check("blocking lists: a child works", sub {
    equal(scalar(grep { defined } $r->blpop('q', 0.05)), 0);
    my $child = fork // die;
    if (!$child) {
        my $c = Redis->new(server => $server);
        $c->rpush('done', 2 * ($c->brpop('q', 5))[1]) for 1 .. 20;
        require POSIX;
        POSIX::_exit(0);
    }
    $r->lpush('q', $_) for 1 .. 20;
    equal([map { ($r->blpop('done', 5))[1] } 1 .. 20],
          [map { 2 * $_ } 1 .. 20]);
    waitpid $child, 0;
});

check("slowlog: its length", sub {
    $r->slowlog('RESET');
    equal($r->slowlog('LEN') =~ /^\d+$/, 1);
});

check("lua: a script", sub {
    equal([$r->eval('return {KEYS[1], ARGV[1]}', 1, 'k', 'v')], ['k', 'v']);
});

print "end\n";
