# kv
dialect kv
dialect redis 7.0
additions 8.10
options --NAME VALUE
lacks cluster scripts

# cluster
missing ASKING READONLY READWRITE
# connection
missing CLIENT|CACHING CLIENT|GETREDIR CLIENT|NO-EVICT CLIENT|PAUSE
missing CLIENT|TRACKING CLIENT|TRACKINGINFO CLIENT|UNBLOCK CLIENT|UNPAUSE
# generic
missing MIGRATE WAIT
# list
missing BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH
# scripting
missing EVAL EVAL_RO EVALSHA EVALSHA_RO FCALL FCALL_RO FUNCTION SCRIPT
# server
missing ACL FAILOVER LATENCY MONITOR PSYNC
missing REPLCONF REPLICAOF RESTORE-ASKING SLAVEOF SLOWLOG SYNC
missing MODULE|LOAD
missing MODULE|LOADEX MODULE|UNLOAD
# sorted-set
missing BZMPOP BZPOPMAX BZPOPMIN

# later than 7.0
missing WAITAOF

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
known session.pubsub.pubsub-help : help is in kv's own words
known session.pubsub.resp2-refuses-cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known session.pubsub.resp3-push-before-its-reply : a client's own reply comes before the push that it caused
known contract.sentinel.watch : there is no replication
known request.unknown-subcommand.cluster[*multi] : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known generated.subcommand.cluster[*multi] : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known cluster.disabled.unknown-subcommand[*multi] : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known session.multi.queue-error-noreplicas : there is no replication
known reply.errors.err-config[*plain] : port cannot change at run time
known reply.errors.err-config[*pipelined] : port cannot change at run time
known reply.errors.err-config[*bytewise] : port cannot change at run time
known reply.errors.err-config[*split] : port cannot change at run time
known reply.errors.err-config[*inline] : port cannot change at run time
known reply.errors.noreplicas : there is no replication
known museum.dragonfly.8056.blocked : BLOCK answers at once: no command waits yet
known server.command.info.zrank : the option WITHSCORE, of a later Redis
known server.command.info.zrevrank : the option WITHSCORE, of a later Redis
known zset.zrank.withscore-not-before-7-2 : the option is of a later Redis
known zset.zrevrank.withscore-not-before-7-2 : the option is of a later Redis
known generated.arity.zrank : the option WITHSCORE, of a later Redis
known generated.arity.zrevrank : the option WITHSCORE, of a later Redis
known reply.appendix.zrank : the option WITHSCORE, of a later Redis
known reply.nulls.zset-withscore : the option WITHSCORE, of a later Redis
known generated.cursor.hscan-odd : a cursor is a place in the order of hashes, and has no NUL
known generated.cursor.sscan-odd : a cursor is a place in the order of hashes, and has no NUL
known generated.cursor.zscan-odd : a cursor is a place in the order of hashes, and has no NUL
known reply.numbers.double-digits : doubles in the shortest form that reads back
known reply.numbers.double-exponent : doubles in the shortest form that reads back
known reply.numbers.double-limits : doubles in the shortest form that reads back
known list.encoding.nodes : chunks of lists are kv's own
known stream.xread.plus : the option + of XREAD, of a later Redis
known stream.xinfo-stream.radix-tree : blocks of streams stand in no radix tree
known stream.xread-block.added-and-key-deleted-at-once : BLOCK answers at once: no command waits yet
known stream.xread-block.all-fields : BLOCK answers at once: no command waits yet
known stream.xread-block.discarded-transaction : BLOCK answers at once: no command waits yet
known stream.xread-block.dollar-after-delete-is-the-last-id : BLOCK answers at once: no command waits yet
known stream.xread-block.dollar-is-the-last-id-at-that-time : BLOCK answers at once: no command waits yet
known stream.xread-block.every-waiter-is-served : BLOCK answers at once: no command waits yet
known stream.xread-block.from-an-id : BLOCK answers at once: no command waits yet
known stream.xread-block.greater-ids-only : BLOCK answers at once: no command waits yet
known stream.xread-block.news-do-not-wait : BLOCK answers at once: no command waits yet
known stream.xread-block.other-databases-do-not-wake : BLOCK answers at once: no command waits yet
known stream.xread-block.other-types-do-not-wake : BLOCK answers at once: no command waits yet
known stream.xread-block.refused-adds-do-not-wake : BLOCK answers at once: no command waits yet
known stream.xread-block.same-stream-twice : BLOCK answers at once: no command waits yet
known stream.xread-block.several-streams-in-a-transaction : BLOCK answers at once: no command waits yet
known stream.xread-block.several-streams-one-wakes : BLOCK answers at once: no command waits yet
known stream.xread-block.transaction-delivers-all : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-move : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-rename : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-renamenx : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-xadd : BLOCK answers at once: no command waits yet
known stream.xread-block.added-and-deleted-at-once : BLOCK answers at once: no command waits yet
known stream.xread-block.count : BLOCK answers at once: no command waits yet
known stream.xread-block.deleting-does-not-end-it : BLOCK answers at once: no command waits yet
known stream.xread-block.other-streams-do-not-wake : BLOCK answers at once: no command waits yet
known stream.xread-block.trimmed-at-once : BLOCK answers at once: no command waits yet
known stream.xread-block.waits-again : BLOCK answers at once: no command waits yet
known stream.xread-block.what-adds-nothing-does-not-wake : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-rename-of-greater-ids : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.del : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.flushall-async : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.flushdb : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.group-destroyed : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.other-group-destroyed : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.added-and-deleted-at-once : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.commands-behind-it-wait : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.consumer-deleted-while-waiting : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.count : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.first-come-first-served : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.news-do-not-wait : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.same-consumer-twice : BLOCK answers at once: no command waits yet
known stream.xread-block.commands-behind-it-wait : BLOCK answers at once: no command waits yet
known stream.xread-block.timeout-too-large-to-end : BLOCK answers at once: no command waits yet
known stream.xread-block.two-waits-in-one-send : BLOCK answers at once: no command waits yet
known stream.xread-block.waiters-of-both-protocols : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-copy : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-restore : BLOCK answers at once: no command waits yet
known stream.xread-block.woken-by-swapdb : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.expire-in-the-past : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.flushall : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.group-destroyed-and-made-again : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.group-destroyed-for-all-who-wait : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.rename-away : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.set-over-it : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.unlink : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.every-group-is-served : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.noack : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.one-of-a-group-is-served : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.other-reader-was-faster : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.several-streams : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block.woken-by-xadd : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.all-who-wait : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.del-and-made-again-without-the-group : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.expired : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.move-away : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.nothing-is-left-behind : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.one-of-several-streams : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.rename-over-it : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.renamed-over-with-the-group : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.restored-string : BLOCK answers at once: no command waits yet
known stream.xreadgroup-block-gone.swapdb : BLOCK answers at once: no command waits yet
