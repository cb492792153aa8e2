# redis-server 7.0, the reference of this suite
dialect redis 7.0
options --NAME VALUE
lacks nested
