# kv
dialect kv
dialect redis 7.0
additions 8.4
options --NAME VALUE
lacks cluster scripts

# bitmap
missing BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT
# cluster
missing ASKING READONLY READWRITE
# connection
missing CLIENT|CACHING CLIENT|GETREDIR CLIENT|NO-EVICT CLIENT|PAUSE
missing CLIENT|TRACKING CLIENT|TRACKINGINFO CLIENT|UNBLOCK CLIENT|UNPAUSE
# generic
missing MIGRATE SORT SORT_RO WAIT
# geo
missing GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER
missing GEORADIUSBYMEMBER_RO GEOSEARCH GEOSEARCHSTORE
# hash
missing HDEL HEXISTS HGET HGETALL HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET
missing HRANDFIELD HSCAN HSET HSETNX HSTRLEN HVALS
# hyperloglog
missing PFADD PFCOUNT PFDEBUG PFMERGE PFSELFTEST
# list
missing BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH LINDEX LINSERT LLEN LMOVE LMPOP
missing LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH RPUSH
missing RPUSHX
# pubsub
missing PSUBSCRIBE PUBLISH PUBSUB PUNSUBSCRIBE SPUBLISH SSUBSCRIBE SUBSCRIBE
missing SUNSUBSCRIBE UNSUBSCRIBE
# scripting
missing EVAL EVAL_RO EVALSHA EVALSHA_RO FCALL FCALL_RO FUNCTION SCRIPT
# server
missing ACL FAILOVER LATENCY LOLWUT MONITOR PSYNC
missing REPLCONF REPLICAOF RESTORE-ASKING SLAVEOF SLOWLOG SYNC
missing MEMORY|DOCTOR MEMORY|MALLOC-STATS MODULE|LOAD
missing MODULE|LOADEX MODULE|UNLOAD
# set
missing SADD SCARD SDIFF SDIFFSTORE SINTER SINTERCARD SINTERSTORE SISMEMBER
missing SMEMBERS SMISMEMBER SMOVE SPOP SRANDMEMBER SREM SSCAN SUNION
missing SUNIONSTORE
# sorted-set
missing BZMPOP BZPOPMAX BZPOPMIN ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY
missing ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE ZPOPMAX ZPOPMIN
missing ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM
missing ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE
missing ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION
missing ZUNIONSTORE
# stream
missing XACK XADD XAUTOCLAIM XCLAIM XDEL XGROUP XINFO XLEN XPENDING XRANGE
missing XREAD XREADGROUP XREVRANGE XSETID XTRIM
# string
missing LCS
# transactions
missing DISCARD EXEC MULTI UNWATCH WATCH

# later than 7.0
missing DIGEST HEXPIRE HEXPIREAT HEXPIRETIME HGETDEL HGETEX HPERSIST HPEXPIRE
missing HPEXPIREAT HPEXPIRETIME HPTTL HSETEX HTTL WAITAOF XACKDEL XDELEX

# exceptions among what kv has
known server.command.info.cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known generated.arity.cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known cluster.disabled.arity-first : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known server.debug.populate* : not there
known generated.cursor.scan-odd : a cursor is a place in the order of hashes, and has no NUL
known generated.case.object-refcount : values are not shared: the count is 1
known server.info.commandstats : commands are not timed
known server.info.latencystats : commands are not timed
known persistence.bgrewriteaof.starts-or-says-why-not : without a log there is nothing to rewrite, and kv says so
known persistence.bgrewriteaof.without-a-log : without a log there is nothing to rewrite, and kv says so
known server.save.bgrewriteaof : without a log there is nothing to rewrite, and kv says so
known reply.errors.err-config : port cannot change at run time
