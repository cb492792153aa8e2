# What the programs in Ruby share: a check is a block with a name.

require "redis"
require "timeout"

$port = ARGV[0].to_i
$r = Redis.new(port: $port, timeout: 5)

def check(name)
  $r.flushall
  Timeout.timeout(20) { yield }
  puts "ok #{name}"
rescue StandardError => e
  puts "not ok #{name}", "    #{e.class}: #{e.message}".gsub("\n", "\n    "),
       e.backtrace.grep(/clients/).map { |line| "    " + line }
ensure
  $stdout.flush
end

def equal(got, wanted)
  raise "got #{got.inspect}, wanted #{wanted.inspect}" unless got == wanted
end

def raises(kind, words)
  yield
rescue kind => e
  raise "another error: #{e.message}" unless e.message.include?(words)
else
  raise "no error"
end
