// kv.h from C++, any standard since 1998.
#include "kv.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#define CHECK(x)                                                         \
    ((x) ? (void)0                                                       \
         : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), \
            std::exit(1)))

namespace {

kv_slice slice(const std::string &s) {
    kv_slice out = {s.data(), s.size()};
    return out;
}

class Store {
  public:
    Store() : db(NULL) { CHECK(kv_open(&db, NULL) == KV_OK); }
    ~Store() { kv_close(db); }

    void set(const std::string &key, const std::string &value) {
        CHECK(kv_set(db, 0, key.data(), key.size(), value.data(), value.size(),
                     0) == KV_OK);
    }

    std::string get(const std::string &key) {
        kv_slice v = {NULL, 0};
        kv_lock(db);
        int rc = kv_view(db, 0, key.data(), key.size(), &v);
        std::string out;
        if (rc == KV_OK) out.assign(static_cast<const char *>(v.p), v.n);
        kv_unlock(db);
        return out;
    }

    kv *db;

  private:
    Store(const Store &);
    Store &operator=(const Store &);
};

int collect(void *ctx, const void *key, std::size_t n) {
    static_cast<std::vector<std::string> *>(ctx)->push_back(
        std::string(static_cast<const char *>(key), n));
    return 0;
}

void on_event(void *ctx, const char *event, int, const void *, std::size_t) {
    static_cast<std::string *>(ctx)->append(event).append(" ");
}

void greet(kv_call *c) {
    kv_slice name = kv_call_arg(c, 1);
    const char *prefix = static_cast<const char *>(kv_call_ctx(c));
    kv_put_array(c, 2);
    kv_put_simple(c, prefix);
    kv_put_string(c, name);
}

void test() {
    Store a, b;
    const std::string binary("a\0b", 3);
    a.set(binary, binary + binary);
    CHECK(a.get(binary) == binary + binary);
    CHECK(b.get(binary).empty());

    std::vector<kv_slice> argv;
    const std::string words[] = {"INCRBY", "n", "5"};
    for (int i = 0; i < 3; i++) argv.push_back(slice(words[i]));
    kv_reply *r = NULL;
    CHECK(kv_exec(a.db, NULL, argv.size(), &argv[0], &r) == KV_OK);
    CHECK(r->type == KV_INTEGER && r->integer == 5);
    kv_reply_free(a.db, r);

    std::string events;
    kv_on_event(a.db, on_event, &events);
    a.set("k", "v");
    CHECK(kv_del(a.db, 0, "k", 1) == KV_OK);
    CHECK(events.find("set ") != std::string::npos);
    CHECK(events.find("del ") != std::string::npos);

    std::vector<std::string> keys;
    uint64_t at = 0;
    while (kv_scan(a.db, 0, &at, collect, &keys) == KV_OK) continue;
    CHECK(keys.size() == 2);

    char hello[] = "hello";
    const kv_command row = {"api.greet", greet,  2,       KV_FAST,
                            "",          "api",  "1.0.0", "O(1)",
                            "Greets.",   "name", hello};
    CHECK(kv_add_command(b.db, &row) == KV_OK);
    kv_session *s = NULL;
    CHECK(kv_session_open(b.db, &s) == KV_OK);
    const std::string request("api.greet you\r\nQUIT\r\n");
    CHECK(kv_feed(s, request.data(), request.size()) == KV_CLOSED);
    kv_slice p = {NULL, 0};
    std::string out;
    while (kv_pending(s, &p) == KV_OK && p.n) {
        out.append(static_cast<const char *>(p.p), p.n);
        kv_consume(s, p.n);
    }
    CHECK(out == "*2\r\n+hello\r\n$3\r\nyou\r\n+OK\r\n");
    kv_session_close(s);
    CHECK(kv_check(a.db) == KV_OK && kv_check(b.db) == KV_OK);
}

} // namespace

int main() {
    CHECK(std::strcmp(kv_version(), KV_VERSION) == 0);
    test();
    std::printf("ok\n");
    return 0;
}
