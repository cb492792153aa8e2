# A second's look at any server: framing, and the commands that everybody uses.
dialect redis 7.0
options --NAME VALUE
lacks debug nested
select request.inline.crlf request.inline.lf request.inline.quotes.double
select request.multibulk.*[resp2,plain]
select request.pipeline.two request.pipeline.mixed request.lifecycle.quit*
select session.ping session.select
select string.set-*[*,plain] string.get*[*,plain] string.incr*[*,plain]
