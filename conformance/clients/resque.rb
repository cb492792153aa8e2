# What Resque 2 sends in the life of its queues, workers and jobs, command by
# command as its data store does (with the prefix of redis-namespace).

require_relative "check"
require "json"

R = "resque:"
WORKER = "#{R}worker:host:1:mail,low"
ID = "host:1:mail,low"

def push(queue, job)
  $r.pipelined do |p|
    p.sadd("#{R}queues", [queue])
    p.rpush("#{R}queue:#{queue}", JSON.generate(job))
  end
end

def register
  $r.pipelined do |p|
    p.sadd("#{R}workers", [ID])
    p.set("#{WORKER}:started", Time.now.to_s)
  end
end

check("queues") do
  3.times { |i| push("mail", class: "Mail", args: [i]) }
  push("low", class: "Low", args: [])
  equal($r.smembers("#{R}queues").sort, %w[low mail])
  equal($r.llen("#{R}queue:mail"), 3)
  equal(JSON.parse($r.lindex("#{R}queue:mail", 0))["args"], [0])
  equal($r.lrange("#{R}queue:mail", 0, 1).size, 2)
  equal($r.lpop("#{R}queue:none"), nil)
  job = JSON.parse($r.lpop("#{R}queue:mail"))
  equal(job, "class" => "Mail", "args" => [0])
  equal($r.lrem("#{R}queue:mail", 0, JSON.generate(class: "Mail", args: [2])),
        1)
  equal($r.pipelined do |p|
    p.srem("#{R}queues", ["mail"])
    p.del("#{R}queue:mail")
  end, [1, 1])
  equal($r.smembers("#{R}queues"), %w[low])
end

check("a worker's day") do
  register
  equal($r.sismember("#{R}workers", ID), true)
  $r.hset("#{R}workers:heartbeat", ID, "now")
  20.times { |i| push("mail", class: "Mail", args: [i]) }
  done = 0
  while (job = $r.lpop("#{R}queue:mail"))
    equal($r.set(WORKER, JSON.generate(queue: "mail", payload: job)), "OK")
    equal($r.exists?(WORKER), true)
    if done % 5 == 4
      $r.pipelined do |p|
        p.incrby("#{R}stat:failed", 1)
        p.incrby("#{R}stat:failed:#{ID}", 1)
        p.rpush("#{R}failed", JSON.generate(payload: job, error: "x"))
      end
    end
    $r.pipelined do |p|
      p.del(WORKER)
      p.incrby("#{R}stat:processed", 1)
      p.incrby("#{R}stat:processed:#{ID}", 1)
    end
    done += 1
  end
  equal([done, $r.get("#{R}stat:processed"), $r.get("#{R}stat:failed")],
        [20, "20", "4"])
  equal($r.mapped_mget(WORKER, "#{WORKER}:started").values.map(&:nil?),
        [true, false])
  equal($r.hgetall("#{R}workers:heartbeat").keys, [ID])
  $r.pipelined do |p|
    p.srem("#{R}workers", [ID])
    p.del(WORKER)
    p.del("#{WORKER}:started")
    p.hdel("#{R}workers:heartbeat", ID)
    p.del("#{R}stat:processed:#{ID}", "#{R}stat:failed:#{ID}")
  end
  equal($r.keys("#{R}worker*"), [])
end

check("failed jobs") do
  5.times { |i| $r.rpush("#{R}failed", JSON.generate(n: i)) }
  equal($r.llen("#{R}failed"), 5)
  item = JSON.parse($r.lindex("#{R}failed", 1))
  equal($r.lset("#{R}failed", 1, JSON.generate(item.merge(retried_at: 1))),
        "OK")
  push("mail", item)
  sentinel = ""
  $r.lset("#{R}failed", 3, sentinel)
  equal($r.lrem("#{R}failed", 1, sentinel), 1)
  equal($r.lrange("#{R}failed", 0, -1).map { |j| JSON.parse(j)["n"] },
        [0, 1, 2, 4])
  equal($r.del("#{R}failed"), 1)
end

check("the pruning of dead workers") do
  lock = "#{R}pruning_dead_workers_in_progress"
  equal($r.set(lock, ID, ex: 60, nx: true), true)
  equal($r.set(lock, "other", ex: 60, nx: true), false)
  equal($r.time[0] > 1_500_000_000, true)
  register
  $r.hset("#{R}workers:heartbeat", ID, "long ago")
  equal($r.hget("#{R}workers:heartbeat", ID), "long ago")
  equal($r.smembers("#{R}workers"), [ID])
  equal($r.decrby("#{R}stat:processed", 2), -2)
  equal($r.del(lock), 1)
  equal($r.ping, "PONG")
  equal($r.info["redis_version"].to_i >= 7, true)
end

check("four workers share a queue") do
  400.times { |i| push("mail", args: [i]) }
  got = Queue.new
  4.times.map do
    Thread.new do
      client = Redis.new(port: $port)
      while (job = client.lpop("#{R}queue:mail"))
        got << JSON.parse(job)["args"][0]
      end
    end
  end.each(&:join)
  equal(Array.new(got.size) { got.pop }.sort, (0...400).to_a)
end

puts "end"
