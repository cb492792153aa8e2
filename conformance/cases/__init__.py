"""The cases, one module a topic. Each begins with

    from conformance.cases import *  # noqa: F403
"""

from conformance.case import (  # noqa: F401
    COMMANDS, FLOAT_ERR, INT_ERR, NO_KEY, SYNTAX, WRONGTYPE, area, arity)
from conformance.expect import (  # noqa: F401
    ANY, BLOCKED, CLOSED, DISCONNECT, EP, EXACT, HALF_CLOSE, MAY, MUST,
    NIL, NILARRAY, NOTHING, OK, PONG, QUEUED, SHOULD, B, Between, By, D, E,
    Eventually, Exact, ListOf, M, May, N, Near, OneOf, P, Pairs, Proto, Re,
    Replies, S, Shape, Should, Subset, Typed, Unordered, V)
from conformance.resp import (  # noqa: F401
    Array, Big, Bool, Bulk, Double, Err, Int, Map, Null, NullArray, NullBulk,
    Push, Set, Simple, Verb, encode, encode_typed, inline)

PLAIN = ("plain", "bytewise", "split")  # contexts that keep to the order

# without the submodules, of which one is called `set`
__all__ = [name for name in dir() if name[0] != "_"]
