-- redis-lua: commands, pipelines, transactions with check and set, pub/sub.

local redis = require "redis"
local port = tonumber(arg[1])
local function connect()
    return redis.connect("127.0.0.1", port)
end
local r = connect()

local function check(name, run)
    r:flushall()
    local good, why = xpcall(run, function(e)
        return type(e) == "table" and tostring(e.message) or
            debug.traceback(tostring(e))
    end)
    print(good and "ok " .. name or "not ok " .. name .. "\n    " ..
        tostring(why):gsub("\n", "\n    "))
    io.flush()
end

local function text(x)
    if type(x) ~= "table" then return tostring(x) end
    local parts, keys = {}, {}
    for k in pairs(x) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for i, k in ipairs(keys) do parts[i] = tostring(k) .. "=" .. text(x[k]) end
    return "{" .. table.concat(parts, ",") .. "}"
end

local function equal(got, wanted)
    got, wanted = text(got), text(wanted)
    if got ~= wanted then
        error("got " .. got .. ", wanted " .. wanted, 2)
    end
end

local function raises(words, run)
    local good, why = pcall(run)
    if type(why) == "table" then why = why.message end
    if good or not tostring(why):find(words, 1, true) then
        error("wanted an error with " .. words .. ", got " .. tostring(why), 2)
    end
end

check("commands", function()
    equal(r:set("greeting", "hello"), true)
    equal(r:get("greeting"), "hello")
    equal(r:get("nothing"), nil)
    equal(r:setnx("greeting", "x"), false)
    equal(r:mset({a = 1, b = 2}), true)
    equal(r:mget("a", "b"), {"1", "2"})
    equal(r:incrbyfloat("a", 0.5), 1.5)
    equal(r:expire("a", 100), true)
    equal(r:ttl("a"), 100)
    local blob = {}
    for i = 0, 255 do blob[i + 1] = string.char(i) end
    blob = table.concat(blob):rep(1000)
    equal(r:set("blob", blob), true)
    equal(r:get("blob") == blob, true)
    equal(r:rpush("l", "c", "a", "b"), 3)
    equal(r:sort("l", {sort = "desc", alpha = true}), {"c", "b", "a"})
    equal(r:linsert("l", "before", "a", "x"), 4)
    equal(r:lrange("l", 0, -1), {"c", "x", "a", "b"})
    equal(r:hmset("h", {name = "x", n = 1}), true)
    equal(r:hgetall("h"), {name = "x", n = "1"})
    equal(r:hincrby("h", "n", 5), 6)
    equal(r:sadd("s", "a", "b"), 2)
    equal(r:sismember("s", "a"), true)
    equal(r:zadd("z", 1, "a", 2, "b"), 2)
    equal(r:zrange("z", 0, -1, {withscores = true}), {{"a", "1"}, {"b", "2"}})
    equal(r:zunionstore("y", 2, "z", "s", {weights = {2, 1}}), 2)
    equal(r:zscore("y", "b"), "5")
    raises("WRONGTYPE", function() r:lpush("h", "x") end)
    equal(r:exists("h"), true)
    equal(r:del("h", "z"), 2)
end)

check("scans", function()
    for i = 1, 1000 do r:set("key:" .. i, i) end
    local cursor, seen = 0, {}
    repeat
        local got = r:scan(cursor, {match = "key:1*", count = 100})
        cursor = got[1]
        for _, k in ipairs(got[2]) do seen[k] = true end
    until cursor == "0"
    local n = 0
    for _ in pairs(seen) do n = n + 1 end
    equal(n, 112)
end)

check("a pipeline", function()
    local got, n = r:pipeline(function(p)
        for i = 1, 1000 do p:incrby("n", i) end
        p:hmset("h", {a = "b"})
        p:hgetall("h")
        p:exists("n")
    end)
    equal(n, 1003)
    equal({got[1000], got[1001], got[1002], got[1003]},
        {500500, true, {a = "b"}, true})
end)

check("transactions", function()
    equal((r:transaction(function(t)
        t:set("a", 1)
        t:incr("a")
        t:hset("h", "f", "v")
        t:hgetall("h")
    end)), {true, 2, true, {f = "v"}})
    local other, tries = connect(), 0
    local got = r:transaction({watch = {"a"}, cas = true, retry = 5},
        function(t)
            local a = tonumber(t:get("a"))
            tries = tries + 1
            if tries < 3 then other:incr("a") end
            t:multi()
            t:set("a", a * 10)
        end)
    equal({got[1], tries, r:get("a")}, {true, 3, "40"})
    raises("aborted", function()
        r:transaction({watch = "a", cas = true, retry = 0}, function(t)
            other:incr("a")
            t:multi()
            t:set("a", 0)
        end)
    end)
    equal(r:get("a"), "41")
end)

check("pub/sub", function()
    local other, got = connect(), {}
    for m, abort in r:pubsub({subscribe = {"news", "end"},
                              psubscribe = {"w*"}}) do
        if m.kind == "psubscribe" then
            for i = 1, 100 do other:publish("news", "item " .. i) end
            other:publish("wx", "rain")
            other:publish("end", "x")
        elseif m.kind == "message" and m.channel == "end" then
            abort()
        elseif m.payload and m.kind:find("message") then
            got[#got + 1] = m.channel .. " " .. m.payload
        end
    end
    equal({#got, got[1], got[100], got[101]},
        {101, "news item 1", "news item 100", "wx rain"})
    equal(r:ping(), true)
end)

check("the server", function()
    equal(r:info().replication.role, "master")
    equal(r:config("get", "maxmemory-policy")["maxmemory-policy"],
        "noeviction")
    equal(#r:time(), 2)
    equal(r:dbsize(), 0)
    equal(r:echo("x"), "x")
    r:select(3)
    equal(r:dbsize(), 0)
    r:select(0)
end)

check("blocking lists: what is there and what is not", function()
    r:rpush("q", "a", "b")
    equal(r:blpop("no", "q", 1), {"q", "a"})
    equal(r:brpoplpush("q", "r", 1), "b")
    equal(r:blpop("q", 1), nil)
end)

check("monitor: a line for each command", function()
    local line
    os.execute("(sleep 0.2; redis-cli -p " .. port .. " set k v) >/dev/null &")
    for m, abort in connect():monitor_messages() do
        if m.command == "set" then
            line = m.command .. " " .. m.arguments
            abort()
        end
    end
    equal(line, 'set "k" "v"')
end)

check("slowlog: its length", function()
    equal(r:slowlog("reset"), true)
    equal(type(r:slowlog("len")), "number")
end)

check("lua: a script", function()
    equal(r:eval("return {KEYS[1], ARGV[1]}", 1, "k", "v"), {"k", "v"})
end)

print("end")
