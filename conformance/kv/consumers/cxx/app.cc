// app.cc: kv in C++. conformance/examples/wrapper.cc is a whole class.
#include "kv.h"

#include <iostream>
#include <memory>
#include <string>

struct Close {
    void operator()(kv *db) const { kv_close(db); }
};
using Store = std::unique_ptr<kv, Close>;

static Store open() {
    kv *db = nullptr;
    kv_open(&db, nullptr);
    return Store(db);
}

static bool set(kv *db, const std::string &key, const std::string &value) {
    return kv_set(db, 0, key.data(), key.size(), value.data(), value.size(),
                  0) == KV_OK;
}

static std::string get(kv *db, const std::string &key) {
    kv_slice found = {};
    kv_lock(db); // kv_view() shows the value in its place
    std::string out;
    if (kv_view(db, 0, key.data(), key.size(), &found) == KV_OK)
        out.assign(static_cast<const char *>(found.p), found.n);
    kv_unlock(db);
    return out;
}

// A command in C++. kv is C: no exception may leave it.
static void shout(kv_call *c) noexcept {
    kv_slice word = kv_call_arg(c, 1);
    std::string s(static_cast<const char *>(word.p), word.n);
    s += '!';
    kv_put_string(c, kv_slice{s.data(), s.size()});
}

static const kv_command row = {"shout",   shout,     2,       KV_FAST,
                               "",        "example", "1.0.0", "O(1)",
                               "Shouts.", "word",    nullptr};

int main() {
    Store db = open();
    if (!db || kv_version() != std::string(KV_VERSION) ||
        kv_version_number() != KV_VERSION_NUMBER)
        return 1;
    if (!set(db.get(), "greeting", "hello") ||
        kv_add_command(db.get(), &row) != KV_OK ||
        kv_listen(db.get(), "127.0.0.1:0") != KV_OK || kv_port(db.get()) <= 0 ||
        kv_poll(db.get(), 0) != KV_OK)
        return 1;

    kv_reply *reply = nullptr;
    if (kv_exec_line(db.get(), nullptr, "SHOUT hey", &reply) != KV_OK) return 1;
    bool good = reply->type == KV_STRING && std::string(reply->str) == "hey!";
    kv_reply_free(db.get(), reply);

    std::cout << "app: kv " << kv_version() << " says "
              << get(db.get(), "greeting") << '\n';
    return !good;
}
