/* Numbers as text, and patterns, against slow or borrowed twins.
 *
 * Input: a byte that chooses, then operands.
 */
#include "fuzz.h"

/* ---- Integers and doubles ---------------------------------------------- */

/* A zero-terminated copy for the C library; NULL when there is a zero in it. */
static char *text_of(str s) {
    static char b[8192];
    if (s.n >= sizeof b || (s.n && memchr(s.p, 0, s.n))) return NULL;
    copy(b, s.p, s.n);
    b[s.n] = 0;
    return b;
}

static void integer(str s) {
    i64 v = 0;
    char back[32];
    int ok = num_parse(s, &v), strict = 0;
    char *text = text_of(s);
    if (text && s.n && s.n < 21) {
        errno = 0;
        snprintf(back, sizeof back, "%lld", strtoll(text, NULL, 10));
        strict = !errno && !strcmp(back, text);
    }
    NEED(ok == strict);
    if (ok) NEED(v == strtoll(text, NULL, 10));
}

static void integer_back(i64 v) {
    u8 b[NUM_TEXT];
    char want[32];
    i64 back;
    size_t n = num_put(b, v);
    snprintf(want, sizeof want, "%lld", (long long)v);
    NEED(str_eq(str_of(b, n), str_c(want)));
    NEED(num_parse(str_of(b, n), &back) && back == v);
}

static size_t significant(const char *s) {
    size_t n = 0, zeros = 0;
    for (; *s && *s != 'e'; s++) {
        if (!num_is_digit((u8)*s) || (!n && *s == '0')) continue;
        if (*s == '0') zeros++;
        else n += zeros + 1, zeros = 0;
    }
    return n;
}

/* What is printed reads back, and no shorter text does. */
static void double_back(u64 bits) {
    double v = num_double(bits), back = 0;
    u8 b[NUM_TEXT + 1];
    char least[64];
    int digits;
    size_t n = num_put_double(b, v);
    NEED(n <= NUM_TEXT);
    b[n] = 0;
    NEED(num_parse_double(str_of(b, n), &back));
    if (v != v) {
        NEED(back != back && str_eq(str_of(b, n), LIT("nan")));
        return;
    }
    NEED(num_bits(back) == bits);
    if (v - v != 0) return; /* infinite */
    NEED(num_bits(strtod((char *)b, NULL)) == bits);
    for (digits = 1; digits < 17; digits++) {
        snprintf(least, sizeof least, "%.*e", digits - 1, v);
        if (strtod(least, NULL) == v) break;
    }
    if (v != 0) NEED(significant((char *)b) <= (size_t)digits);
}

/* A decimal literal, as the C library reads it. */
static void literal(str s) {
    double v, want;
    char *text = text_of(s), *end;
    int ok = num_parse_double(s, &v), plain = text != NULL;
    size_t i;
    if (!text) {
        NEED(!ok);
        return;
    }
    for (i = 0; i < s.n; i++)
        if (!strchr("0123456789+-.eE", text[i])) plain = 0;
    if (!plain) return;
    want = strtod(text, &end);
    NEED(ok == (s.n && !*end));
    if (ok) NEED(num_bits(v) == num_bits(want));
}

/* ---- Sums in decimal --------------------------------------------------- */

/* Digits of a literal laid out around a fixed point; the exponent is small. */
enum { SLOW_INT = 400, SLOW_FRAC = 60, SLOW = SLOW_INT + SLOW_FRAC };

struct slow {
    int neg;
    int d[SLOW]; /* most significant first */
};

/* 0: not for here. */
static int slow_read(const char *s, struct slow *v) {
    long exp = 0, at = 0, point = -1, digits = 0, i;
    int any = 0;
    const char *e = s;
    memset(v, 0, sizeof *v);
    if (*e == '-' || *e == '+') v->neg = *e++ == '-';
    s = e;
    for (; num_is_digit((u8)*e) || (*e == '.' && point < 0); e++) {
        if (*e == '.') point = digits;
        else digits++, any = 1;
    }
    if (!any) return 0;
    if (point < 0) point = digits;
    if (*e == 'e' || *e == 'E') {
        char *end;
        if (!num_is_digit((u8)e[1]) &&
            !((e[1] == '-' || e[1] == '+') && num_is_digit((u8)e[2])))
            return 0;
        exp = strtol(e + 1, &end, 10);
        e = end;
    }
    if (*e || exp > 300 || exp < -300) return 0;
    for (i = 0; i < digits; s++) {
        if (*s == '.') continue;
        at = SLOW_INT - point - exp + i++;
        if (*s == '0') continue;
        if (at < 1 || at >= SLOW) return 0;
        v->d[at] = *s - '0';
    }
    return 1;
}

static void slow_sum(const struct slow *a, const struct slow *b, char *out) {
    struct slow r;
    int i, end, carry = 0, rest = 0, sa = a->neg ? -1 : 1, sb = b->neg ? -1 : 1;
    char *p = out;
    memset(&r, 0, sizeof r);
    for (i = 0; i < SLOW; i++) r.d[i] = sa * a->d[i] + sb * b->d[i];
    for (i = 0; i < SLOW && !r.d[i]; i++) {}
    /* the sign is that of the first digit which is not zero, once all digits
     * have one sign */
    for (i = 0; i < SLOW; i++) carry = carry ? carry : r.d[i];
    r.neg = carry < 0;
    for (i = 0; r.neg && i < SLOW; i++) r.d[i] = -r.d[i];
    for (carry = 0, i = SLOW - 1; i >= 0; i--) {
        r.d[i] += carry;
        carry = r.d[i] < 0 ? -1 : r.d[i] > 9 ? 1 : 0;
        r.d[i] -= 10 * carry;
    }
    end = SLOW_INT + 17;
    for (i = end + 1; i < SLOW; i++) rest |= r.d[i];
    carry = r.d[end] > 5 || (r.d[end] == 5 && (rest || r.d[end - 1] % 2));
    for (i = end - 1; carry && i >= 0; i--) {
        carry = ++r.d[i] == 10;
        if (carry) r.d[i] = 0;
    }
    while (end > SLOW_INT && !r.d[end - 1]) end--;
    for (i = 0; i < SLOW_INT - 1 && !r.d[i]; i++) {}
    if (r.neg && !(end == SLOW_INT && i == SLOW_INT - 1 && !r.d[i])) *p++ = '-';
    for (; i < end; i++) {
        if (i == SLOW_INT) *p++ = '.';
        *p++ = (char)('0' + r.d[i]);
    }
    *p = 0;
}

static void sum(str a, str b) {
    static struct num_dec x, y;
    static struct slow u, v;
    static u8 out[DEC_INT + 20];
    char want[SLOW + 8], *text;
    int ka = num_dec_parse(a, &x), kb = num_dec_parse(b, &y), known;
    size_t n;
    text = text_of(a);
    known = text && slow_read(text, &u);
    if (known) NEED(ka == DEC_OK);
    text = text_of(b);
    known = known & (text && slow_read(text, &v));
    if (known) NEED(kb == DEC_OK);
    if (ka != DEC_OK || kb != DEC_OK || !num_dec_add(&x, &y)) return;
    n = num_dec_put(&x, out);
    NEED(n && n <= sizeof out);
    NEED(num_dec_parse(str_of(out, n), &y) == DEC_OK || n >= 4930);
    if (!known) return;
    slow_sum(&u, &v, want);
    if (str_eq(str_of(out, n), str_c(want))) return;
    fprintf(stderr, "%.*s + %.*s: %.*s, not %s\n", (int)a.n, a.p, (int)b.n, b.p,
            (int)n, out, want);
    abort();
}

/* ---- Patterns ---------------------------------------------------------- */

/* By the book: tries everything. `p` at '[': its end, and whether c is in it. */
static int naive_class(const u8 *p, const u8 *e, u8 c, const u8 **end) {
    int neg, in = 0;
    p++;
    neg = p < e && *p == '^';
    if (neg) p++;
    while (p < e && *p != ']') {
        if (*p == '\\' && e - p > 1) {
            if (p[1] == c) in = 1;
            p += 2;
        } else if (e - p > 2 && p[1] == '-') {
            u8 lo = p[0] < p[2] ? p[0] : p[2], hi = p[0] < p[2] ? p[2] : p[0];
            if (lo <= c && c <= hi) in = 1;
            p += 3;
        } else {
            if (*p == c) in = 1;
            p++;
        }
    }
    *end = p < e ? p + 1 : p;
    return in != neg;
}

static int naive_glob(const u8 *p, const u8 *pe, const u8 *s, const u8 *se) {
    const u8 *next;
    if (p == pe) return s == se;
    if (*p == '*') {
        if (naive_glob(p + 1, pe, s, se)) return 1;
        return s < se && naive_glob(p, pe, s + 1, se);
    }
    if (s == se) return 0;
    if (*p == '?') return naive_glob(p + 1, pe, s + 1, se);
    if (*p == '[')
        return naive_class(p, pe, *s, &next) && naive_glob(next, pe, s + 1, se);
    if (*p == '\\' && pe - p > 1) p++;
    return *p == *s && naive_glob(p + 1, pe, s + 1, se);
}

static void glob(str pattern, str text) {
    int want = text.n ? naive_glob(pattern.p, pattern.p + pattern.n, text.p,
                                   text.p + text.n)
                      : pattern.n == 0; /* as Redis has it */
    NEED(glob_match(pattern, text, 0) == want);
    glob_match(pattern, text, 1);
}

/* ---- Odds and ends ----------------------------------------------------- */

static void varint(u64 v) {
    u8 b[16];
    size_t back;
    v >>= v & 63;
    if (v > SIZE_MAX) v &= SIZE_MAX;
    NEED(var_put(b, (size_t)v) == b + var_size((size_t)v));
    NEED(var_get(b, &back) == b + var_size((size_t)v) && back == (size_t)v);
}

static void size(str s) {
    i64 v = -1;
    if (num_parse_bytes(s, &v)) NEED(v >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct tape t = tape_of(p, n);
    u32 what = tape_byte(&t);
    u64 v;
    str a, rest;
    switch (what % 8) {
    case 0: integer(str_of(t.p, t.n)); break;
    case 1:
        v = tape_u64(&t);
        integer_back((i64)v);
        varint(v);
        break;
    case 2: double_back(tape_u64(&t)); break;
    case 3: /* doubles near short decimals */
        v = num_bits(strtod(text_of(str_of("1.5", 3)), NULL));
        a = tape_bytes(&t, 24);
        if (text_of(a)) v = num_bits(strtod(text_of(a), NULL));
        double_back(v + tape_below(&t, 3) - 1);
        break;
    case 4: literal(str_of(t.p, t.n)); break;
    case 5:
        a = tape_bytes(&t, 254);
        rest = str_of(t.p, min_z(t.n, 5200));
        sum(a, rest);
        sum(rest, a);
        break;
    case 6:
        a = tape_bytes(&t, 12);
        glob(a, str_of(t.p, min_z(t.n, 16)));
        break;
    default: size(str_of(t.p, t.n)); break;
    }
    return 0;
}
