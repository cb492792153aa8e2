"""Geo commands.

Distances and positions are computed here as the documentation says: a score
of 52 bits, 26 of each coordinate, stands for the middle of its cell, and the
earth is a sphere. Digits that differ within the precision of a double are
EXACT."""

import math
import random

from conformance.cases import *  # noqa: F403
from conformance.expect import Want, expected

LAT, LON, RADIUS, STEPS = 85.05112878, 180.0, 6372797.560856, 1 << 26
UNITS = {"m": 1, "km": 1000, "ft": 0.3048, "mi": 1609.34}
BAD_UNIT = E("ERR unsupported unit provided. please use M, KM, FT, MI")
NO_MEMBER = E("ERR could not decode requested zset member")
COUNT = E("ERR COUNT must be > 0")
ANY_COUNT = E("ERR the ANY argument requires COUNT argument")
NO_RADIUS = E("ERR need numeric radius")
NEGATIVE_RADIUS = E("ERR radius cannot be negative")


def invalid(pair):
    return E("ERR invalid longitude,latitude pair " + pair)


class Digits(Want):
    """A number with this text; others within `by` of it are EXACT. With
    kind=Bulk a bulk in both protocols."""

    def __init__(self, what, by, kind=None):
        self.what, self.by, self.kind = what, by, kind

    def differs(self, at, got):
        kind = self.kind or (Bulk if at.proto == 2 else Double)
        if type(got) is kind and got.v == self.what.encode():
            return None
        wrong = Near(float(self.what), self.by, kind).differs(at, got)
        return wrong or expected(repr(self.what), got, "digits").lowered(
            EXACT)


# ---- what is right -------------------------------------------------------

def interleaved(n):
    return sum((n >> i & 1) << 2 * i for i in range(26))


def score(lon, lat):
    return (interleaved(int((lat + LAT) / (2 * LAT) * STEPS)) |
            interleaved(int((lon + LON) / (2 * LON) * STEPS)) << 1)


def position(score):
    lon = sum((score >> 2 * i + 1 & 1) << i for i in range(26))
    lat = sum((score >> 2 * i & 1) << i for i in range(26))

    def at(n, end):
        return n / STEPS * (2 * end) - end
    return ((at(lon, LON) + at(lon + 1, LON)) / 2,
            (at(lat, LAT) + at(lat + 1, LAT)) / 2)


def geohash(p):
    """The usual hash of a position: latitudes to 90, 50 of 52 bits."""
    bits = (interleaved(int((p[1] + 90) / 180 * STEPS)) |
            interleaved(int((p[0] + LON) / (2 * LON) * STEPS)) << 1)
    return "".join("0123456789bcdefghjkmnpqrstuvwxyz"[bits >> 47 - i & 31]
                   for i in range(0, 50, 5)) + "0"


def distance(a, b):
    """In meters, of two positions."""
    lon1, lat1, lon2, lat2 = [math.radians(x) for x in a + b]
    u, v = math.sin((lat2 - lat1) / 2), math.sin((lon2 - lon1) / 2)
    if v == 0:
        return RADIUS * abs(lat2 - lat1)
    return 2 * RADIUS * math.asin(math.sqrt(
        u * u + math.cos(lat1) * math.cos(lat2) * v * v))


def in_box(centre, width, height, p):
    return (distance(p, (p[0], centre[1])) <= height / 2 and
            distance(p, (centre[0], p[1])) <= width / 2)


def meters(m, unit="m"):
    """A distance as GEODIST says it."""
    text = "%.4f" % (m / UNITS[unit])
    return Digits(text, 0.00011 + float(text) * 1e-9, Bulk)


def place(p):
    return [Digits(("%.17f" % x).rstrip("0").rstrip("."), 1e-9) for x in p]


PLACES = {          # longitude, latitude, score, GEOHASH
    "paris": ("2.3522", "48.8566", 3663832779122514, "u09tvw0f640"),
    "brussels": ("4.3517", "50.8503", 3665377323230698, "u151710b3y0"),
    "london": ("-0.1278", "51.5074", 2163557714755072, "gcpvj0duq50"),
    "madrid": ("-3.7038", "40.4168", 1969393810321282, "ezjmgtwuzj0"),
    "rome": ("12.4964", "41.9028", 3480343273968262, "sr2ykk5te00"),
    "oslo": ("10.7522", "59.9139", 3684363714920782, "u4xsudvxb20"),
    "quito": ("-78.4678", "-0.1807", 947044397312694, "6rbnyrj7re0"),
    "tokyo": ("139.6917", "35.6895", 4171231230197045, "xn774c06kt0"),
    "sydney": ("151.2093", "-33.8688", 3252046221964352, "r3gx2f77bj0"),
}
AT = {name: position(p[2]) for name, p in PLACES.items()}
SCORE = {name: p[2] for name, p in PLACES.items()}


def adding(key, *names):
    return "GEOADD %s %s" % (key, " ".join(
        "%s %s %s" % (PLACES[n][0], PLACES[n][1], n) for n in names))


ALL = [(adding("g", *PLACES), len(PLACES))]
NEAR = ["paris", "brussels", "london"]      # by distance from paris
FEW = [(adding("g", *NEAR), 3)]


# A hundred places all over the earth, and a hundred close together.
DICE = random.Random(7)
CROWD = {}
for i in range(100):
    CROWD["w%d" % i] = (round(DICE.random() * 359 - 179.5, 5),
                        round(DICE.random() * 160 - 80, 5))
    CROWD["n%d" % i] = (round(DICE.random() * 2 + 10, 5),
                        round(DICE.random() * 2 + 45, 5))
CROWD_AT = {n: position(score(*p)) for n, p in CROWD.items()}
CROWD_ADD = [(("GEOADD", "g") + tuple(
    w for n, p in CROWD.items() for w in (str(p[0]), str(p[1]), n)), 200)]


def rows(names, options, centre=AT["paris"], unit="km"):
    """What a search says of places."""
    return [[name] + [what for word, what in (
        ("WITHDIST", meters(distance(centre, AT[name]), unit)),
        ("WITHHASH", SCORE[name]), ("WITHCOORD", place(AT[name])))
        if word in options] for name in names]


def scores(names):
    return Pairs([(name, D(str(SCORE[name]))) for name in names])


def distances(names, unit="km", centre=AT["paris"]):
    return Pairs([(name, Near(
        distance(centre, AT[name]) / UNITS[unit], 1e-6)) for name in names])


# ---- GEOADD --------------------------------------------------------------

case = area("geo.geoadd")
case("counts-new-members", [
    (adding("g", "paris"), 1), (adding("g", "paris"), 0),
    (adding("g", "paris", "london", "rome"), 2), ("ZCARD g", 3),
    ("TYPE g", Simple("zset")),
])
case("scores", ALL + [
    ("ZSCORE g " + name, D(str(p[2]))) for name, p in PLACES.items()])
case("crowd", CROWD_ADD + [
    ("ZSCORE g " + n, D(str(score(*p)))) for n, p in CROWD.items()])
case("moves-a-member", [
    (adding("g", "paris"), 1), ("GEOADD g -0.1278 51.5074 paris", 0),
    ("ZSCORE g paris", D(str(SCORE["london"]))),
    ("GEOHASH g paris", [PLACES["london"][3]]),
])
case("member-twice-last-wins", [
    ("GEOADD g 1 1 a 2.3522 48.8566 a", 1), ("ZCARD g", 1),
    ("ZSCORE g a", D(str(SCORE["paris"]))),
])
case("nx", [
    ("GEOADD g NX 2.3522 48.8566 a", 1), ("GEOADD g NX 1 1 a 1 1 b", 1),
    ("ZSCORE g a", D(str(SCORE["paris"]))), ("ZCARD g", 2),
    ("GEOADD g nx NX 1 1 a", 0), ("ZSCORE g a", D(str(SCORE["paris"]))),
])
case("xx", [
    ("GEOADD g XX 1 1 a", 0), ("EXISTS g", 0), ("GEOADD g 1 1 a", 1),
    ("GEOADD g XX 2.3522 48.8566 a 1 1 b", 0), ("ZCARD g", 1),
    ("ZSCORE g a", D(str(SCORE["paris"]))), ("GEOADD g xx XX 1 1 b", 0),
])
case("ch", [
    ("GEOADD g CH 1 1 a 2 2 b", 2), ("GEOADD g CH 1 1 a 2 2 b", 0),
    ("GEOADD g CH 3 3 a 2 2 b 4 4 c", 2), ("GEOADD g 5 5 a", 0),
    ("GEOADD g ch CH 6 6 a", 1),
])
case("nx-ch", [
    ("GEOADD g NX CH 1 1 a", 1), ("GEOADD g NX CH 2 2 a 2 2 b", 1),
    ("GEOADD g CH NX 3 3 a", 0), ("GEOADD g CH NX 3 3 c 3 3 a", 1),
])
case("xx-ch", [
    ("GEOADD g XX CH 1 1 a", 0), ("EXISTS g", 0), ("GEOADD g 1 1 a", 1),
    ("GEOADD g XX CH 2 2 a 2 2 b", 1), ("GEOADD g CH XX 2 2 a", 0),
    ("ZCARD g", 1),
])
case("same-cell-is-no-change", [
    ("GEOADD g 10 10 a", 1), ("GEOADD g CH 10.0000001 10.0000001 a", 0),
    ("GEOADD g CH 10.0001 10 a", 1),
])
case("nx-xx", [
    ("GEOADD g NX XX 1 1 a", SYNTAX), ("GEOADD g XX CH NX 1 1 a", SYNTAX),
    ("EXISTS g", 0),
])
case("syntax", [
    ("GEOADD g 1 1 a 2", SYNTAX), ("GEOADD g 1 1 a 2 2", SYNTAX),
    ("GEOADD g NX 1 1 a 2", SYNTAX), ("GEOADD g FOO 1 1 a", SYNTAX),
    ("GEOADD g NX CH 1 1", SYNTAX), ("GEOADD g 1 1 a NX", SYNTAX),
    ("GEOADD g INCR 1 1 a", SYNTAX), ("GEOADD g NX FOO XX 1", FLOAT_ERR),
    ("GEOADD g 1 1 a abc abc", SYNTAX), ("EXISTS g", 0),
])
case("options-stand-first", [
    ("GEOADD g 1 1 NX", 1), ("ZSCORE g NX", ANY),
    ("GEOADD g 1 1 a NX 2 b", FLOAT_ERR), ("GEOADD g NX 1 1 XX", 1),
    ("ZCARD g", 2),
])
case("arity", [
    ("GEOADD g NX CH", arity("geoadd")), ("GEOADD g 1 1", arity("geoadd")),
    ("GEOADD g", arity("geoadd")), ("EXISTS g", 0),
])
for name, pair, want in [
        ("lon-high", "181 0", "181.000000,0.000000"),
        ("lon-low", "-181.5 0", "-181.500000,0.000000"),
        ("lon-just", "180.0000001 0", "180.000000,0.000000"),
        ("lat-high", "0 86", "0.000000,86.000000"),
        ("lat-low", "1.25 -86", "1.250000,-86.000000"),
        ("lat-just", "0 85.05112879", "0.000000,85.051129"),
        ("both", "200 100", "200.000000,100.000000"),
        ("inf", "inf 0", "inf,0.000000"),
        ("minus-inf", "0 -inf", "0.000000,-inf"),
        ("huge", "1e10 0", "10000000000.000000,0.000000")]:
    case("out-of-range-" + name, [
        ("GEOADD g %s a" % pair, invalid(want)),
        ("GEOADD g 1 1 b %s a" % pair, invalid(want)), ("EXISTS g", 0)])
case("bounds", [
    ("GEOADD g 180 1 e -180 1 w 1 85.05112878 n 1 -85.05112878 s", 4),
    ("ZCARD g", 4), ("GEOPOS g w", [place((-179.99999731779098511,
                                           position(score(1, 1))[1]))]),
])
case("not-a-float", [
    (("GEOADD", "g") + pair + ("a",), FLOAT_ERR) for pair in [
        ("abc", "0"), ("0", "abc"), ("nan", "0"), ("0", "nan"), ("", "0"),
        (" 1", "0"), ("1 ", "0"), ("1,5", "0"), (b"1\0", "0"), ("1e400", "0"),
        ("abc", "200"), ("200", "abc")]
] + [("EXISTS g", 0)])
case("all-or-nothing", [
    (adding("g", "paris"), 1), ("GEOADD g 1 1 paris 1 1 b abc 1 c",
                                FLOAT_ERR),
    ("ZSCORE g paris", D(str(SCORE["paris"]))), ("ZCARD g", 1),
])
case("first-error-wins", [
    ("GEOADD g 181 0 a abc 0 b", invalid("181.000000,0.000000")),
    ("GEOADD g abc 0 a 181 0 b", FLOAT_ERR),
])
case("arguments-before-type", [
    ("SET k v", OK), ("GEOADD k 181 0 a", invalid("181.000000,0.000000")),
    ("GEOADD k abc 0 a", FLOAT_ERR), ("GEOADD k 1 1 a 2", SYNTAX),
    ("GEOADD k NX XX 1 1 a", SYNTAX), ("GEOADD k 1 1 a", WRONGTYPE),
    ("GEOADD k XX 1 1 a", WRONGTYPE), ("GET k", "v"),
])
case("forms-of-numbers", [
    ("GEOADD g 1e1 -2.5E0 a +10 -02.50 b 10. -2.5 c 0xA -2.5 d", 4),
] + [("ZSCORE g " + m, D(str(score(10, -2.5)))) for m in "abcd"])
case("binary-members", [
    (("GEOADD", "g", "1", "1", "", "2", "2", b"\r\n\0"), 2),
    (("GEOHASH", "g", b"\r\n\0", "", b"\r\n"), [
        geohash(position(score(2, 2))), geohash(position(score(1, 1))),
        NIL]),
    ("GEOSEARCH g FROMLONLAT 2 2 BYRADIUS 500 km ASC", [b"\r\n\0", ""]),
])
case("keeps-ttl", [
    ("GEOADD g 1 1 a", 1), ("EXPIRE g 100", 1), ("GEOADD g 2 2 a 1 1 b", 1),
    ("TTL g", Between(99, 100)),
])
case("into-a-sorted-set", [
    ("ZADD g 1 x", 1), ("GEOADD g 1 1 a", 1), ("ZRANGE g 0 -1", ["x", "a"]),
    ("GEOADD g CH 2 2 x", 1), ("ZCARD g", 2),
])

# ---- GEODIST -------------------------------------------------------------

case = area("geo.geodist")
case("meters", ALL + [
    ("GEODIST g paris london", Digits("343653.0131", 0.001, Bulk)),
    ("GEODIST g london paris", Digits("343653.0131", 0.001, Bulk)),
    ("GEODIST g paris brussels", Digits("264049.9483", 0.001, Bulk)),
    ("GEODIST g paris sydney", Digits("16965282.9466", 0.1, Bulk)),
    ("GEODIST g london rome", Digits("1434185.7940", 0.01, Bulk)),
])
for unit, text in [("m", "343653.0131"), ("km", "343.6530"),
                   ("ft", "1127470.5155"), ("mi", "213.5366")]:
    case("unit-" + unit, FEW + [
        ("GEODIST g paris london " + unit, Digits(
            text, 0.0001 + float(text) * 1e-9, Bulk)),
        ("GEODIST g paris london " + unit.upper(), Digits(
            text, 0.0001 + float(text) * 1e-9, Bulk)),
        ("GEODIST g paris paris " + unit, "0.0000"),
    ])
case("every-pair", ALL + [
    ("GEODIST g %s %s km" % (a, b), meters(distance(AT[a], AT[b]), "km"))
    for a in PLACES for b in PLACES if a < b])
case("to-itself", FEW + [
    ("GEODIST g paris paris", "0.0000"),
    ("GEODIST g london london mi", "0.0000")])
case("along-a-meridian", [
    ("GEOADD g 10 10 a 10 20 b 10 -30 c", 3)] + [
    ("GEODIST g %s %s" % (a, b), meters(distance(
        position(score(10, y)), position(score(10, z)))))
    for a, y, b, z in [("a", 10, "b", 20), ("b", 20, "a", 10),
                       ("b", 20, "c", -30), ("a", 10, "c", -30)]])
case("over-the-date-line", [
    ("GEOADD g 179.5 0 a -179.5 0 b", 2),
    ("GEODIST g a b km", meters(distance(
        position(score(179.5, 0)), position(score(-179.5, 0))), "km")),
])
case("miss", FEW + [
    ("GEODIST g paris nope", NIL), ("GEODIST g nope paris", NIL),
    ("GEODIST g nope nope km", NIL), ("GEODIST nokey a b", NIL),
    ("GEODIST nokey a a mi", NIL), ("EXISTS nokey", 0),
])
case("unit-unknown", FEW + [
    (("GEODIST", "g", "paris", "london", unit), BAD_UNIT) for unit in (
        "cm", "", "meter", "k", "kmx", "miles", " km", "1")] + [
    ("GEODIST g paris nope cm", BAD_UNIT), ("GEODIST nokey a b cm", BAD_UNIT),
])
case("syntax", FEW + [
    ("GEODIST g paris london km m", SYNTAX),
    ("GEODIST g paris london xx m", SYNTAX),
    ("GEODIST nokey a b m m", SYNTAX),
])
case("arguments-before-type", [
    ("SET k v", OK), ("GEODIST k a b cm", BAD_UNIT),
    ("GEODIST k a b m m", SYNTAX), ("GEODIST k a b", WRONGTYPE),
])

# ---- GEOHASH, GEOPOS -----------------------------------------------------

case = area("geo.geohash")
case("eleven-characters", ALL + [
    ("GEOHASH g " + " ".join(PLACES), [p[3] for p in PLACES.values()])])
case("in-the-order-asked", FEW + [
    ("GEOHASH g london nope paris london", [
        PLACES["london"][3], NIL, PLACES["paris"][3], PLACES["london"][3]]),
])
case("miss", FEW + [
    ("GEOHASH g nope", [NIL]), ("GEOHASH nokey a", [NIL]),
    ("GEOHASH nokey a b a", [NIL, NIL, NIL]), ("EXISTS nokey", 0),
])
case("no-members", FEW + [("GEOHASH g", []), ("GEOHASH nokey", [])])
case("equator", [
    ("GEOADD g 0 0 a 0.1 0.1 b -0.1 -0.1 c", 3),
    ("GEOHASH g a b c", [geohash(position(score(x, x)))
                         for x in (0, 0.1, -0.1)])])
case("crowd", CROWD_ADD + [
    (("GEOHASH", "g") + tuple(CROWD), list(map(geohash, CROWD_AT.values())))])
case("no-members-before-type", [
    ("SET k v", OK), ("GEOHASH k", WRONGTYPE), ("GEOHASH k a", WRONGTYPE)])

case = area("geo.geopos")
case("positions", ALL + [
    ("GEOPOS g " + " ".join(PLACES), [place(AT[n]) for n in PLACES])])
case("crowd", CROWD_ADD + [
    (("GEOPOS", "g") + tuple(CROWD), list(map(place, CROWD_AT.values())))])
case("pinned-digits", FEW + [
    ("GEOPOS g paris", [[Digits("2.35219806432723999", 1e-9),
                         Digits("48.8565995303492997", 1e-9)]]),
    ("GEOPOS g london", [[Digits("-0.12779921293258667", 1e-9),
                          Digits("51.50740077990133159", 1e-9)]]),
])
case("in-the-order-asked", FEW + [
    ("GEOPOS g london nope paris london", [
        place(AT["london"]), NILARRAY, place(AT["paris"]),
        place(AT["london"])]),
])
case("miss", FEW + [
    ("GEOPOS g nope", [NILARRAY]), ("GEOPOS g nope nope2",
                                    [NILARRAY, NILARRAY]),
    ("GEOPOS nokey a", [NILARRAY]),
    ("GEOPOS nokey a b a", [NILARRAY, NILARRAY, NILARRAY]),
    ("EXISTS nokey", 0),
])
case("no-members", FEW + [("GEOPOS g", []), ("GEOPOS nokey", [])])
case("near-zero", [
    ("GEOADD g 0 0 a -0.000001 -0.000001 b", 2),
    ("GEOPOS g a b", [place(position(score(0, 0))),
                      place(position(score(-0.000001, -0.000001)))])])
case("no-members-before-type", [
    ("SET k v", OK), ("GEOPOS k", WRONGTYPE), ("GEOPOS k a", WRONGTYPE)])

# ---- GEOSEARCH -----------------------------------------------------------

case = area("geo.geosearch")
IN_1000 = "GEOSEARCH g FROMMEMBER paris BYRADIUS 1000 km "
case("radius-from-member", ALL + [
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 300 km",
     Unordered(["paris", "brussels"])),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 400 km", Unordered(NEAR)),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 0 m", ["paris"]),
    ("GEOSEARCH g FROMMEMBER tokyo BYRADIUS 100 km", ["tokyo"]),
])
case("radius-from-lonlat", ALL + [
    ("GEOSEARCH g FROMLONLAT 2 48 BYRADIUS 1 km", []),
    ("GEOSEARCH g FROMLONLAT 2 48 BYRADIUS 150 km", ["paris"]),
    ("GEOSEARCH g FROMLONLAT 2 48 BYRADIUS 450 km", Unordered(NEAR)),
    ("GEOSEARCH g FROMLONLAT -100 -70 BYRADIUS 500 km", []),
])
case("box", ALL + [
    ("GEOSEARCH g FROMMEMBER paris BYBOX 400 600 km",
     Unordered(["paris", "london", "brussels"])),
    ("GEOSEARCH g FROMMEMBER paris BYBOX 320 600 km",
     Unordered(["paris", "brussels"])),
    ("GEOSEARCH g FROMMEMBER paris BYBOX 400 500 km",
     Unordered(["paris", "brussels"])),
    ("GEOSEARCH g FROMMEMBER paris BYBOX 400 400 km", ["paris"]),
    ("GEOSEARCH g FROMMEMBER paris BYBOX 0 0 m", ["paris"]),
    ("GEOSEARCH g FROMLONLAT 2 48 BYBOX 1 1 mi", []),
])
for unit, n in [("m", 350000), ("km", 350), ("ft", 1148294), ("mi", 217)]:
    case("unit-" + unit, ALL + [
        ("GEOSEARCH g FROMMEMBER paris BYRADIUS %d %s ASC WITHDIST" % (
            n, unit), rows(NEAR, "WITHDIST", unit=unit)),
        ("GEOSEARCH g FROMMEMBER paris BYBOX %d %d %s ASC WITHDIST" % (
            2 * n, 2 * n, unit.upper()), rows(NEAR, "WITHDIST", unit=unit)),
    ])
case("asc-desc", ALL + [
    (IN_1000 + "ASC", NEAR), (IN_1000 + "DESC", NEAR[::-1]),
    (IN_1000 + "asc", NEAR), (IN_1000 + "ASC DESC", NEAR[::-1]),
    (IN_1000 + "DESC ASC", NEAR),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 40000 km ASC", list(PLACES)),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 40000 km DESC",
     list(PLACES)[::-1]),
])
case("count", ALL + [
    (IN_1000 + "COUNT 1", ["paris"]), (IN_1000 + "COUNT 2", NEAR[:2]),
    (IN_1000 + "COUNT 3", NEAR), (IN_1000 + "COUNT 4", NEAR),
    (IN_1000 + "COUNT 9223372036854775807", NEAR),
    (IN_1000 + "COUNT 2 ASC", NEAR[:2]),
    (IN_1000 + "COUNT 2 DESC", NEAR[:0:-1]),
    (IN_1000 + "DESC count 1", ["london"]),
    (IN_1000 + "COUNT 1 COUNT 2", NEAR[:2]),
])
case("count-any", ALL + [
    (IN_1000 + "COUNT 1 ANY", Subset(NEAR, 1)),
    (IN_1000 + "COUNT 2 ANY", Subset(NEAR, 2)),
    (IN_1000 + "COUNT 3 any", Unordered(NEAR)),
    (IN_1000 + "ANY COUNT 9", Unordered(NEAR)),
    (IN_1000 + "COUNT 3 ANY ASC", NEAR),
    (IN_1000 + "COUNT 3 ANY ANY DESC", NEAR[::-1]),
    (IN_1000 + "COUNT 2 ANY ASC", Subset(NEAR, 2)),
])
case("count-any-sorts-what-it-has", ALL + [
    (IN_1000 + "COUNT 2 ANY DESC", OneOf(
        ["london", "brussels"], ["london", "paris"], ["brussels", "paris"])),
])
for options in ["WITHDIST", "WITHHASH", "WITHCOORD", "WITHDIST WITHHASH",
                "WITHDIST WITHCOORD", "WITHHASH WITHCOORD",
                "WITHDIST WITHHASH WITHCOORD", "WITHCOORD WITHHASH WITHDIST",
                "WITHHASH WITHDIST", "WITHCOORD WITHDIST"]:
    case("with-" + options.lower().replace("with", "").replace(" ", "-"),
         ALL + [
             (IN_1000 + "ASC " + options, rows(NEAR, options)),
             (IN_1000 + options + " DESC", rows(NEAR[::-1], options)),
             (IN_1000 + options, Unordered(rows(NEAR, options))),
             (IN_1000 + "COUNT 1 " + options.lower(),
              rows(NEAR[:1], options)),
             ("GEOSEARCH nokey FROMMEMBER a BYRADIUS 1 km " + options, []),
         ])
case("with-twice", ALL + [
    (IN_1000 + "COUNT 1 WITHDIST WITHDIST", rows(NEAR[:1], "WITHDIST")),
    (IN_1000 + "COUNT 1 WITHHASH WITHDIST WITHHASH",
     rows(NEAR[:1], "WITHDIST WITHHASH")),
])
case("options-in-any-order", ALL + [
    ("GEOSEARCH g ASC COUNT 2 BYRADIUS 1000 km WITHHASH FROMMEMBER paris",
     rows(NEAR[:2], "WITHHASH")),
    ("GEOSEARCH g BYBOX 800 800 km FROMLONLAT 2.3522 48.8566 DESC",
     NEAR[::-1]),
    ("geosearch g withdist byradius 1000 km asc frommember paris",
     rows(NEAR, "WITHDIST")),
])
case("last-centre-and-shape-win", ALL + [
    ("GEOSEARCH g FROMMEMBER paris FROMMEMBER tokyo BYRADIUS 1 km",
     ["tokyo"]),
    ("GEOSEARCH g BYRADIUS 1000 km BYRADIUS 10 m FROMMEMBER paris",
     ["paris"]),
    ("GEOSEARCH g BYBOX 9000 9000 km BYBOX 10 10 m FROMMEMBER paris",
     ["paris"]),
    ("GEOSEARCH g FROMLONLAT 0 0 FROMLONLAT 2.3522 48.8566 BYRADIUS 1 km",
     ["paris"]),
])
case("no-key", [
    ("GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km", []),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km", []),
    ("GEOSEARCH g FROMMEMBER a BYBOX 1 1 km ASC COUNT 1 ANY WITHDIST", []),
    ("EXISTS g", 0),
])
case("no-member", FEW + [
    ("GEOSEARCH g FROMMEMBER nope BYRADIUS 1 km", NO_MEMBER),
    ("GEOSEARCH g FROMMEMBER nope FROMMEMBER paris BYRADIUS 1 km",
     NO_MEMBER),
    ("GEOSEARCH g FROMMEMBER nope BYRADIUS 1 km FOO", NO_MEMBER),
])
case("centre-missing", FEW + [
    ("GEOSEARCH %s BYRADIUS 1 km ASC ASC ASC" % key, E(
        "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
        "GEOSEARCH")) for key in ("g", "nokey")] + [
    ("GEOSEARCH g ASC ASC ASC ASC ASC", E(
        "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
        "GEOSEARCH")),
])
case("shape-missing", FEW + [
    ("GEOSEARCH %s FROMLONLAT 1 1 ASC ASC ASC" % key, E(
        "ERR exactly one of BYRADIUS and BYBOX can be specified for "
        "GEOSEARCH")) for key in ("g", "nokey")])
case("two-centres-or-shapes", FEW + [(words, SYNTAX) for words in [
    "GEOSEARCH g FROMMEMBER paris FROMLONLAT 1 1 BYRADIUS 1 km",
    "GEOSEARCH g FROMLONLAT 1 1 FROMMEMBER paris BYRADIUS 1 km",
    "GEOSEARCH g FROMMEMBER paris BYRADIUS 1 km BYBOX 1 1 km",
    "GEOSEARCH g FROMMEMBER paris BYBOX 1 1 km BYRADIUS 1 km",
    "GEOSEARCH nokey FROMMEMBER a BYRADIUS 1 km FROMLONLAT 1 1"]])
case("syntax", FEW + [
    (IN_1000 + tail, SYNTAX) for tail in (
        "FOO", "COUNT", "ASC COUNT", "STORE d", "STOREDIST", "WITHSCORES",
        "COUNT 1 2", "BYRADIUS", "FROMMEMBER", "FROMLONLAT 1", "ANY FOO",
        "WITHDIST FOO", "BYPOLYGON")] + [
    ("GEOSEARCH g FROMLONLAT 2 3 BYRADIUS 1000", SYNTAX),
    ("GEOSEARCH g FROMLONLAT 2 3 BYBOX 1 1", SYNTAX),
    ("GEOSEARCH g BYRADIUS 1 km FROMLONLAT 2", SYNTAX),
    ("GEOSEARCH g BYRADIUS 1 km ASC FROMMEMBER", SYNTAX),
])
case("arity", [
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 1", arity("geosearch")),
    ("GEOSEARCH g FROMMEMBER a", arity("geosearch")),
    ("GEOSEARCH g", arity("geosearch")),
])
case("centre-errors", FEW + [
    ("GEOSEARCH %s FROMLONLAT %s BYRADIUS 1 km" % (key, pair), want)
    for key in ("g", "nokey") for pair, want in [
        ("181 0", invalid("181.000000,0.000000")),
        ("1 86", invalid("1.000000,86.000000")),
        ("inf 0", invalid("inf,0.000000")), ("abc 0", FLOAT_ERR),
        ("0 abc", FLOAT_ERR), ("nan 0", FLOAT_ERR), ("181 abc", FLOAT_ERR)]])
case("radius-errors", FEW + [
    ("GEOSEARCH %s FROMLONLAT 1 1 BYRADIUS %s" % (key, shape), want)
    for key in ("g", "nokey") for shape, want in [
        ("abc km", NO_RADIUS), ("nan km", NO_RADIUS), ("1e400 km", NO_RADIUS),
        ("-1 km", NEGATIVE_RADIUS), ("-0.5 m", NEGATIVE_RADIUS),
        ("1 cm", BAD_UNIT), ("1 ASC", BAD_UNIT), ("abc cm", NO_RADIUS),
        ("-1 cm", NEGATIVE_RADIUS)]])
case("box-errors", FEW + [
    ("GEOSEARCH %s FROMLONLAT 1 1 BYBOX %s" % (key, shape), want)
    for key in ("g", "nokey") for shape, want in [
        ("abc 1 km", E("ERR need numeric width")),
        ("1 abc km", E("ERR need numeric height")),
        ("abc abc km", E("ERR need numeric width")),
        ("-1 1 km", E("ERR height or width cannot be negative")),
        ("1 -1 km", E("ERR height or width cannot be negative")),
        ("1 1 cm", BAD_UNIT), ("1 -1 cm",
                               E("ERR height or width cannot be negative"))]])
case("count-errors", FEW + [
    ("GEOSEARCH %s FROMLONLAT 1 1 BYRADIUS 1 km %s" % (key, tail), want)
    for key in ("g", "nokey") for tail, want in [
        ("COUNT 0", COUNT), ("COUNT -1", COUNT), ("COUNT -1 ANY FOO", COUNT),
        ("COUNT abc", INT_ERR), ("COUNT ANY", INT_ERR),
        ("COUNT 9223372036854775808", INT_ERR), ("ANY", ANY_COUNT),
        ("COUNT 1 COUNT 0", COUNT)]])
case("type-before-arguments", [("SET k v", OK)] + [
    ("GEOSEARCH k " + tail, WRONGTYPE) for tail in (
        "FROMMEMBER a BYRADIUS 1 km", "FROMLONLAT 181 0 BYRADIUS 1 km",
        "FROMLONLAT 1 1 BYRADIUS abc cm", "FOO FOO FOO FOO FOO")])
case("radius-is-inclusive", [
    ("GEOADD g 10 10 a", 1),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 0 m WITHDIST", [["a", "0.0000"]]),
    ("GEOSEARCH g FROMMEMBER a BYBOX 0 0 m WITHDIST", [["a", "0.0000"]]),
])
case("radius-of-fractions", FEW + [
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 343.65 km ASC", NEAR[:2]),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 343.66 km ASC", NEAR),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 2.6406e5 m ASC", NEAR[:2]),
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS 2.6404e5 m ASC", NEAR[:1]),
])
case("radius-beyond-the-earth", ALL + [
    ("GEOSEARCH g FROMMEMBER paris BYRADIUS %s km ASC" % n, list(PLACES))
    for n in ("20100", "1e6", "1e300", "inf")] + [
    ("GEOSEARCH g FROMMEMBER paris BYBOX %s %s km ASC" % (n, n),
     list(PLACES)) for n in ("1e6", "inf")])
case("over-the-date-line", [
    ("GEOADD g 179.9 10 a -179.9 10 b 179.9 -10 c 178 10 d -178 10 e", 5),
    ("GEOSEARCH g FROMMEMBER a BYRADIUS 30 km ASC", ["a", "b"]),
    ("GEOSEARCH g FROMMEMBER b BYRADIUS 30 km ASC", ["b", "a"]),
    ("GEOSEARCH g FROMMEMBER a BYBOX 60 60 km ASC", ["a", "b"]),
] + [("GEOSEARCH g FROMLONLAT %s 10 %s km ASC" % (lon, shape), want)
     for shape in ("BYRADIUS 300", "BYBOX 500 10") for lon, want in [
         ("179.99", ["a", "b", "d", "e"]), ("-179.99", ["b", "a", "e", "d"])]])
# Redis does not see over the line from 180, nor from -180 what is on it.
case("longitude-180", [
    ("GEOADD g 179.9 10 a -179.9 10 b 180 10 c", 3),
    ("GEOSEARCH g FROMLONLAT 180 10 BYRADIUS 300 km",
     OneOf(Unordered(["a", "b", "c"]), Unordered(["a", "c"]))),
    ("GEOSEARCH g FROMLONLAT -180 10 BYRADIUS 300 km",
     OneOf(Unordered(["a", "b", "c"]), Unordered(["a", "b"]))),
])
case("over-equator-and-meridian", [
    ("GEOADD g 0.1 0.1 ne -0.1 0.1 nw 0.1 -0.1 se -0.1 -0.1 sw 1 1 far", 5),
    ("GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 16 km",
     Unordered(["ne", "nw", "se", "sw"])),
    ("GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 15 km", []),
    ("GEOSEARCH g FROMLONLAT 0 0 BYBOX 23 23 km",
     Unordered(["ne", "nw", "se", "sw"])),
    ("GEOSEARCH g FROMLONLAT 0.1 0 BYBOX 1 23 km", Unordered(["ne", "se"])),
])
case("near-the-pole", [
    ("GEOADD g 0 85 a 90 85 b 179 85 c -90 85 d 0 80 e", 5),
    ("GEOSEARCH g FROMLONLAT 0 85 BYRADIUS 700 km",
     Unordered(["a", "e"])),
    ("GEOSEARCH g FROMLONLAT 0 85 BYRADIUS 800 km",
     Unordered(["a", "b", "d", "e"])),
    ("GEOSEARCH g FROMLONLAT 45 85 BYRADIUS 1200 km",
     Unordered(["a", "b", "c", "d", "e"])),
])

def crowd(fits, centre):
    """The members that fit, by distance."""
    return sorted((n for n, p in CROWD_AT.items() if fits(p)),
                  key=lambda n: distance(centre, CROWD_AT[n]))


for km in (5, 20, 75, 150, 1000, 3000, 8000, 15000):
    steps = []
    for lon, lat in [(11, 46), (10.5, 45.5), (-60, -20), (179, 5), (30, 75)]:
        here = (lon, lat)
        names = crowd(lambda p: distance(here, p) <= km * 1000, here)
        search = "GEOSEARCH g FROMLONLAT %s %s BYRADIUS %d km" % (
            lon, lat, km)
        steps += [(search, Unordered(names)), (search + " ASC", names),
                  (search + " COUNT 3", names[:3]),
                  (search + " DESC COUNT 2", names[::-1][:2]),
                  (search + " COUNT 7 ANY", Subset(names, min(7,
                                                              len(names))))]
    case("crowd-radius-%d" % km, CROWD_ADD + steps)
for width, height in [(10, 300), (300, 10), (60, 60), (200, 150),
                      (2000, 6000), (9000, 900), (15000, 15000)]:
    steps = []
    for lon, lat in [(11, 46), (10.5, 45.5), (-60, -20), (179, 5), (30, 60)]:
        here = (lon, lat)
        names = crowd(lambda p: in_box(here, width * 1000, height * 1000, p),
                      here)
        search = "GEOSEARCH g FROMLONLAT %s %s BYBOX %d %d km" % (
            lon, lat, width, height)
        steps += [(search, Unordered(names)), (search + " ASC", names),
                  (search + " COUNT 3", names[:3])]
    case("crowd-box-%d-%d" % (width, height), CROWD_ADD + steps)

# ---- BYPOLYGON -----------------------------------------------------------

case = area("geo.polygon", since="8.10")
BLOCK = "BYPOLYGON 4 -5 40 -5 52 5 52 5 40 "
case("finds", ALL + [
    ("GEOSEARCH g " + BLOCK, Unordered(NEAR + ["madrid"])),
    ("GEOSEARCH g BYPOLYGON 3 -5 40 -5 52 5 52",
     Unordered(["paris", "london"])),
    ("GEOSEARCH g FROMMEMBER paris " + BLOCK + "ASC", NEAR + ["madrid"]),
    ("GEOSEARCH g FROMMEMBER paris %s DESC COUNT 1" % BLOCK, ["madrid"]),
    ("GEOSEARCH g %s FROMLONLAT 2.3522 48.8566 COUNT 2" % BLOCK, NEAR[:2]),
    ("GEOSEARCH g FROMMEMBER paris %s ASC WITHDIST WITHHASH COUNT 3" % BLOCK,
     rows(NEAR, "WITHDIST WITHHASH", unit="m")),
    ("GEOSEARCH g BYPOLYGON 4 -180 -85 -180 85 180 85 180 -85",
     Unordered(list(PLACES))),
    ("GEOSEARCH g BYPOLYGON 3 100 -70 101 -70 100 -71", []),
    ("GEOSEARCH g BYPOLYGON 6 -5 40 -5 52 5 52 5 51.5 -4 51.4 -4 40",
     Unordered(["london"])),
])
case("crowd", CROWD_ADD + [
    ("GEOSEARCH g BYPOLYGON 4 %s %s %s %s %s %s %s %s" % (
        w, s, w, n, e, n, e, s), Unordered([
            name for name, p in CROWD_AT.items()
            if w < p[0] < e and s < p[1] < n]))
    for w, s, e, n in [(10.1, 45.2, 11.3, 46.7), (-170, -60, 170, 60),
                       (10.5, 44, 10.6, 48), (9, 45.5, 13, 45.6),
                       (-180, -10, 0, 10), (0, 0, 90, 45)]])
case("store", ALL + [
    ("GEOSEARCHSTORE d g " + BLOCK, 4),
    ("ZRANGE d 0 -1 WITHSCORES",
     scores(["madrid", "london", "paris", "brussels"])),
    ("GEOSEARCHSTORE d g FROMMEMBER paris %s COUNT 3 STOREDIST" % BLOCK, 3),
    ("ZRANGE d 0 -1 WITHSCORES", distances(NEAR, "m")),
])
case("errors", FEW + [
    ("GEOSEARCH g FROMMEMBER paris " + tail, EP("ERR")) for tail in [
        "BYPOLYGON 2 1 1 2 2", "BYPOLYGON 0 1 1 2 2", "BYPOLYGON x 1 1 2 2",
        "BYPOLYGON 3 1 1 2 2 3", "BYPOLYGON 4 1 1 2 2 3 3 ASC",
        "BYPOLYGON 3 1 1 2 2 3 86", "BYPOLYGON 3 1 1 2 x 3 3",
        "BYPOLYGON -3 1 1 2 2 3 3", "BYPOLYGON 9223372036854775807 1 1 2 2",
        "BYRADIUS 1 km BYPOLYGON 3 1 1 2 2 3 3",
        "BYPOLYGON 3 1 1 2 2 3 3 BYBOX 1 1 km"]])

# ---- GEOSEARCHSTORE ------------------------------------------------------

case = area("geo.geosearchstore")
STORE_1000 = "GEOSEARCHSTORE d g FROMMEMBER paris BYRADIUS 1000 km "
RANGE = "ZRANGE d 0 -1 WITHSCORES"
WITH = E("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and "
         "WITHCOORD options")
case("scores-are-hashes", ALL + [
    (STORE_1000, 3), (RANGE, scores(["london", "paris", "brussels"])),
    ("TYPE d", Simple("zset")), ("GEOHASH d paris", [PLACES["paris"][3]]),
    ("ZCARD g", 9),
])
for unit, n in [("m", 350000), ("km", 350), ("ft", 1148294), ("mi", 217)]:
    case("storedist-" + unit, ALL + [
        ("GEOSEARCHSTORE d g FROMMEMBER paris BYRADIUS %d %s STOREDIST" % (
            n, unit), 3), (RANGE, distances(NEAR, unit)),
        ("GEOSEARCHSTORE d g FROMMEMBER paris BYBOX %d %d %s storedist" % (
            2 * n, 2 * n, unit), 3), (RANGE, distances(NEAR, unit)),
    ])
case("count", ALL + [
    (STORE_1000 + "COUNT 2", 2), (RANGE, scores(NEAR[:2])),
    (STORE_1000 + "COUNT 2 DESC", 2), (RANGE, scores(["london", "brussels"])),
    (STORE_1000 + "COUNT 9 ASC STOREDIST", 3), (RANGE, distances(NEAR)),
    (STORE_1000 + "COUNT 2 ANY", 2), ("ZRANGE d 0 -1", Subset(NEAR, 2)),
])
case("replaces", ALL + [
    ("ZADD d 1 old", 1), ("EXPIRE d 100", 1), (STORE_1000, 3),
    ("ZRANGE d 0 -1", ["london", "paris", "brussels"]), ("TTL d", -1),
    ("SET d v", OK), (STORE_1000, 3), ("TYPE d", Simple("zset")),
])
case("empty-result-removes", ALL + [
    ("GEOSEARCHSTORE d g FROMLONLAT -100 -70 BYRADIUS 1 km", 0),
    ("EXISTS d", 0), ("ZADD d 1 old", 1),
    ("GEOSEARCHSTORE d g FROMLONLAT -100 -70 BYRADIUS 1 km", 0),
    ("EXISTS d", 0), ("SET d v", OK),
    ("GEOSEARCHSTORE d g FROMLONLAT -100 -70 BYBOX 1 1 km STOREDIST", 0),
    ("EXISTS d", 0),
])
case("no-key-removes", [
    ("GEOSEARCHSTORE d nokey FROMLONLAT 1 1 BYRADIUS 1 km", 0),
    ("SET d v", OK), ("GEOSEARCHSTORE d nokey FROMLONLAT 1 1 BYRADIUS 1 km",
                      0), ("EXISTS d nokey", 0),
    ("ZADD d 1 x", 1), ("GEOSEARCHSTORE d nokey FROMMEMBER a BYBOX 1 1 km",
                        0), ("EXISTS d", 0),
])
case("onto-itself", ALL + [
    ("GEOSEARCHSTORE g g FROMMEMBER paris BYRADIUS 1000 km", 3),
    ("ZRANGE g 0 -1 WITHSCORES", scores(["london", "paris", "brussels"])),
    ("GEOSEARCHSTORE g g FROMMEMBER paris BYRADIUS 300 km STOREDIST", 2),
    ("ZRANGE g 0 -1 WITHSCORES", distances(NEAR[:2])),
])
case("onto-itself-empty", FEW + [
    ("GEOSEARCHSTORE g g FROMLONLAT -100 -70 BYRADIUS 1 km", 0),
    ("EXISTS g", 0)])
case("errors-leave-destination", FEW + [("SET d v", OK)] + [
    (STORE_1000 + tail, want) for tail, want in [
        ("WITHDIST", WITH), ("WITHHASH", WITH), ("WITHCOORD", WITH),
        ("STOREDIST WITHDIST", WITH), ("STORE x", SYNTAX), ("FOO", SYNTAX),
        ("STORE", SYNTAX), ("COUNT 0", COUNT), ("ANY", ANY_COUNT),
        ("COUNT x", INT_ERR), ("WITHDIST FOO", SYNTAX)]] + [
    ("GEOSEARCHSTORE d g FROMMEMBER nope BYRADIUS 1 km", NO_MEMBER),
    ("GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS -1 km", NEGATIVE_RADIUS),
    ("GET d", "v"),
])
case("storedist-twice", FEW + [
    (STORE_1000 + "STOREDIST STOREDIST", 3), (RANGE, distances(NEAR))])
case("incomplete", FEW + [
    ("GEOSEARCHSTORE d g BYRADIUS 1 km ASC ASC ASC", E(
        "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
        "GEOSEARCHSTORE")),
    ("GEOSEARCHSTORE d g FROMLONLAT 1 1 ASC ASC ASC", E(
        "ERR exactly one of BYRADIUS and BYBOX can be specified for "
        "GEOSEARCHSTORE")),
    ("GEOSEARCHSTORE d g FROMMEMBER a BYRADIUS 1", arity("geosearchstore")),
])
case("type-of-source", FEW + [
    ("SET k v", OK), ("ZADD d 1 x", 1),
    ("GEOSEARCHSTORE d k FROMLONLAT 1 1 BYRADIUS 1 km", WRONGTYPE),
    ("GEOSEARCHSTORE d k FOO FOO FOO FOO FOO", WRONGTYPE),
    ("GEOSEARCHSTORE k k FROMLONLAT 1 1 BYRADIUS 1 km", WRONGTYPE),
    ("GET k", "v"), ("ZCARD d", 1),
])

# ---- GEORADIUS and GEORADIUSBYMEMBER -------------------------------------

STORE_WITH = E("ERR STORE option in GEORADIUS is not compatible with "
               "WITHDIST, WITHHASH and WITHCOORD options")
for name, from_paris in [("georadius", "2.35219806432723999 "
                          "48.8565995303492997"),
                         ("georadiusbymember", "paris")]:
    for name in (name, name + "_ro"):
        case = area("geo." + name)
        head = "%s g %s " % (name.upper(), from_paris)
        near = head + "1000 km "
        case("finds", ALL + [
            (near, Unordered(NEAR)), (head + "300 km", Unordered(NEAR[:2])),
            (head + "1 m", ["paris"])])
        case("options", ALL + [
            (near + "ASC", NEAR), (near + "desc", NEAR[::-1]),
            (near + "COUNT 2", NEAR[:2]), (near + "COUNT 1 DESC", ["london"]),
            (near + "COUNT 2 ANY", Subset(NEAR, 2)),
            (near + "ANY COUNT 9", Unordered(NEAR)),
            (near + "WITHDIST ASC", rows(NEAR, "WITHDIST")),
            (near + "WITHHASH ASC", rows(NEAR, "WITHHASH")),
            (near + "WITHCOORD ASC", rows(NEAR, "WITHCOORD")),
            (near + "withcoord WITHHASH COUNT 1 WITHDIST",
             rows(NEAR[:1], "WITHDIST WITHHASH WITHCOORD")),
        ])
        for unit, n in [("m", 350000), ("km", 350), ("ft", 1148294),
                        ("mi", 217)]:
            case("unit-" + unit, ALL + [
                ("%s%d %s WITHDIST ASC" % (head, n, u), rows(
                    NEAR, "WITHDIST", unit=unit))
                for u in (unit, unit.upper())])
        case("errors", ALL + [
            (near + tail, want) for tail, want in [
                ("FOO", SYNTAX), ("COUNT", SYNTAX), ("COUNT 0", COUNT),
                ("COUNT -5", COUNT), ("COUNT abc", INT_ERR),
                ("ANY", ANY_COUNT), ("ANY FOO", SYNTAX),
                ("FROMMEMBER paris", SYNTAX), ("BYRADIUS 1 km", SYNTAX),
                ("BYBOX 1 1 km", SYNTAX), ("FROMLONLAT 1 1", SYNTAX)]] + [
            (head + "abc km", NO_RADIUS), (head + "-1 km", NEGATIVE_RADIUS),
            (head + "nan km", NO_RADIUS), (head + "1 cm", BAD_UNIT),
            (head + "abc cm", NO_RADIUS), (head + "-1 cm", NEGATIVE_RADIUS),
            (head + "1 cm FOO", BAD_UNIT),
        ])
        case("no-key", [
            (near, []), (near + "WITHDIST ASC COUNT 1", []),
            (near + "FOO", SYNTAX), (near + "COUNT 0", COUNT),
            (near + "ANY", ANY_COUNT), ("EXISTS g", 0)])
        case("type-before-arguments", [
            ("SET g v", OK), (near, WRONGTYPE), (near + "FOO", WRONGTYPE),
            (head + "abc cm", WRONGTYPE)])
        if name.endswith("_ro"):
            case("does-not-store", ALL + [
                (near + "STORE d", SYNTAX), (near + "STOREDIST d", SYNTAX),
                (near + "STORE", SYNTAX), (near + "WITHDIST STORE d", SYNTAX),
                ("EXISTS d", 0)])
            continue
        case("store", ALL + [
            (near + "STORE d", 3),
            (RANGE, scores(["london", "paris", "brussels"])),
            (near + "store d COUNT 1", 1), (RANGE, scores(["paris"])),
            (head + "1 m STORE d", 1), (RANGE, scores(["paris"])),
        ])
        case("storedist", ALL + [
            (near + "STOREDIST d", 3), (RANGE, distances(NEAR)),
            (head + "400 km storedist d COUNT 2", 2),
            (RANGE, distances(NEAR[:2])),
            (head + "217 mi STOREDIST d DESC COUNT 1", 1),
            (RANGE, distances(["london"], "mi")),
        ])
        case("store-twice-last-wins", ALL + [
            (near + "STORE a STOREDIST d", 3), ("EXISTS a", 0),
            (RANGE, distances(NEAR)), ("DEL d", 1),
            (near + "STOREDIST a STORE d", 3), ("EXISTS a", 0),
            (RANGE, scores(["london", "paris", "brussels"])),
        ])
        case("store-replaces", ALL + [
            ("SET d v EX 100", OK), (near + "STORE d", 3), ("TTL d", -1),
            ("TYPE d", Simple("zset")), (near + "STORE g", 3),
            ("ZRANGE g 0 -1", ["london", "paris", "brussels"]),
        ])
        case("store-no-key-removes", [
            ("SET d v", OK), (near + "STORE d", 0), ("EXISTS d", 0),
            ("ZADD d 1 x", 1), (near + "STOREDIST d", 0), ("EXISTS d", 0)])
        case("store-errors", ALL + [
            (near + tail, want) for tail, want in [
                ("STORE", SYNTAX), ("STOREDIST", SYNTAX),
                ("ASC STORE", SYNTAX), ("STORE d WITHDIST", STORE_WITH),
                ("WITHHASH STORE d", STORE_WITH),
                ("STOREDIST d WITHCOORD", STORE_WITH),
                ("STORE d FOO", SYNTAX), ("STORE d COUNT 0", COUNT)]] + [
            ("EXISTS d", 0)])

case = area("geo.georadius")
case("centre-errors", FEW + [
    ("GEORADIUS%s %s %s" % (ro, key, tail), want)
    for ro in ("", "_RO") for key in ("g", "nokey") for tail, want in [
        ("181 37 1 km", invalid("181.000000,37.000000")),
        ("0 -86 1 km", invalid("0.000000,-86.000000")),
        ("abc 37 1 km", FLOAT_ERR), ("1 abc 1 km", FLOAT_ERR),
        ("nan 1 1 km", FLOAT_ERR), ("abc 37 1 cm", FLOAT_ERR),
        ("181 0 abc cm", invalid("181.000000,0.000000"))]])
case("store-empty-result-removes", FEW + [
    ("ZADD d 1 x", 1), ("GEORADIUS g -100 -70 1 km STORE d", 0),
    ("EXISTS d", 0)])
case("shape-errors-without-key", [
    ("GEORADIUS nokey 1 1 abc km", NO_RADIUS),
    ("GEORADIUS nokey 1 1 -1 km", NEGATIVE_RADIUS),
    ("GEORADIUS nokey 1 1 1 cm", BAD_UNIT),
    ("GEORADIUS_RO nokey 1 1 abc cm", NO_RADIUS),
])
case = area("geo.georadiusbymember")
case("no-member", FEW + [
    ("GEORADIUSBYMEMBER g nope 1 km", NO_MEMBER),
    ("GEORADIUSBYMEMBER_RO g nope 1 km", NO_MEMBER),
    ("GEORADIUSBYMEMBER g nope abc cm FOO", NO_MEMBER),
    ("SET d v", OK), ("GEORADIUSBYMEMBER g nope 1 km STORE d", NO_MEMBER),
    ("GET d", "v"),
])
case("shape-unread-without-key", [
    ("GEORADIUSBYMEMBER nokey a abc cm", Exact([])),
    ("GEORADIUSBYMEMBER_RO nokey a -1 km", Exact([])),
    ("GEORADIUSBYMEMBER nokey a abc cm STORE d", Exact(0)),
])

# ---- the sorted set under it ---------------------------------------------

case = area("geo.sorted-set")
case("zadd-of-a-score", [
    ("ZADD g %d a" % SCORE["paris"], 1),
    ("GEOHASH g a", [PLACES["paris"][3]]), ("GEOPOS g a",
                                            [place(AT["paris"])]),
    ("GEOSEARCH g FROMLONLAT 2.3522 48.8566 BYRADIUS 1 m WITHHASH",
     [["a", SCORE["paris"]]]),
    ("ZADD g %d b" % SCORE["london"], 1),
    ("GEODIST g a b", Digits("343653.0131", 0.001, Bulk)),
])
case("zrem", FEW + [
    ("ZREM g paris", 1), ("GEOPOS g paris", [NILARRAY]),
    ("GEOHASH g paris", [NIL]), ("GEODIST g paris london", NIL),
    ("GEOSEARCH g FROMLONLAT 2.3522 48.8566 BYRADIUS 1000 km ASC",
     NEAR[1:]), ("ZREM g london brussels", 2), ("EXISTS g", 0),
])
case("range-by-score", ALL + [
    ("ZRANGE g 0 -1", sorted(PLACES, key=SCORE.get)),
    ("ZRANGEBYSCORE g %d %d" % (SCORE["paris"], SCORE["brussels"]),
     ["paris", "brussels"]),
])
case("expires", [
    ("GEOADD g 1 1 a", 1), ("PEXPIRE g 3", 1), ("DEBUG SLEEP 0.01", OK),
    ("GEOPOS g a", [NILARRAY]), ("GEOSEARCH g FROMMEMBER a BYRADIUS 1 km",
                                 []), ("GEODIST g a a", NIL),
    ("GEOADD g XX 1 1 a", 0), ("EXISTS g", 0),
], contexts="plain")

REPLIES = {
    "GEOADD": "int error", "GEODIST": "bulk null error",
    "GEOHASH": "array error", "GEOPOS": "array error",
    "GEORADIUS": "array int error", "GEORADIUS_RO": "array error",
    "GEORADIUSBYMEMBER": "array int error",
    "GEORADIUSBYMEMBER_RO": "array error", "GEOSEARCH": "array error",
    "GEOSEARCHSTORE": "int error",
}
