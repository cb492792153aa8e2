# redis-rb: a shop's carts, stock, leaderboard, log and news.

require_relative "check"
require "redis/distributed"

check("strings and hashes") do
  equal($r.set("k", "v", ex: 100, nx: true), true)
  equal($r.set("k", "v", nx: true), false)
  equal($r.set("k", "w", get: true), "v")
  equal($r.getset("k", "x"), "w")
  equal($r.mapped_mset("a" => "1", "b" => "2"), "OK")
  equal($r.mapped_mget("a", "b", "c"), "a" => "1", "b" => "2", "c" => nil)
  equal($r.incrbyfloat("a", 0.5), 1.5)
  equal($r.setbit("bits", 3, 1), 0)
  equal($r.getrange("k", 0, -1), "x")
  blob = (0..255).to_a.pack("C*") * 1000
  $r.set("blob", blob)
  equal($r.get("blob").b, blob)
  $r.mapped_hmset("h", "name" => "socks", "price" => 5)
  equal($r.hgetall("h"), "name" => "socks", "price" => "5")
  equal($r.hincrbyfloat("h", "price", 0.25), 5.25)
  equal($r.mapped_hmget("h", "name", "no"), "name" => "socks", "no" => nil)
  equal($r.hset("h", "x" => 1, "y" => 2), 2)
  equal($r.hscan_each("h").to_a.size, 4)
  equal($r.expire("h", 100), true)
  equal($r.ttl("h"), 100)
  raises(Redis::CommandError, "WRONGTYPE") { $r.lpush("h", 1) }
  raises(Redis::CommandError, "not an integer") { $r.incr("k") }
end

check("a cart") do
  cart = ->(user) { "cart:#{user}" }
  got = $r.multi do |m|
    m.hincrby(cart[7], "socks", 2)
    m.hincrby(cart[7], "hat", 1)
    m.expire(cart[7], 3600)
    m.hgetall(cart[7])
  end
  equal(got, [2, 1, true, { "socks" => "2", "hat" => "1" }])
  $r.set("stock:socks", 3)
  buy = lambda do |client, n|
    client.watch("stock:socks") do
      left = client.get("stock:socks").to_i
      if left < n
        client.unwatch
        next nil
      end
      got = client.multi { |m| m.decrby("stock:socks", n) }
      got && got[0]
    end
  end
  equal(buy[$r, 2], 1)
  equal(buy[$r, 2], nil)
  sold = Queue.new
  $r.set("stock:socks", 30)
  4.times.map do
    Thread.new do
      client = Redis.new(port: $port)
      10.times { sold << 1 if buy[client, 1] }
      client.close
    end
  end.each(&:join)
  equal($r.get("stock:socks").to_i, 30 - sold.size)
  raises(Redis::CommandError, "WRONGTYPE") do
    $r.multi { |m| m.set("s", 1); m.lpush("s", 1) }
  end
end

check("a pipeline with futures") do
  one = two = nil
  all = $r.pipelined do |p|
    one = p.incr("n")
    two = p.hgetall("none")
    5000.times { |i| p.set("k#{i}", i) }
  end
  equal([one.value, two.value, all.size], [1, {}, 5002])
  equal($r.scan_each(match: "k1*", count: 500).to_a.uniq.size, 1111)
  equal($r.pipelined { |p| 100.times { |i| p.get("k#{i}") } },
        (0...100).map(&:to_s))
end

check("a leaderboard") do
  equal($r.zadd("board", [[10, "ann"], [20, "bob"], [15.5, "cyd"]]), 3)
  equal($r.zincrby("board", 7, "ann"), 17.0)
  equal($r.zrevrange("board", 0, 1, with_scores: true),
        [["bob", 20.0], ["ann", 17.0]])
  equal($r.zrevrank("board", "cyd"), 2)
  equal($r.zrangebyscore("board", "(15.5", "+inf", limit: [0, 5]),
        %w[ann bob])
  equal($r.zadd("board", 1, "bob", gt: true), false)
  equal($r.zcount("board", 16, 18), 1)
  equal($r.zunionstore("all", %w[board board], weights: [1, 2]), 3)
  equal($r.zscore("all", "bob"), 60.0)
  equal($r.zpopmax("board"), ["bob", 20.0])
  equal($r.zscan_each("board").to_a.sort, [["ann", 17.0], ["cyd", 15.5]])
  $r.zadd("inf", Float::INFINITY, "x")
  equal($r.zscore("inf", "x"), Float::INFINITY)
end

check("lists, sets and sorting") do
  $r.rpush("l", %w[c a b])
  equal($r.sort("l", order: "desc alpha"), %w[c b a])
  equal($r.lrange("l", -2, -1), %w[a b])
  equal($r.lmove("l", "m", "LEFT", "RIGHT"), "c")
  equal($r.linsert("l", "after", "a", "x"), 3)
  equal($r.lpop("l", 2), %w[a x])
  $r.sadd("s", %w[a b c])
  $r.sadd("t", %w[b c d])
  equal($r.sinter("s", "t").sort, %w[b c])
  equal($r.smove("s", "t", "a"), true)
  equal($r.smismember("t", "a", "z"), [true, false])
  equal($r.sscan_each("t").to_a.sort, %w[a b c d])
  equal($r.spop("t", 10).sort, %w[a b c d])
  equal($r.exists?("t"), false)
end

check("pub/sub") do
  got = []
  ready = Queue.new
  thread = Thread.new do
    Redis.new(port: $port).subscribe("news", "end") do |on|
      on.subscribe { |channel, total| ready << [channel, total] }
      on.message do |channel, message|
        got << message
        raise StopIteration if channel == "end"
      end
    end
  rescue StopIteration
    nil
  end
  equal([ready.pop, ready.pop], [["news", 1], ["end", 2]])
  100.times { |i| $r.publish("news", "item #{i}") }
  equal($r.publish("end", "x"), 1)
  thread.join
  equal(got, (0...100).map { |i| "item #{i}" } + ["x"])
  other = Redis.new(port: $port)
  raises(Redis::TimeoutError, "") do
    other.psubscribe_with_timeout(0.05, "n*") do |on|
      on.pmessage { |*all| got << all }
      on.psubscribe { |*| $r.publish("news", "p") }
    end
  end
  equal(got.last, ["n*", "news", "p"])
end

check("streams") do
  ids = (0...50).map { |i| $r.xadd("log", { "n" => i }) }
  equal($r.xlen("log"), 50)
  equal($r.xrange("log", ids[48]).map { |_, f| f["n"] }, %w[48 49])
  equal($r.xgroup(:create, "log", "g", "0"), "OK")
  got = $r.xreadgroup("g", "c1", "log", ">", count: 10)["log"]
  equal(got.map { |id, _| id }, ids[0, 10])
  equal($r.xack("log", "g", ids[0, 4]), 4)
  equal($r.xpending("log", "g")["size"], 6)
  equal($r.xclaim("log", "g", "c2", 0, ids[4]).map(&:first), [ids[4]])
  equal($r.xautoclaim("log", "g", "c3", 0, "0-0", count: 2)["entries"].size, 2)
  equal($r.xinfo(:stream, "log")["length"], 50)
  equal($r.xtrim("log", 5), 45)
  equal($r.xread("log", ids[48])["log"], [[ids[49], { "n" => "49" }]])
end

check("the server and its connections") do
  equal($r.ping, "PONG")
  equal($r.info["role"], "master")
  equal($r.config(:get, "maxmemory-policy"), "maxmemory-policy" => "noeviction")
  raises(Redis::CommandError, "unknown command") { $r.call("NOSUCH") }
  victim = Redis.new(port: $port, id: "victim", reconnect_attempts: 1)
  victim.client(:setname, "victim")
  line = $r.client(:list).find { |c| c["name"] == "victim" }
  $r.client(:kill, line["addr"])
  equal(victim.set("k", "v"), "OK")
  equal($r.object("encoding", "k"), "embstr")
  $r.restore("copy", 0, $r.dump("k"))
  equal($r.get("copy"), "v")
  equal(Redis.new(port: $port, db: 3).dbsize, 0)
  equal($r.geoadd("g", 13.361389, 38.115556, "Palermo"), 1)
  equal($r.geodist("g", "Palermo", "Palermo"), "0.0000")
  equal($r.time.size, 2)
  equal($r.debug("sleep", "0"), "OK")
end

check("a distributed client") do
  d = Redis::Distributed.new((0...3).map { |i| { port: $port, db: i } })
  300.times { |i| d.set("key:#{i}", i) }
  equal((0...300).map { |i| d.get("key:#{i}").to_i }, (0...300).to_a)
  sizes = (0...3).map { |i| Redis.new(port: $port, db: i).dbsize }
  equal([sizes.sum, sizes.min > 0], [300, true])
end

check("blocking lists: a worker") do
  equal($r.blpop("q", timeout: 0.05), nil)
  got = Queue.new
  worker = Thread.new do
    client = Redis.new(port: $port)
    3.times { got << client.brpop("urgent", "q", timeout: 5) }
  end
  $r.lpush("q", "one")
  equal(got.pop, %w[q one])
  $r.lpush("urgent", "two")
  equal(got.pop, %w[urgent two])
  $r.lpush("q", "three")
  equal(got.pop, %w[q three])
  worker.join
  $r.lpush("a", "x")
  equal($r.blmove("a", "b", "LEFT", "RIGHT", timeout: 1), "x")
end

check("blocking zsets: the next") do
  $r.zadd("z", 1, "a")
  equal($r.bzpopmin("no", "z", timeout: 1), ["z", "a", 1.0])
  equal($r.bzpopmax("z", timeout: 0.05), nil)
end

check("blocking streams: news") do
  got = Thread.new { Redis.new(port: $port).xread("s", "$", block: 5000) }
  sleep 0.1
  id = $r.xadd("s", { "a" => "b" })
  equal(got.value, "s" => [[id, { "a" => "b" }]])
end

check("monitor: a line for each command") do
  got = Queue.new
  Thread.new { Redis.new(port: $port).monitor { |line| got << line } }
  equal(Timeout.timeout(2) { got.pop }, "OK")
  $r.set("k", "v")
  line = got.pop until line&.include?('"set"')
  equal(line.sub(/.*\] /, ""), '"set" "k" "v"')
end

check("slowlog: its length") do
  $r.slowlog(:reset)
  equal($r.slowlog(:len).class, Integer)
end

check("lua: a script") do
  equal($r.eval("return {KEYS[1], ARGV[1]}", %w[k], %w[v]), %w[k v])
  raises(Redis::CommandError, "NOSCRIPT") { $r.evalsha("0" * 40) }
end

puts "end"
