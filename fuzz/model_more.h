/* The naive model's integers inside strings, HyperLogLogs and positions: bits
 * one at a time, a byte for each register, searches that look at every member.
 */
#include <float.h>
#include <math.h>

/* ---- BITPOS, BITFIELD ---- */

static void m_bitpos(int id, const str *a, size_t n) {
    struct item *m = m_find(id, a[1]);
    i64 bit, from = 0, to = -1, at, total;
    int in_bits = n > 5 && word(a[5], "bit");
    if (!m_int(a[2], &bit) || bit < 0 || bit > 1) {
        say_error();
    } else if (!m) {
        say_int(bit ? -1 : 0);
    } else if (n > 6 || (n > 3 && !m_int(a[3], &from)) ||
               (n > 5 && !in_bits && !word(a[5], "byte")) ||
               (n > 4 && !m_int(a[4], &to))) {
        say_error();
    } else {
        total = (i64)m->vn * (in_bits ? 8 : 1);
        if (to < -total) to = -total; /* the first one, not none */
        if (!m_clip(total, &from, &to)) {
            say_int(-1);
            return;
        }
        if (!in_bits) from *= 8, to = to * 8 + 7;
        for (at = from; at <= to && m_bit(m_val(m), (u64)at) != bit; at++) {
        }
        say_int(at <= to || (!bit && n <= 4) ? at : -1);
    }
}

/* A place: a number, or # and one of fields `width` wide. */
static int m_place_of(str s, int width, u64 *at) {
    i64 v;
    int fields = width && s.n && *s.p == '#';
    if (fields) s.p++, s.n--;
    if (!m_int(s, &v) || v < 0 || (fields && v > INT64_MAX / width)) return 0;
    *at = (u64)v * (u64)(fields ? width : 1);
    return *at >> 3 < 512 << 20;
}

struct m_field {
    char op, how; /* g s i; w s f */
    int sign, width;
    u64 at;
    i64 v;
};

/* The operation at *i; 0: there is none, -1: an error. */
static int m_field_next(const str *a, size_t n, size_t *i, struct m_field *f) {
    i64 width;
    str s;
    for (; *i + 1 < n && word(a[*i], "overflow"); *i += 2) {
        if (!word(a[*i + 1], "wrap") && !word(a[*i + 1], "sat") &&
            !word(a[*i + 1], "fail"))
            return -1;
        f->how = (char)(a[*i + 1].p[0] | 32);
    }
    if (*i == n) return 0;
    if (word(a[*i], "get")) f->op = 'g';
    else if (word(a[*i], "set")) f->op = 's';
    else if (word(a[*i], "incrby")) f->op = 'i';
    else return -1;
    if (n - *i < (f->op == 'g' ? 3u : 4u)) return -1;
    s = a[*i + 1];
    f->sign = s.n && *s.p == 'i';
    if (!s.n || (*s.p != 'i' && *s.p != 'u') ||
        !m_int(str_of(s.p + 1, s.n - 1), &width) || width < 1 ||
        width > 63 + f->sign)
        return -1;
    f->width = (int)width;
    if (!m_place_of(a[*i + 2], f->width, &f->at)) return -1;
    if (f->op != 'g' && !m_int(a[*i + 3], &f->v)) return -1;
    *i += f->op == 'g' ? 3 : 4;
    return 1;
}

#ifdef __SIZEOF_INT128__
static wide m_field_get(str s, const struct m_field *f) {
    wide v = 0;
    int i;
    for (i = 0; i < f->width; i++) v = 2 * v + m_bit(s, f->at + (u64)i);
    if (f->sign && v >> (f->width - 1)) v -= (wide)1 << f->width;
    return v;
}

static void m_field_put(struct item *m, const struct m_field *f, wide v) {
    int i;
    for (i = f->width - 1; i >= 0; i--, v >>= 1) {
        u64 at = f->at + (u64)i;
        u8 mask = (u8)(128 >> (at & 7)), *p = m->val + (at >> 3);
        *p = (u8)((int)v & 1 ? *p | mask : *p & ~mask);
    }
}

/* What becomes of `v` in a field; 0: it is left. */
static int m_field_fit(const struct m_field *f, wide *v) {
    wide all = (wide)1 << f->width, min = f->sign ? -(all >> 1) : 0;
    wide max = all - 1 + min;
    if (*v >= min && *v <= max) return 1;
    if (f->how == 'f') return 0;
    if (f->how == 's') {
        *v = *v < min ? min : max;
    } else {
        *v &= all - 1;
        if (*v > max) *v -= all;
    }
    return 1;
}

/* 0: not for the model. */
static int m_bitfield(int id, const str *a, size_t n, int readonly) {
    struct m_field f;
    struct item *m = m_find(id, a[1]);
    size_t i = 2, at = expected.n, count = 0, need = 0;
    wide v, was;
    int rc;
    memset(&f, 0, sizeof f);
    f.how = 'w';
    while ((rc = m_field_next(a, n, &i, &f)) > 0) {
        if (f.op == 'g') continue;
        /* so low a number that Redis's way to saturate takes it for high */
        if (f.op == 's' && f.v < -((i64)1 << 62)) return 0;
        need = max_z(need, (size_t)((f.at + (u64)f.width - 1) >> 3) + 1);
    }
    if (rc < 0 || (need && readonly)) {
        say_error();
        return 1;
    }
    if (need > 60000) return 0;
    if (need > (m ? m->vn : 0)) m_edit(id, a[1], need - 1, str_of("", 1));
    m = m_find(id, a[1]);
    memset(&f, 0, sizeof f);
    f.how = 'w';
    for (i = 2; m_field_next(a, n, &i, &f) > 0; count++) {
        v = was = m_field_get(m ? m_val(m) : str_of("", 0), &f);
        if (f.op == 's') v = f.v;
        if (f.op == 's' && !f.sign) v = (wide)(u64)f.v;
        if (f.op == 'i') v += f.v;
        if (f.op != 'g' && !m_field_fit(&f, &v)) {
            say_null();
            continue;
        }
        if (f.op != 'g') m_field_put(m, &f, v);
        say_int((i64)(f.op == 's' ? was : v));
    }
    say_head_at(at, '*', count);
    return 1;
}
#else
static int m_bitfield(int id, const str *a, size_t n, int readonly) {
    struct m_field f;
    size_t i = 2;
    (void)id;
    (void)readonly;
    return m_field_next(a, n, &i, &f), 0;
}
#endif

/* ---- HyperLogLogs ---- */

enum { M_REGS = 1 << 14 };

/* MurmurHash64A. */
static u64 m_murmur(str s) {
    const u64 mul = 0xc6a4a7935bd1e995u;
    u64 h = 0xadc83b19u ^ (s.n * mul), w;
    size_t i;
    for (; s.n >= 8; s.p += 8, s.n -= 8) {
        for (w = 0, i = 8; i-- > 0;) w = w << 8 | s.p[i];
        w *= mul;
        w ^= w >> 47;
        h = (h ^ w * mul) * mul;
    }
    if (s.n) {
        for (w = 0, i = s.n; i-- > 0;) w = w << 8 | s.p[i];
        h = (h ^ w) * mul;
    }
    h = (h ^ h >> 47) * mul;
    return h ^ h >> 47;
}

static int m_register(str s, u8 *value) {
    u64 h = m_murmur(s);
    int i;
    for (i = 14; i < 64 && !(h >> i & 1); i++) {
    }
    *value = (u8)(i - 13);
    return (int)(h & (M_REGS - 1));
}

/* What a value's registers are; 0: it is no HyperLogLog, or a broken one. */
static int m_registers(str v, u8 *regs) {
    size_t i, at = 0, n;
    memset(regs, 0, M_REGS);
    if (v.n < 16 || memcmp(v.p, "HYLL", 4) || v.p[4] > 1) return 0;
    if (!v.p[4]) {
        if (v.n != 16 + M_REGS * 6 / 8) return 0;
        for (at = 0; at < M_REGS * 6; at++)
            regs[at / 6] |= (u8)((v.p[16 + at / 8] >> at % 8 & 1) << at % 6);
        return 1;
    }
    for (i = 16; i < v.n; i++) {
        u8 c = v.p[i], value = 0;
        if (c & 128) {
            value = (u8)((c >> 2 & 31) + 1);
            n = (c & 3) + 1u;
        } else if (c & 64) {
            if (++i == v.n) return 0;
            n = ((c & 63u) << 8 | v.p[i]) + 1u;
        } else {
            n = (c & 63u) + 1;
        }
        if (n > M_REGS - at) return 0;
        memset(regs + at, value, n);
        at += n;
    }
    return at == M_REGS;
}

/* Ertl's estimate. */
static u64 m_estimate(const u8 *regs) {
    int many[64] = {0}, i;
    const double m = M_REGS;
    double z, x, y, was;
    for (i = 0; i < M_REGS; i++) many[regs[i]]++;
    x = (m - many[51]) / m; /* tau */
    if (x == 0 || x == 1) {
        z = 0;
    } else {
        y = 1;
        z = 1 - x;
        do {
            x = sqrt(x);
            was = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (was != z);
        z /= 3;
    }
    z *= m;
    for (i = 50; i >= 1; i--) z = (z + many[i]) * 0.5;
    x = many[0] / m; /* sigma */
    if (x == 1) return 0;
    y = 1;
    {
        double sum = x;
        do {
            x *= x;
            was = sum;
            sum += x * y;
            y += y;
        } while (was != sum);
        z += m * sum;
    }
    return (u64)llround(0.721347520444481703680 * m * m / z);
}

/* The registers of the keys from `i` on; 0: not for the model. */
static int m_union(int id, const str *a, size_t n, size_t i, u8 *regs) {
    static u8 one[M_REGS];
    size_t j;
    memset(regs, 0, M_REGS);
    for (; i < n; i++) {
        struct item *m = m_find(id, a[i]);
        if (!m) continue;
        if (m->type || !m_registers(m_val(m), one)) return 0;
        for (j = 0; j < M_REGS; j++)
            regs[j] = regs[j] > one[j] ? regs[j] : one[j];
    }
    return 1;
}

static str real_string(int id, str key) {
    struct tab_at at;
    db *d = k->dbs[id];
    ent *e = d ? tab_find(&d->t, key, tab_hash(&d->t, key), &at) : NULL;
    NEED(e && ent_type(e) == ENT_STRING);
    return ent_val(e);
}

/* kv's value, which must have these registers, becomes the model's. */
static void m_adopt(int id, str key, const u8 *regs) {
    static u8 got[M_REGS];
    struct item *m = m_find(id, key);
    str v = real_string(id, key);
    NEED(m_registers(v, got) && !memcmp(got, regs, M_REGS));
    m_put(id, key, v, m ? m->exp : -1);
}

/* 0: not for the model. */
static int m_pf(const char *name, int id, const str *a, size_t n) {
    static u8 regs[M_REGS];
    struct item *m = m_find(id, a[1]);
    size_t i;
    int raised = !m;
    u64 cached = 0;
    if (!m_union(id, a, !strcmp(name, "pfadd") ? 2 : n, 1, regs)) return 0;
    if (!strcmp(name, "pfadd")) {
        for (i = 2; i < n; i++) {
            u8 value;
            int r = m_register(a[i], &value);
            if (regs[r] >= value) continue;
            regs[r] = value;
            raised = 1;
        }
        say_int(raised);
        m_adopt(id, a[1], regs);
    } else if (!strcmp(name, "pfmerge")) {
        say_ok();
        m_adopt(id, a[1], regs);
    } else if (n == 2 && m && !(m->val[15] & 128)) {
        for (i = 8; i-- > 0;) cached = cached << 8 | m->val[8 + i];
        say_int((i64)cached);
    } else {
        say_int((i64)m_estimate(regs));
        if (n == 2 && m) m_adopt(id, a[1], regs);
    }
    return 1;
}

/* ---- positions ---- */

struct spot {
    double lon, lat;
};

static const double M_LAT = 85.05112878, M_RAD = 3.14159265358979323846 / 180,
                    M_EARTH = 6372797.560856;

static u64 spot_part(double v, double end) {
    return (u64)((v + end) / (2 * end) * 67108864.0);
}

static double spot_score(struct spot s) {
    u64 x = spot_part(s.lon, 180), y = spot_part(s.lat, M_LAT), bits = 0;
    int i;
    for (i = 27; i >= 0; i--)
        bits = bits << 2 | (x >> i & 1) << 1 | (y >> i & 1);
    return (double)bits;
}

static double spot_middle(u32 part, double end) {
    double lo = part / 67108864.0 * (2 * end) - end;
    double hi = (part + 1.0) / 67108864.0 * (2 * end) - end;
    double v = (lo + hi) / 2;
    return v > end ? end : v < -end ? -end : v;
}

/* 0: the score stands for no usual place. */
static int spot_of(double score, struct spot *s) {
    u64 bits, x = 0, y = 0;
    int i;
    if (!(score >= 0 && score < 4503599627370496.0) || score != floor(score))
        return 0;
    bits = (u64)score;
    for (i = 25; i >= 0; i--) {
        x = x << 1 | (bits >> (2 * i + 1) & 1);
        y = y << 1 | (bits >> 2 * i & 1);
    }
    s->lon = spot_middle((u32)x, 180);
    s->lat = spot_middle((u32)y, M_LAT);
    return 1;
}

static double spot_distance(struct spot a, struct spot b) {
    double v = sin((b.lon * M_RAD - a.lon * M_RAD) / 2), u;
    if (v == 0) return M_EARTH * fabs(b.lat * M_RAD - a.lat * M_RAD);
    u = sin((b.lat * M_RAD - a.lat * M_RAD) / 2);
    u = u * u + cos(a.lat * M_RAD) * cos(b.lat * M_RAD) * v * v;
    return 2 * M_EARTH * asin(sqrt(u));
}

static int m_spot(str lon, str lat, struct spot *s) {
    return num_score(lon, &s->lon) && num_score(lat, &s->lat) &&
           fabs(s->lon) <= 180 && fabs(s->lat) <= M_LAT;
}

static int m_unit(str s, double *unit) {
    *unit = word(s, "m")    ? 1
            : word(s, "km") ? 1000
            : word(s, "ft") ? 0.3048
            : word(s, "mi") ? 1609.34
                            : 0;
    return *unit != 0;
}

static void say_degrees(double d) {
    char b[64];
    size_t n;
    snprintf(b, sizeof b, "%.17f", d);
    for (n = strlen(b); b[n - 1] == '0'; n--) {
    }
    if (b[n - 1] == '.') n--;
    b[n] = 0;
    if (!strcmp(b, "-0")) strcpy(b, "0");
    if (!resp3) {
        say_bulk(str_c(b));
        return;
    }
    say(",");
    say(b);
    say("\r\n");
}

static void say_spot(struct spot s) {
    say_array(2);
    say_degrees(s.lon);
    say_degrees(s.lat);
}

static void say_distance(double d) {
    char b[64];
    long long v = llrint(d * 10000);
    snprintf(b, sizeof b, "%lld.%04lld", v / 10000, v % 10000);
    say_bulk(str_c(b));
}

static void m_geoadd(int id, const str *a, size_t n) {
    int nx = 0, xx = 0, ch = 0;
    size_t at = 2, i;
    struct item *m;
    struct spot s;
    i64 added = 0, moved = 0;
    for (; at < n; at++) {
        if (word(a[at], "nx")) nx = 1;
        else if (word(a[at], "xx")) xx = 1;
        else if (word(a[at], "ch")) ch = 1;
        else break;
    }
    for (i = at; i + 2 < n && m_spot(a[i], a[i + 1], &s); i += 3) {
    }
    if (at == n || (n - at) % 3 || (nx && xx) || i < n) {
        say_error();
        return;
    }
    if (!m_typed(id, a[1], ENT_ZSET, &m)) return;
    for (i = at; i < n; i += 3) {
        size_t j = el_find(m, a[i + 2]);
        int there = m && j < m->n;
        double score;
        m_spot(a[i], a[i + 1], &s);
        score = spot_score(s);
        if (there ? nx : xx) continue;
        added += !there;
        moved += there && m->e[j].score != score;
        m = m_make(id, a[1], ENT_ZSET);
        el_put(m, a[i + 2], str_of("", 0), score, -1);
    }
    say_int(added + (ch ? moved : 0));
}

/* GEOPOS, GEOHASH, GEODIST; 0: not for the model. */
static int m_geo_tell(const char *name, int id, const str *a, size_t n) {
    static const char digits[] = "0123456789bcdefghjkmnpqrstuvwxyz";
    struct item *m;
    struct spot s[2];
    double unit = 1;
    size_t i, j, at;
    int dist = name[3] == 'd';
    if (dist && (n > 5 || (n == 5 && !m_unit(a[4], &unit)))) {
        say_error();
        return 1;
    }
    if (!m_typed(id, a[1], ENT_ZSET, &m)) return 1;
    if (!dist) say_array(n - 2);
    for (i = 2; i < (dist ? 4 : n); i++) {
        at = el_find(m, a[i]);
        if (!m || at == m->n) {
            if (name[3] == 'p') say_null_array();
            else say_null();
            if (dist) return 1;
            continue;
        }
        if (!spot_of(m->e[at].score, &s[i & 1])) return 0;
        if (name[3] == 'p') say_spot(s[i & 1]);
        if (name[3] == 'h') {
            u64 x = spot_part(s[i & 1].lon, 180),
                y = spot_part(s[i & 1].lat, 90);
            char t[12] = "00000000000";
            for (j = 0; j < 50; j++) {
                u64 v = j & 1 ? y : x;
                if (j % 5 == 0) t[j / 5] = 0;
                t[j / 5] =
                    (char)(t[j / 5] << 1 | (char)(v >> (25 - j / 2) & 1));
            }
            for (j = 0; j < 10; j++) t[j] = digits[(int)t[j]];
            say_bulk(str_c(t));
        }
    }
    if (dist) say_distance(spot_distance(s[0], s[1]) / unit);
    return 1;
}

enum { CORNERS = 8 };

struct m_geo {
    struct item *m;
    int from, shape, with, order, any, by_dist; /* shape: c b p */
    i64 count;
    str store;
    struct spot centre, corner[CORNERS];
    size_t corners;
    double unit, radius, width, height;
};

/* 0: an error; -1: not for the model. */
static int m_geo_member(struct m_geo *g, str a) {
    size_t at = el_find(g->m, a);
    if (!g->m) return 1;
    if (at == g->m->n) return 0;
    return spot_of(g->m->e[at].score, &g->centre) ? 1 : -1;
}

static int m_geo_circle(struct m_geo *g, const str *a) {
    g->shape = 'c';
    return num_score(a[0], &g->radius) && g->radius >= 0 &&
           m_unit(a[1], &g->unit);
}

/* The option at a[*i], of GEOSEARCH (`search`) or GEORADIUS; 1, 0: an error,
 * -1: not for the model. */
static int m_geo_option(struct m_geo *g, const str *a, size_t n, size_t *i,
                        int search, int store) {
    size_t at = *i, left = n - at - 1, j;
    i64 corners;
    if (word(a[at], "withdist")) g->with |= 1;
    else if (word(a[at], "withhash")) g->with |= 2;
    else if (word(a[at], "withcoord")) g->with |= 4;
    else if (word(a[at], "any")) g->any = 1;
    else if (word(a[at], "asc")) g->order = 1;
    else if (word(a[at], "desc")) g->order = -1;
    else if (left && word(a[at], "count")) {
        *i += 1;
        return m_int(a[*i], &g->count) && g->count > 0;
    } else if (left && !search && store &&
               (word(a[at], "store") || word(a[at], "storedist"))) {
        g->by_dist = word(a[at], "storedist");
        g->store = a[ *i += 1];
    } else if (!search) {
        return 0;
    } else if (left && word(a[at], "frommember") && g->from != 2) {
        g->from = 1;
        *i += 1;
        return m_geo_member(g, a[at + 1]);
    } else if (left > 1 && word(a[at], "fromlonlat") && g->from != 1) {
        g->from = 2;
        *i += 2;
        return m_spot(a[at + 1], a[at + 2], &g->centre);
    } else if (left > 1 && word(a[at], "byradius") &&
               (!g->shape || g->shape == 'c')) {
        *i += 2;
        return m_geo_circle(g, a + at + 1);
    } else if (left > 2 && word(a[at], "bybox") &&
               (!g->shape || g->shape == 'b')) {
        *i += 3;
        g->shape = 'b';
        return num_score(a[at + 1], &g->width) &&
               num_score(a[at + 2], &g->height) && g->width >= 0 &&
               g->height >= 0 && m_unit(a[at + 3], &g->unit);
    } else if (left && word(a[at], "bypolygon") && !g->shape) {
        struct spot sum = {0, 0};
        g->shape = 'p';
        g->unit = 1;
        if (!m_int(a[at + 1], &corners) || corners < 3) return 0;
        if ((u64)corners > (left - 1) / 2) return 0;
        if (corners > CORNERS) return -1;
        for (j = 0; j < (size_t)corners; j++) {
            struct spot *s = &g->corner[j];
            if (!m_spot(a[at + 2 + 2 * j], a[at + 3 + 2 * j], s)) return 0;
            sum.lon += s->lon;
            sum.lat += s->lat;
        }
        g->corners = (size_t)corners;
        *i += 1 + 2 * g->corners;
        if (!g->from) {
            g->centre.lon = sum.lon / (double)corners;
            g->centre.lat = sum.lat / (double)corners;
        }
    } else if (store && word(a[at], "storedist")) {
        g->by_dist = 1;
    } else {
        return 0;
    }
    return 1;
}

static int m_in_polygon(const struct m_geo *g, struct spot s) {
    size_t i, j = g->corners - 1;
    int in = 0;
    for (i = 0; i < g->corners; j = i++) {
        struct spot p = g->corner[i], q = g->corner[j];
        if ((p.lat > s.lat) != (q.lat > s.lat) &&
            s.lon < (q.lon - p.lon) * (s.lat - p.lat) / (q.lat - p.lat) + p.lon)
            in = !in;
    }
    return in;
}

static int m_geo_inside(const struct m_geo *g, struct spot s) {
    struct spot side;
    if (g->shape == 'p') return m_in_polygon(g, s);
    if (g->shape == 'c')
        return spot_distance(g->centre, s) <= g->radius * g->unit;
    side.lon = g->centre.lon;
    side.lat = s.lat;
    return M_EARTH * fabs(g->centre.lat * M_RAD - s.lat * M_RAD) <=
               g->height * g->unit / 2 &&
           spot_distance(s, side) <= g->width * g->unit / 2;
}

/* Whether a shape keeps away from the poles and the end of the map, where a
 * search by cells finds less, in Redis too. */
static int m_geo_tame(const struct m_geo *g) {
    double reach = g->shape == 'c' ? g->radius : (g->width + g->height) / 2;
    double lat = reach * g->unit / M_EARTH / M_RAD, far, lon;
    if (g->shape == 'p') return 1;
    far = fabs(g->centre.lat) + lat;
    if (!(far < 75)) return 0;
    lon = lat / cos(far * M_RAD);
    return fabs(g->centre.lon) + lon < 170;
}

struct hit {
    const struct elem *e;
    struct spot s;
    double dist;
};

static void say_hit(const struct m_geo *g, const struct hit *h) {
    int parts = 1 + (g->with & 1) + (g->with >> 1 & 1) + (g->with >> 2);
    if (parts > 1) say_array((size_t)parts);
    say_bulk(el_a(h->e));
    if (g->with & 1) say_distance(h->dist / g->unit);
    if (g->with & 2) say_int((i64)h->e->score);
    if (g->with & 4) say_spot(h->s);
}

static int hit_less(const struct m_geo *g, const struct hit *x,
                    const struct hit *y) {
    return g->order > 0 ? x->dist < y->dist : x->dist > y->dist;
}

/* What is found, in order where one is asked for; 0: not for the model, also
 * where it is cut between two that are as far. */
static int m_geo_find(struct m_geo *g, struct hit *hit, size_t *n) {
    size_t i, j;
    int ties = 0;
    struct hit h;
    if (g->count && !g->order && !g->any) g->order = 1;
    for (*n = i = 0; i < m_size(g->m); i++) {
        h.e = &g->m->e[i];
        if (!spot_of(h.e->score, &h.s)) return 0;
        if (!m_geo_inside(g, h.s)) continue;
        h.dist = spot_distance(g->centre, h.s);
        for (j = (*n)++; g->order && j && hit_less(g, &h, &hit[j - 1]); j--)
            hit[j] = hit[j - 1];
        hit[j] = h;
    }
    for (i = 1; i < *n; i++) ties |= hit[i].dist == hit[i - 1].dist;
    if (g->order && ties) return 0;
    if (g->any && g->count && (u64)g->count < *n) return 0;
    if (g->count && (u64)g->count < *n) *n = (size_t)g->count;
    return 1;
}

/* GEOSEARCH, GEOSEARCHSTORE, GEORADIUS and its kin; 0: not for the model. */
static int m_geo_search(const char *name, int id, const str *a, size_t n) {
    struct m_geo g;
    struct item out = {0};
    struct hit *hit;
    int search = name[3] == 's', member = strstr(name, "member") != NULL;
    int store = search ? strlen(name) > 9 : !strstr(name, "_ro"), rc = 1;
    size_t i = search ? (store ? 3 : 2) : member ? 5 : 6, count;
    memset(&g, 0, sizeof g);
    if (search && store) g.store = a[1];
    if (!m_typed(id, a[search && store ? 2 : 1], ENT_ZSET, &g.m)) return 1;
    if (member) {
        if (g.m) rc = m_geo_member(&g, a[2]);
        if (rc > 0 && g.m) rc = m_geo_circle(&g, a + 3);
    } else if (!search) {
        rc = m_spot(a[2], a[3], &g.centre) && m_geo_circle(&g, a + 4);
    }
    for (; i < n && rc > 0; i++) rc = m_geo_option(&g, a, n, &i, search, store);
    if (rc < 0) return 0;
    if (!rc || (g.store.p && g.with) || (search && !g.from && g.shape != 'p') ||
        (search && !g.shape) || (g.any && !g.count)) {
        say_error();
        return 1;
    }
    if (g.m && !m_geo_tame(&g)) return 0;
    hit = grown(NULL, (m_size(g.m) + 1) * sizeof *hit);
    rc = m_geo_find(&g, hit, &count);
    out.type = ENT_ZSET;
    if (rc && !g.store.p) {
        say_array(count);
        if (!g.order) say_any_order(1);
    }
    for (i = 0; i < count && rc; i++) {
        if (!g.store.p) say_hit(&g, &hit[i]);
        else
            el_put(&out, el_a(hit[i].e), str_of("", 0),
                   g.by_dist ? hit[i].dist / g.unit : hit[i].e->score, -1);
    }
    free(hit);
    if (rc && g.store.p) m_store(id, g.store, &out);
    item_free(&out);
    return rc;
}

/* -1: it is none of these; 0: not for the model, as what is computed with more
 * precision than a double has. */
static int m_more_command(const char *name, int id, const str *a, size_t n) {
    if (FLT_EVAL_METHOD &&
        (!strncmp(name, "geo", 3) || !strcmp(name, "pfcount")))
        return 0;
    if (!strcmp(name, "bitpos")) m_bitpos(id, a, n);
    else if (!strcmp(name, "bitfield")) return m_bitfield(id, a, n, 0);
    else if (!strcmp(name, "bitfield_ro")) return m_bitfield(id, a, n, 1);
    else if (!strncmp(name, "pf", 2)) return m_pf(name, id, a, n);
    else if (!strcmp(name, "geoadd")) m_geoadd(id, a, n);
    else if (!strncmp(name, "geos", 4) || !strncmp(name, "geor", 4))
        return m_geo_search(name, id, a, n);
    else if (!strncmp(name, "geo", 3)) return m_geo_tell(name, id, a, n);
    else return -1;
    return 1;
}
