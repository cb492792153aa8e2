# kv
dialect kv
dialect redis 7.0
additions 8.10
options --NAME VALUE
lacks cluster scripts

# cluster
missing ASKING READONLY READWRITE
# connection
# generic
missing MIGRATE
# scripting
missing EVAL EVAL_RO EVALSHA EVALSHA_RO FCALL FCALL_RO FUNCTION SCRIPT
# server
missing ACL FAILOVER PSYNC
missing REPLCONF REPLICAOF RESTORE-ASKING SLAVEOF SYNC
missing MODULE|LOAD
missing MODULE|LOADEX MODULE|UNLOAD

# exceptions among what kv has
known server.command.info.cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known generated.arity.cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known cluster.disabled.arity-first : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known server.debug.populate* : not there
known generated.cursor.scan-odd : a cursor is a place in the order of hashes, and has no NUL
known generated.case.object-refcount : values are not shared: the count is 1
known persistence.bgrewriteaof.starts-or-says-why-not : without a log there is nothing to rewrite, and kv says so
known persistence.bgrewriteaof.without-a-log : without a log there is nothing to rewrite, and kv says so
known server.save.bgrewriteaof : without a log there is nothing to rewrite, and kv says so
known session.pubsub.pubsub-help : help is in kv's own words
known session.pubsub.resp2-refuses-cluster-* : no subcommands of CLUSTER: all of them answer that cluster support is disabled
known session.pubsub.resp3-push-before-its-reply : a client's own reply comes before the push that it caused
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
known stream.xread-block.added-and-deleted-at-once : an entry that is gone again wakes nobody: it waits, as later servers do
known stream.xread-block.trimmed-at-once : an entry that is gone again wakes nobody: it waits, as later servers do
known stream.xreadgroup-block.added-and-deleted-at-once : an entry that is gone again wakes nobody: it waits, as later servers do
