"""Users and their rights. The users that a case makes are deleted after it;
their name is u, and they may ECHO, which ends every case."""

import hashlib

from conformance.cases import *  # noqa: F403
from conformance.expect import Want, leaf

case = area("acl")

NEW = "ACL SETUSER u "
USER = "ACL SETUSER u on >pw +echo "     # b logs in as this one
LOGIN = ("b", "AUTH u pw", OK)
WRONGPASS = E("WRONGPASS invalid username-password pair or user is "
              "disabled.")
NO_KEY_PERM = E("NOPERM this user has no permissions to access one of the "
                "keys used as arguments")
NO_CHANNEL_PERM = E("NOPERM this user has no permissions to access one of "
                    "the channels used as arguments")
UNKNOWN_RULE = "Unknown command or category name in ACL"
HASH_RULE = ("The password hash must be exactly 64 characters and contain "
             "only lowercase hexadecimal characters")
NO_DEFAULT = E("ERR The 'default' user cannot be removed")
ABORT = E("EXECABORT Transaction discarded because of previous errors.")


def sha(password):
    return hashlib.sha256(password.encode()).hexdigest()


def noperm(command):
    return E("NOPERM this user has no permissions to run the '%s' command" %
             command)


def rule_error(rule, text):
    return E("ERR Error in ACL SETUSER modifier '%s': %s" % (rule, text))


def tail_error(name):
    return E("ERR unknown subcommand or wrong number of arguments for '%s'. "
             "Try ACL HELP." % name)


class Flags(S):
    """Later versions also say sanitize-payload where it is the default."""

    def differs(self, at, got):
        if type(got) in (Array, Set):
            got = type(got)([v for v in got.v
                             if v != Bulk("sanitize-payload")])
        return S.differs(self, at, got)


class Rules(Want):
    """The rules of commands; Redis 7.0 makes up their order."""

    def project(self, at):
        return Bulk(self.what)

    def differs(self, at, got):
        said = self.what.encode().split(b" ")
        if type(got) is Bulk and got.v[:5] == said[0] and sorted(
                got.v.split(b" ")) == sorted(said):
            return None
        return leaf(self.project(at), got)


def selector(commands, keys="", channels=""):
    return M([("commands", Rules(commands)), ("keys", keys),
              ("channels", channels)])


def user(flags="off", passwords=(), commands="-@all", keys="", channels="",
         selectors=()):
    """What ACL GETUSER answers."""
    return M([("flags", Flags(flags.split())),
              ("passwords", [sha(p) for p in passwords]),
              ("commands", Rules(commands)), ("keys", keys),
              ("channels", channels), ("selectors", list(selectors))])


DEFAULT = Re(rb"user default on .*")

# ---- users ---------------------------------------------------------------

case("whoami", [
    ("ACL WHOAMI", "default"), (USER + "+acl|whoami", OK),
    LOGIN, ("b", "ACL WHOAMI", "u"), ("b", "acl whoami", "u"),
    ("ACL WHOAMI", "default"), ("ACL WHOAMI x", arity("acl|whoami")),
])
case("users", [
    ("ACL USERS", ["default"]), (NEW, OK), ("ACL SETUSER U", OK),
    ("ACL USERS", Unordered(["default", "u", "U"])),
    ("ACL DELUSER u", 1), ("ACL USERS", Unordered(["default", "U"])),
    ("ACL USERS x", arity("acl|users")),
])
case("list", [
    ("ACL LIST", [DEFAULT]), (NEW + "on nopass ~* &* +@all", OK),
    ("ACL LIST", Unordered([
        DEFAULT, Exact("user u on nopass ~* &* +@all")])),
    ("ACL LIST x", arity("acl|list")),
])
for name, rules, text in [
    ("new", "", "user u off resetchannels -@all"),
    ("password", "on >pw", "user u on #%s resetchannels -@all" % sha("pw")),
    ("keys", "~a* %R~b %W~c %RW~d allchannels",
     "user u off ~a* %R~b %W~c ~d &* -@all"),
    ("channels", "&a &b*", "user u off resetchannels &a &b* -@all"),
    ("commands", "+@hash -hset",
     "user u off resetchannels -@all +@hash -hset"),
    ("selectors", "+get (~x +set) (%R~y +@all &*)",
     "user u off resetchannels -@all +get (~x resetchannels -@all +set) "
     "(%R~y &* +@all)"),
    ("payload", "skip-sanitize-payload",
     "user u off skip-sanitize-payload resetchannels -@all"),
]:
    case("list-" + name, [
        (NEW + rules, OK),
        ("ACL LIST", Exact(Unordered([text, DEFAULT])))])
case("deluser", [
    (NEW, OK), ("ACL SETUSER v", OK), ("ACL DELUSER u x", 1),
    ("ACL DELUSER u", 0), ("ACL DELUSER x v v", 1), ("ACL DELUSER x", 0),
    ("ACL USERS", ["default"]), ("ACL DELUSER", arity("acl|deluser")),
])
case("deluser-default", [
    (NEW, OK), ("ACL DELUSER default", NO_DEFAULT),
    ("ACL DELUSER u default", NO_DEFAULT), ("ACL WHOAMI", "default"),
])
case("deluser-closes-its-connections", [
    (USER + "+@all", OK), LOGIN, ("b", "PING", PONG),
    ("ACL DELUSER u", 1), ("b", b"", CLOSED), ("PING", PONG),
])
case("deluser-of-oneself", [
    (USER + "+@all", OK), LOGIN, ("b", "ACL DELUSER u", 1),
    ("b", b"", CLOSED), ("ACL USERS", ["default"]),
])
case("getuser-unknown", [
    ("ACL GETUSER u", NIL), (("ACL", "GETUSER", ""), NIL),
    ("ACL GETUSER DEFAULT", NIL), ("ACL GETUSER", arity("acl|getuser")),
    ("ACL GETUSER a b", arity("acl|getuser")),
])
case("getuser-default", [
    ("ACL GETUSER default", M([
        ("flags", S(["on", "nopass"])), ("passwords", []),
        ("commands", "+@all"), ("keys", "~*"), ("channels", "&*"),
        ("selectors", [])])),
], level=EXACT)
case("names", [
    ("ACL SETUSER A-b_c.1", OK), (("ACL", "SETUSER", "\xe4"), OK),
    ("ACL GETUSER A-b_c.1", user()),
    (("ACL", "SETUSER", "a b"),
     E("ERR Usernames can't contain spaces or null characters")),
    (("ACL", "SETUSER", b"a\0b"),
     E("ERR Usernames can't contain spaces or null characters")),
    ("ACL USERS", Unordered(["default", "A-b_c.1", "\xe4"])),
])

# ---- SETUSER: what the rules make ----------------------------------------

for name, rules, want in [
    ("nothing", "", user()),
    ("on", "on", user("on")), ("on-off", "on off", user("off")),
    ("nopass", "on nopass", user("on nopass")),
    ("password", ">pw", user(passwords=["pw"])),
    ("passwords", ">a >b >a", user(passwords=["a", "b"])),
    ("password-removed", ">a >b <a", user(passwords=["b"])),
    ("hash", "#" + sha("pw"), user(passwords=["pw"])),
    ("hash-and-password", ">pw #" + sha("pw"), user(passwords=["pw"])),
    ("hash-removed", ">a >b !" + sha("a"), user(passwords=["b"])),
    ("nopass-drops-passwords", ">a nopass", user("off nopass")),
    ("password-ends-nopass", "nopass >a", user(passwords=["a"])),
    ("resetpass", ">a nopass resetpass", user()),
    ("keys", "~a* ~b", user(keys="~a* ~b")),
    ("keys-twice", "~a ~a", user(keys="~a")),
    ("keys-read", "%R~a", user(keys="%R~a")),
    ("keys-write", "%W~a", user(keys="%W~a")),
    ("keys-read-write", "%RW~a %WR~b", user(keys="~a ~b")),
    ("keys-lower-case", "%r~a %w~b", user(keys="%R~a %W~b")),
    ("keys-read-then-write", "%R~a %W~a", user(keys="~a")),
    ("allkeys", "allkeys", user(keys="~*")),
    ("star-key", "~*", user(keys="~*")),
    ("allkeys-swallows", "~a ~b allkeys", user(keys="~*")),
    ("resetkeys", "~a resetkeys ~b", user(keys="~b")),
    ("allkeys-resetkeys", "allkeys resetkeys", user()),
    ("channels", "&a* &b", user(channels="&a* &b")),
    ("allchannels", "allchannels", user(channels="&*")),
    ("star-channel", "&a &*", user(channels="&*")),
    ("resetchannels", "&a resetchannels &b", user(channels="&b")),
    ("allcommands", "allcommands", user(commands="+@all")),
    ("all", "+@all", user(commands="+@all")),
    ("nocommands", "+get nocommands", user()),
    ("minus-all", "+get -@all", user()),
    ("command", "+get", user(commands="-@all +get")),
    ("command-upper-case", "+GET", user(commands="-@all +get")),
    ("commands", "+get +set", user(commands="-@all +get +set")),
    ("command-taken-back", "+get -get", user()),
    ("command-of-all", "+@all -get", user(commands="+@all -get")),
    ("subcommand", "+config|get", user(commands="-@all +config|get")),
    ("subcommand-upper-case", "+CONFIG|GET",
     user(commands="-@all +config|get")),
    ("subcommand-of-all", "+@all -config|get",
     user(commands="+@all -config|get")),
    ("subcommand-after-command", "+config -config|get",
     user(commands="-@all +config -config|get")),
    ("first-argument", "+select|0", user(commands="-@all +select|0")),
    ("category", "+@read", user(commands="-@all +@read")),
    ("categories", "+@hash +@set", user(commands="-@all +@hash +@set")),
    ("category-taken-back", "+@all -@dangerous",
     user(commands="+@all -@dangerous")),
    ("reset", "on nopass ~* &* +@all (+get ~x) reset", user()),
    ("selector", "(~x +set)",
     user(selectors=[selector("-@all +set", "~x")])),
    ("selectors", "+ping (%R~a +get) (&c +publish)", user(
        commands="-@all +ping", selectors=[
            selector("-@all +get", "%R~a"),
            selector("-@all +publish", "", "&c")])),
    ("selector-all", "(+@all allkeys allchannels)",
     user(selectors=[selector("+@all", "~*", "&*")])),
    ("clearselectors", "(+get ~x) clearselectors", user()),
    ("order-of-fields", "+get ~a on &c >pw",
     user("on", ["pw"], "-@all +get", "~a", "&c")),
    ("upper-case", "ON NOPASS ALLKEYS ALLCHANNELS ALLCOMMANDS",
     user("on nopass", (), "+@all", "~*", "&*")),
]:
    case("setuser-" + name, [(NEW + rules, OK), ("ACL GETUSER u", want)])
case("setuser-adds", [
    (NEW + "on >a ~a +get", OK), (NEW + ">b ~b &c +set", OK),
    ("ACL GETUSER u", user("on", ["a", "b"], "-@all +get +set", "~a ~b",
                           "&c")),
])
case("setuser-case-matters-in-names", [
    (NEW + "+get", OK), ("ACL SETUSER U +set", OK),
    ("ACL GETUSER u", user(commands="-@all +get")),
    ("ACL GETUSER U", user(commands="-@all +set")),
])
case("setuser-sanitize-payload", [
    (NEW + "skip-sanitize-payload", OK),
    ("ACL GETUSER u", M([("flags", S(["off", "skip-sanitize-payload"]))],
                        more=True)),
    (NEW + "sanitize-payload", OK),
    ("ACL GETUSER u", M([("flags", S(["off", "sanitize-payload"]))],
                        more=True)),
], level=EXACT)
case("setuser-selector-in-several-words", [
    (("ACL", "SETUSER", "u", "(~x +set)"), OK),
    ("ACL GETUSER u", user(selectors=[selector("-@all +set", "~x")])),
    ("ACL SETUSER u clearselectors ( +get ~y )", OK),
    ("ACL GETUSER u", user(selectors=[selector("-@all +get", "~y")])),
])

# ---- SETUSER: errors -----------------------------------------------------

ALL_KEYS = ("Adding a pattern after the * pattern (or the 'allkeys' flag) "
            "is not valid and does not have any effect. Try 'resetkeys' to "
            "start with an empty list of patterns")
ALL_CHANNELS = ("Adding a pattern after the * pattern (or the 'allchannels' "
                "flag) is not valid and does not have any effect. Try "
                "'resetchannels' to start with an empty list of channels")
for name, rule, text in [
    ("word", "foo", "Syntax error"),
    ("unknown-command", "+nosuch", UNKNOWN_RULE),
    ("unknown-command-minus", "-nosuch", UNKNOWN_RULE),
    ("unknown-category", "+@nosuch", UNKNOWN_RULE),
    ("unknown-category-minus", "-@nosuch", UNKNOWN_RULE),
    ("unknown-subcommand", "+config|nosuch", UNKNOWN_RULE),
    ("unknown-container", "+nosuch|get", UNKNOWN_RULE),
    ("argument-of-subcommand", "+config|get|x",
     "Allowing first-arg of a subcommand is not supported"),
    ("first-argument-minus", "-select|0", UNKNOWN_RULE),
    ("empty-category", "+@", UNKNOWN_RULE),
    ("password-to-remove", "<pw", "The password you are trying to remove "
     "from the user does not exist"),
    ("hash-to-remove", "!" + "a" * 64, "The password you are trying to "
     "remove from the user does not exist"),
    ("short-hash", "#abc", HASH_RULE), ("short-hash-to-remove", "!abc",
                                        HASH_RULE),
    ("long-hash", "#" + "a" * 65, HASH_RULE),
    ("upper-case-hash", "#" + "A" * 64, HASH_RULE),
    ("no-hex-hash", "#" + "g" * 64, HASH_RULE),
    ("key-permission", "%Z~a", "Syntax error"),
    ("no-key-permission", "%~a", "Syntax error"),
    ("key-permission-twice", "%RR~a", "Syntax error"),
    ("closing-parenthesis", ")", "Syntax error"),
    ("password-in-selector", "(>pw)", "Syntax error"),
    ("flag-in-selector", "(on)", "Syntax error"),
    ("word-in-selector", "(foo)", "Syntax error"),
]:
    case("setuser-error-" + name, [
        (("ACL", "SETUSER", "u", rule), rule_error(rule, text)),
        ("ACL GETUSER u", NIL),
        (NEW + "on +get", OK),
        (("ACL", "SETUSER", "u", "off", "+set", rule),
         rule_error(rule, text)),
        ("ACL GETUSER u", user("on", commands="-@all +get"))])
case("setuser-error-key-with-a-space", [
    (("ACL", "SETUSER", "u", "~a b"), rule_error("~a b", "Syntax error")),
    (("ACL", "SETUSER", "u", b"&a\0b"), EP(
        "ERR Error in ACL SETUSER modifier '&a")),
    ("ACL GETUSER u", NIL),
])
case("setuser-error-pattern-after-all", [
    (NEW + "~* ~a", rule_error("~a", ALL_KEYS)),
    (NEW + "allkeys %R~a", rule_error("%R~a", ALL_KEYS)),
    (NEW + "&* &a", rule_error("&a", ALL_CHANNELS)),
    (NEW + "allchannels &a", rule_error("&a", ALL_CHANNELS)),
    ("ACL GETUSER u", NIL),
])
case("setuser-error-parenthesis", [
    (NEW + "(", E("ERR Unmatched parenthesis in acl selector starting at "
                  "'('.")),
    (NEW + "(+get", E("ERR Unmatched parenthesis in acl selector starting "
                      "at '(+get'.")),
    (NEW + "(+get +set", E("ERR Unmatched parenthesis in acl selector "
                           "starting at '(+get'.")),
    ("ACL GETUSER u", NIL),
])
case("setuser-error-names-the-first", [
    (NEW + "on foo bar", rule_error("foo", "Syntax error")),
    (NEW + "+get (on) foo", rule_error("(on)", "Syntax error")),
    ("ACL GETUSER u", NIL), ("ACL SETUSER", arity("acl|setuser")),
])

# ---- logging in ----------------------------------------------------------

case("auth", [
    (NEW + "on >a >b +echo +acl", OK), ("b", "AUTH u a", OK),
    ("b", "AUTH u b", OK), ("b", "AUTH u c", WRONGPASS),
    ("b", "AUTH nobody a", WRONGPASS), ("b", "ACL WHOAMI", "u"),
    ("b", ("AUTH", "u", ""), WRONGPASS), ("b", ("AUTH", "", "a"),
                                          WRONGPASS),
])
case("auth-nopass", [
    (NEW + "on nopass +echo +acl", OK), ("b", "AUTH u x", OK),
    ("b", ("AUTH", "u", ""), OK), ("b", "ACL WHOAMI", "u"),
])
case("auth-off", [
    (NEW + "off >pw", OK), ("b", "AUTH u pw", WRONGPASS),
    (NEW + "on", OK), ("b", "AUTH u pw", OK), (NEW + "+@all", OK),
    ("b", "ACL WHOAMI", "u"), (NEW + "off", OK),
    ("b", "ACL WHOAMI", "u"), ("b", "AUTH u pw", WRONGPASS),
])
case("auth-without-passwords", [
    (NEW + "on", OK), ("AUTH u x", WRONGPASS),
    (("AUTH", "u", ""), WRONGPASS), ("ACL WHOAMI", "default"),
])
case("auth-by-hello", [
    (USER + "+acl", OK),
    ("b3", "HELLO 3 AUTH u pw", M([("proto", 3)], more=True)),
    ("b3", "ACL WHOAMI", "u"), ("b3", "HELLO 3 AUTH u x", WRONGPASS),
    ("b3", "ACL WHOAMI", "u"),
])
case("auth-by-hash", [
    (NEW + "on +echo +acl #" + sha("secret"), OK),
    ("b", "AUTH u secret", OK), ("b", "ACL WHOAMI", "u"),
    ("b", "AUTH u " + sha("secret"), WRONGPASS),
])
case("rules-hold-at-once", [
    (USER + "~* +get", OK), LOGIN, ("b", "GET k", NIL),
    (NEW + "-get", OK), ("b", "GET k", noperm("get")),
    (NEW + "+@all", OK), ("b", "GET k", NIL), (NEW + "resetkeys", OK),
    ("b", "GET k", NO_KEY_PERM),
])
case("reset-goes-back-to-default", [
    (USER + "+reset +acl", OK), LOGIN, ("b", "ACL WHOAMI", "u"),
    ("b", "RESET", Simple("RESET")), ("b", "ACL WHOAMI", "default"),
])

# ---- rights: commands ----------------------------------------------------

case("noperm-command", [
    (USER + "~* &* +get", OK), LOGIN, ("b", "GET k", NIL),
    ("b", "SET k v", noperm("set")), ("b", "set k v", noperm("set")),
    ("b", "PING", noperm("ping")), ("b", "DEL k", noperm("del")),
    ("EXISTS k", 0),
])
case("noperm-subcommand", [
    (USER + "+config|get +client -client|list", OK), LOGIN,
    ("b", "CONFIG GET maxmemory", M([("maxmemory", "0")])),
    ("b", "CONFIG SET maxmemory 0", noperm("config|set")),
    ("b", "CONFIG RESETSTAT", noperm("config|resetstat")),
    ("b", "CLIENT GETNAME", NIL), ("b", "CLIENT LIST",
                                   noperm("client|list")),
])
case("noperm-first-argument", [
    (USER + "+select|0", OK), LOGIN, ("b", "SELECT 0", OK),
    ("b", "SELECT 1", noperm("select")),
])
case("noperm-category", [
    (USER + "~* +@read -@hash", OK), LOGIN, ("b", "GET k", NIL),
    ("b", "LRANGE k 0 -1", []), ("b", "HGET k f", noperm("hget")),
    ("b", "SET k v", noperm("set")), ("b", "FLUSHALL", noperm("flushall")),
])
for category, yes, no in [
    ("read", ("GET k", NIL), "SET k v"), ("write", ("SET k v", OK), "GET k"),
    ("keyspace", ("EXISTS k", 0), "GET k"), ("string", ("GET k", NIL),
                                             "LLEN k"),
    ("list", ("LLEN k", 0), "SCARD k"), ("set", ("SCARD k", 0), "HLEN k"),
    ("hash", ("HLEN k", 0), "ZCARD k"), ("sortedset", ("ZCARD k", 0),
                                         "XLEN k"),
    ("stream", ("XLEN k", 0), "ZCARD k"), ("geo", ("GEOPOS k a",
                                                   [NILARRAY]), "GET k"),
    ("bitmap", ("BITCOUNT k", 0), "STRLEN k"),
    ("hyperloglog", ("PFCOUNT k", 0), "GET k"),
    ("pubsub", ("PUBLISH c x", 0), "GET k"),
    ("connection", ("PING", PONG), "GET k"),
    ("transaction", ("UNWATCH", OK), "GET k"),
    ("scripting", ("SCRIPT EXISTS x", [0]), "GET k"),
    ("admin", ("CONFIG GET nosuch", M([])), "GET k"),
    ("dangerous", ("KEYS nosuch", []), "GET k"),
    ("fast", ("GET k", NIL), "KEYS x"), ("slow", ("KEYS x", []), "GET k"),
    ("blocking", ("BLPOP k 0.01", NILARRAY), "LLEN k"),
]:
    case("category-" + category, [
        (USER + "~* &* +@" + category, OK), LOGIN,
        ("b",) + yes, ("b", no, noperm(no.split()[0].lower())),
        (NEW + "+@all -@%s +echo" % category, OK),
        ("b", yes[0], EP("NOPERM "))])
case("order-of-checks", [
    (USER + "+get", OK), LOGIN, ("b", "NOSUCH", EP("ERR unknown command")),
    ("b", "SET k", arity("set")), ("b", "GET", arity("get")),
    ("b", "SET k v", noperm("set")), ("b", "GET k", NO_KEY_PERM),
    ("b", "CONFIG NOSUCH", EP("ERR unknown subcommand")),
])
case("always-allowed", [
    (NEW + "on >pw", OK), ("b", "AUTH u pw", OK), ("b", "AUTH u x",
                                                   WRONGPASS),
    ("b", "PING", noperm("ping")), ("b", "QUIT", OK), ("b", b"", CLOSED),
])

# ---- rights: keys --------------------------------------------------------

case("keys-patterns", [
    (USER + "+@all ~a* ~?b ~[x-z]", OK), LOGIN, ("b", "SET abc v", OK),
    ("b", "SET ab v", OK), ("b", "SET y v", OK), ("b", "SET zb v", OK),
    ("b", "SET b v", NO_KEY_PERM), ("b", "SET A v", NO_KEY_PERM),
    ("b", "SET w v", NO_KEY_PERM), ("b", ("SET", "", "v"), NO_KEY_PERM),
])
case("keys-every-one-counts", [
    (USER + "+@all ~a ~b", OK), LOGIN, ("b", "MSET a 1 b 2", OK),
    ("b", "MSET a 1 c 2", NO_KEY_PERM), ("b", "MGET a b", ["1", "2"]),
    ("b", "MGET a b c", NO_KEY_PERM), ("b", "DEL c a", NO_KEY_PERM),
    ("b", "RENAME a c", NO_KEY_PERM), ("b", "EXISTS a b", 2),
    ("b", "ZUNIONSTORE a 2 b c", NO_KEY_PERM),
    ("b", "EVAL x 1 c", NO_KEY_PERM),
    ("b", "XREAD STREAMS a c 0 0", NO_KEY_PERM),
])
case("keys-commands-without-keys", [
    (USER + "+@all", OK), LOGIN, ("b", "PING", PONG), ("b", "DBSIZE", 0),
    ("b", "KEYS *", []), ("b", "GET k", NO_KEY_PERM),
    ("b", "SCAN 0", ["0", []]),
])
case("keys-read-and-write", [
    ("SET r 1", OK), ("SET w 1", OK),
    (USER + "+@all %R~r %W~w %RW~b", OK), LOGIN, ("b", "GET r", "1"),
    ("b", "SET r v", NO_KEY_PERM), ("b", "GET w", NO_KEY_PERM),
    ("b", "SET w v", OK), ("b", "SET w v GET", NO_KEY_PERM),
    ("b", "APPEND w x", 2), ("b", "GETSET w v", NO_KEY_PERM),
    ("b", "GETDEL w", NO_KEY_PERM),
    ("b", "DEL w", 1), ("b", "SET b v", OK), ("b", "GET b", "v"),
    ("b", "EXISTS r", 1), ("b", "STRLEN w", Exact(0)), ("b", "COPY r w", 1),
    ("b", "COPY w r", NO_KEY_PERM), ("b", "COPY r b REPLACE", 1),
])
case("keys-read-only-pattern-of-all", [
    ("SET k v", OK), (USER + "+@all %R~*", OK), LOGIN, ("b", "GET k", "v"),
    ("b", "SET k w", NO_KEY_PERM), ("b", "DEL k", NO_KEY_PERM),
    ("b", "EXPIRE k 1", NO_KEY_PERM), ("b", "TTL k", -1),
    ("b", "RENAME k l", NO_KEY_PERM), ("GET k", "v"),
])

# ---- rights: channels ----------------------------------------------------

case("channels", [
    (USER + "+@all &c &d*", OK), LOGIN, ("b", "PUBLISH c x", 0),
    ("b", "PUBLISH dd x", 0), ("b", "PUBLISH e x", NO_CHANNEL_PERM),
    ("b", "PUBLISH cc x", NO_CHANNEL_PERM), ("b", "SPUBLISH c x", 0),
    ("b", "SPUBLISH e x", NO_CHANNEL_PERM),
    ("b", "SUBSCRIBE c e", NO_CHANNEL_PERM),
    ("b", "SUBSCRIBE c", P(["subscribe", "c", 1])),
    ("b", "UNSUBSCRIBE c", P(["unsubscribe", "c", 0])),
    ("b", "SSUBSCRIBE e", NO_CHANNEL_PERM),
    ("b", "UNSUBSCRIBE e", P(["unsubscribe", "e", 0])),
])
case("channels-patterns-word-for-word", [
    (USER + "+@all &c &d*", OK), LOGIN,
    ("b", "PSUBSCRIBE d*", P(["psubscribe", "d*", 1])),
    ("b", "PUNSUBSCRIBE d*", P(["punsubscribe", "d*", 0])),
    ("b", "PSUBSCRIBE c", P(["psubscribe", "c", 1])),
    ("b", "PUNSUBSCRIBE c", P(["punsubscribe", "c", 0])),
    ("b", "PSUBSCRIBE d", NO_CHANNEL_PERM),
    ("b", "PSUBSCRIBE dd*", NO_CHANNEL_PERM),
    ("b", "PSUBSCRIBE *", NO_CHANNEL_PERM),
], level=EXACT)
case("channels-none", [
    (USER + "+@all ~*", OK), LOGIN, ("b", "PUBLISH c x", NO_CHANNEL_PERM),
    ("b", "SUBSCRIBE c", NO_CHANNEL_PERM),
    ("b", "PSUBSCRIBE *", NO_CHANNEL_PERM), ("b", "PUBSUB CHANNELS", []),
])
case("channels-taken-away-close-subscribers", [
    (USER + "+@all &c*", OK), LOGIN,
    ("b", "SUBSCRIBE c1", P(["subscribe", "c1", 1])),
    (NEW + "resetchannels", OK), ("b", b"", CLOSED), ("PING", PONG),
])
case("channels-added-keep-subscribers", [
    (USER + "+@all &c*", OK), LOGIN,
    ("b", "SUBSCRIBE c1", P(["subscribe", "c1", 1])),
    (NEW + "&d*", OK), ("PUBLISH c1 x", 1),
    ("b", b"", P(["message", "c1", "x"])),
    ("b", "UNSUBSCRIBE c1", P(["unsubscribe", "c1", 0])),
])

# ---- selectors -----------------------------------------------------------

case("selectors", [
    ("SET r v", OK), (USER + "~a +get (~b +set) (%R~r +@all)", OK), LOGIN,
    ("b", "GET a", NIL), ("b", "SET b v", OK), ("b", "GET b", NO_KEY_PERM),
    ("b", "SET a v", NO_KEY_PERM), ("b", "GET r", "v"),
    ("b", "SET r w", NO_KEY_PERM), ("b", "PING", PONG),
    (NEW + "clearselectors", OK), ("b", "SET b v", noperm("set")),
    ("b", "GET a", NIL),
])
case("selectors-do-not-add-up", [
    (USER + "+mget ~a (+mget ~b)", OK), LOGIN, ("b", "MGET a", [NIL]),
    ("b", "MGET b", [NIL]), ("b", "MGET a b", NO_KEY_PERM),
])
case("selectors-and-channels", [
    (USER + "(+publish &c)", OK), LOGIN, ("b", "PUBLISH c x", 0),
    ("b", "PUBLISH d x", NO_CHANNEL_PERM), ("b", "GET k", noperm("get")),
])

# ---- MULTI and scripts ---------------------------------------------------

case("multi-refuses-at-once", [
    (USER + "+@all -set ~a &c", OK), LOGIN, ("b", "MULTI", OK),
    ("b", "GET a", QUEUED), ("b", "SET a v", noperm("set")),
    ("b", "EXEC", ABORT), ("b", "MULTI", OK), ("b", "GET x", NO_KEY_PERM),
    ("b", "EXEC", ABORT), ("b", "MULTI", OK),
    ("b", "PUBLISH d x", NO_CHANNEL_PERM), ("b", "EXEC", ABORT),
])
CHANGED = ("NOPERM ACLs rules changed between the moment the transaction was "
           "accumulated and the EXEC call. This command is no longer allowed "
           "for the following reason: ")
case("multi-rules-that-change", [
    (USER + "+@all ~* &*", OK), LOGIN, ("b", "MULTI", OK),
    ("b", "SET a v", QUEUED), ("b", "GET k", QUEUED),
    ("b", "PUBLISH c x", QUEUED), ("b", "PING", QUEUED),
    (NEW + "-set resetkeys resetchannels", OK),
    ("b", "EXEC", [
        E(CHANGED + "no permission to execute the command or subcommand"),
        E(CHANGED + "no permission to touch the specified keys"),
        E(CHANGED + "no permission to access one of the channels used as "
          "arguments"), PONG]),
    ("EXISTS a", 0),
])
case("scripts", [
    (USER + "+@all -set ~a &c", OK), LOGIN,
    ("b", ("EVAL", "return redis.call('GET', 'a')", "0"), NIL),
    ("b", ("EVAL", "return redis.pcall('GET', 'x')", "0"), E(
        "ERR The user executing the script can't access at least one of the "
        "keys mentioned in the command arguments")),
    ("b", ("EVAL", "return redis.pcall('SET', 'a', 'v')", "0"), E(
        "ERR The user executing the script can't run this command or "
        "subcommand")),
    ("b", ("EVAL", "return redis.pcall('PUBLISH', 'd', 'v')", "0"), E(
        "ERR The user executing the script can't publish to the channel "
        "mentioned in the command")),
    ("b", ("EVAL", "return redis.acl_check_cmd('SET', 'a', 'v')", "0"),
     NIL),
    ("b", ("EVAL", "return redis.acl_check_cmd('GET', 'a')", "0"), 1),
    ("b", ("EVAL", "return redis.acl_check_cmd('GET', 'x')", "0"), NIL),
    ("b", ("EVAL", "return 1", "1", "x"), NO_KEY_PERM),
], needs=("scripts",))

# ---- DRYRUN --------------------------------------------------------------

RULES = (NEW + "~k* %R~r* %W~w* &c* +@all -@dangerous -incr +config|get "
         "(~s* +incr)")


def denied(what):
    return By("This user has no permissions to " + what,
              ("redis>=7.2", Re(rb"User u has no permissions to .*")))


for name, words, want in [
    ("key", "GET k", OK), ("key-pattern", "GET key", OK),
    ("other-key", "GET x", denied("access the 'x' key")),
    ("read", "GET r", OK), ("write", "SET w v", OK),
    ("read-of-write", "GET w", denied("access the 'w' key")),
    ("write-of-read", "SET r v", denied("access the 'r' key")),
    ("set-get", "SET w v GET", denied("access the 'w' key")),
    ("copy", "COPY r w", OK),
    ("copy-back", "COPY w r", denied("access the 'w' key")),
    ("second-key", "MGET k x", denied("access the 'x' key")),
    ("selector", "INCR s", OK),
    ("no-selector", "INCR k", denied("access the 'k' key")),
    ("subcommand", "CONFIG GET x", OK),
    ("other-subcommand", "CONFIG SET x y",
     denied("run the 'config|set' command")),
    ("category", "FLUSHALL", denied("run the 'flushall' command")),
    ("lower-case", "flushall", denied("run the 'flushall' command")),
    ("channel", "PUBLISH c x", OK),
    ("other-channel", "PUBLISH d x", denied("access the 'd' channel")),
    ("second-channel", "SUBSCRIBE c d", denied("access the 'd' channel")),
    ("pattern", "PSUBSCRIBE c*", OK),
    ("other-pattern", "PSUBSCRIBE c", denied("access the 'c' channel")),
    ("script-key", "EVAL x 1 x", denied("access the 'x' key")),
    ("auth", "AUTH x", OK),
    ("arity", "GET", arity("get")),
    ("unknown", "NOSUCH", E("ERR Command 'NOSUCH' not found")),
    ("container", "CONFIG", arity("config")),
]:
    case("dryrun-" + name, [(RULES, OK), ("ACL DRYRUN u " + words, want)])
case("dryrun-runs-nothing", [
    ("ACL DRYRUN default SET k v", OK), ("EXISTS k", 0),
    ("ACL DRYRUN default FLUSHALL", OK),
    ("ACL DRYRUN nobody GET k", E("ERR User 'nobody' not found")),
    ("ACL DRYRUN nobody NOSUCH", E("ERR User 'nobody' not found")),
    ("ACL DRYRUN u", arity("acl|dryrun")),
    ("ACL DRYRUN", arity("acl|dryrun")),
])

# ---- CAT, GENPASS --------------------------------------------------------

CATEGORIES = {
    "keyspace": "del exists expire keys rename scan ttl type",
    "read": "get hget llen lrange smembers zrange xread keys",
    "write": "set hset lpush sadd zadd xadd del flushall",
    "set": "sadd smembers spop sunion", "sortedset": "zadd zrange bzpopmin",
    "list": "lpush lrange blpop sort", "hash": "hset hgetall hscan",
    "string": "get set incr append mget", "bitmap": "setbit bitcount bitop",
    "hyperloglog": "pfadd pfcount pfmerge", "geo": "geoadd geosearch",
    "stream": "xadd xread xgroup|create", "pubsub":
    "publish subscribe ssubscribe pubsub|channels",
    "admin": "config|set acl|setuser monitor", "fast": "get ping incr",
    "slow": "keys lrange sort", "blocking": "blpop xread bzpopmin",
    "dangerous": "flushall keys config|get sort",
    "connection": "auth ping client|id select echo",
    "transaction": "multi exec discard watch unwatch",
    "scripting": "eval evalsha fcall function|load script|load",
}


def has(*names):
    return Shape(lambda v: isinstance(v, Array) and all(
        Bulk(n) in v.v for n in names), "an array with %s" % ", ".join(names))


case("cat", [
    ("ACL CAT", has(*CATEGORIES)), ("acl cat", has(*CATEGORIES)),
    ("ACL CAT nosuch", E("ERR Unknown category 'nosuch'")),
    (("ACL", "CAT", ""), E("ERR Unknown category ''")),
    ("ACL CAT @read", E("ERR Unknown category '@read'")),
    ("ACL CAT read x", tail_error("CAT")),
])
for category, names in CATEGORIES.items():
    case("cat-" + category, [
        ("ACL CAT " + category, has(*names.split())),
        ("ACL CAT " + category.upper(), has(*names.split()))])
case("cat-transaction-has-no-others", [
    ("ACL CAT transaction",
     Unordered("multi exec discard watch unwatch".split())),
], level=EXACT)
case("genpass", [
    ("ACL GENPASS", Re(rb"[0-9a-f]{64}")),
    ("ACL GENPASS 256", Re(rb"[0-9a-f]{64}")),
    ("ACL GENPASS 1", Re(rb"[0-9a-f]")), ("ACL GENPASS 4",
                                          Re(rb"[0-9a-f]")),
    ("ACL GENPASS 5", Re(rb"[0-9a-f]{2}")),
    ("acl genpass 128", Re(rb"[0-9a-f]{32}")),
    ("ACL GENPASS 4096", Re(rb"[0-9a-f]{1024}")),
])
BITS = E("ERR ACL GENPASS argument must be the number of bits for the output "
         "password, a positive number up to 4096")
case("genpass-errors", [
    ("ACL GENPASS 0", BITS), ("ACL GENPASS -1", BITS),
    ("ACL GENPASS 4097", BITS), ("ACL GENPASS abc", INT_ERR),
    (("ACL", "GENPASS", ""), INT_ERR), ("ACL GENPASS 1 2",
                                        tail_error("GENPASS")),
])


@case.script("genpass-never-twice", needs=("ACL", "ACL GENPASS"))
def genpass_never_twice():
    first = (yield "ACL GENPASS", Re(rb"[0-9a-f]{64}")).v
    yield "ACL GENPASS", Shape(lambda v: v.v != first, "another password")


# ---- LOG -----------------------------------------------------------------

def entry(reason, object, user="u", context="toplevel", count=1):
    return M([("count", count), ("reason", reason), ("context", context),
              ("object", object), ("username", user),
              ("age-seconds", Near(0, 60)),
              ("client-info", Re(rb"id=[0-9]+ addr=.*"))], more=True)


RESET_LOG = ("ACL LOG RESET", OK)
case("log-empty", [
    RESET_LOG, ("ACL LOG", []), ("ACL LOG 10", []), ("ACL LOG 0", []),
    ("acl log reset", OK),
])
case("log-fields", [
    RESET_LOG, ("AUTH nobody x", WRONGPASS),
    ("ACL LOG", [entry("auth", "AUTH", "nobody")]), RESET_LOG,
    ("ACL LOG", []),
], contexts=PLAIN)
for name, steps, want in [
    ("command", [("SET k v", noperm("set"))], entry("command", "set")),
    ("subcommand", [("CONFIG SET maxmemory 0", noperm("config|set"))],
     entry("command", "config|set")),
    ("key", [("GET x", NO_KEY_PERM)], entry("key", "x")),
    ("second-key", [("MGET a x", NO_KEY_PERM)], entry("key", "x")),
    ("channel", [("PUBLISH d x", NO_CHANNEL_PERM)], entry("channel", "d")),
    ("multi", [("MULTI", OK), ("GET x", NO_KEY_PERM), ("DISCARD", OK)],
     entry("key", "x", context="multi")),
    ("script", [(("EVAL", "return redis.pcall('GET', 'x')", "0"),
                 EP("ERR The user executing the script"))],
     entry("key", "x", context="lua")),
    ("hello", [("HELLO 3 AUTH u x", WRONGPASS)], entry("auth", "HELLO")),
    ("auth", [("AUTH u x", WRONGPASS)], entry("auth", "AUTH")),
    ("auth-of-nobody", [("AUTH nobody x", WRONGPASS)],
     entry("auth", "AUTH", "nobody")),
    ("count", [("GET x", NO_KEY_PERM)] * 3, entry("key", "x", count=3)),
]:
    case("log-" + name, [
        RESET_LOG,
        (USER + "~a &c +get +mget +publish +multi +discard +eval +hello",
         OK), LOGIN] + [("b",) + step for step in steps] + [
        ("ACL LOG", [want]), RESET_LOG])
case("log-newest-first", [
    RESET_LOG, (USER + "+get ~a", OK), LOGIN, ("b", "GET x", NO_KEY_PERM),
    ("b", "SET a v", noperm("set")), ("b", "GET y", NO_KEY_PERM),
    ("ACL LOG", [entry("key", "y"), entry("command", "set"),
                 entry("key", "x")]),
    ("ACL LOG 2", [entry("key", "y"), entry("command", "set")]),
    ("ACL LOG 1", [entry("key", "y")]), ("ACL LOG 0", []), RESET_LOG,
])
case("log-same-one-again-comes-first", [
    RESET_LOG, (USER + "+get ~a", OK), LOGIN, ("b", "GET x", NO_KEY_PERM),
    ("b", "GET y", NO_KEY_PERM), ("b", "GET x", NO_KEY_PERM),
    ("ACL LOG", [entry("key", "x", count=2), entry("key", "y")]), RESET_LOG,
], level=EXACT)
case("log-ten-by-default", [
    RESET_LOG, (USER + "+get", OK), LOGIN] + [
    ("b", "GET k%d" % i, NO_KEY_PERM) for i in range(12)] + [
    ("ACL LOG", [entry("key", "k%d" % i) for i in range(11, 1, -1)]),
    ("ACL LOG 100", [entry("key", "k%d" % i) for i in range(11, -1, -1)]),
    RESET_LOG])
case("log-max-len", [
    RESET_LOG, (USER + "+get", OK), LOGIN] + [
    ("b", "GET k%d" % i, NO_KEY_PERM) for i in range(4)] + [
    ("ACL LOG", [entry("key", "k3"), entry("key", "k2")]), RESET_LOG],
    config={"acllog-max-len": "2"})
case("log-errors", [
    ("ACL LOG abc", INT_ERR), ("ACL LOG 1.5", INT_ERR),
    ("ACL LOG reset x", tail_error("LOG")),
    ("ACL LOG 1 2", tail_error("LOG")),
])

# ---- LOAD, SAVE, HELP ----------------------------------------------------

NO_FILE = E(
    "ERR This Redis instance is not configured to use an ACL file. You may "
    "want to specify users via the ACL SETUSER command and then issue a "
    "CONFIG REWRITE (assuming you have a Redis configuration file set) in "
    "order to store users in the Redis configuration.")
case("load-and-save-without-a-file", [
    ("ACL LOAD", NO_FILE), ("ACL SAVE", NO_FILE),
    ("ACL LOAD x", arity("acl|load")), ("ACL SAVE x", arity("acl|save")),
])
case("help", [
    ("ACL HELP", ListOf(lambda v: isinstance(v, Simple), (5, 100))),
    ("ACL HELP x", arity("acl|help")),
])
case("unknown-subcommand", [
    ("ACL", arity("acl")),
    ("ACL FOO", E("ERR unknown subcommand 'FOO'. Try ACL HELP.")),
    (("ACL", ""), E("ERR unknown subcommand ''. Try ACL HELP.")),
])

# ACL LOAD and ACL SAVE say OK only to a server that was started with an ACL
# file, which would have to be there before.
REPLIES = {
    "ACL": "error",
    "ACL CAT": "array error",
    "ACL DELUSER": "int error",
    "ACL DRYRUN": "simple bulk error",
    "ACL GENPASS": "bulk error",
    "ACL GETUSER": "map null error",
    "ACL HELP": "array error",
    "ACL LIST": "array error",
    "ACL LOAD": "error",
    "ACL LOG": "array simple error",
    "ACL SAVE": "error",
    "ACL SETUSER": "simple error",
    "ACL USERS": "array error",
    "ACL WHOAMI": "bulk error",
}
