// wrapper.cc: kv from C++: RAII, std::string, an optional, move only. A build
// as C++17 uses std::optional. From the top directory:
//
//     cc -c kv.c
//     c++ -I. -o example conformance/examples/wrapper.cc kv.o -lm -pthread
//     ./example
#include "kv.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if __cplusplus >= 201703L
#include <optional>
using std::optional;
#else
template <class T> class optional {
    std::unique_ptr<T> p;

  public:
    optional() {}
    optional(T value) : p(new T(std::move(value))) {}
    explicit operator bool() const { return p != nullptr; }
    const T &operator*() const { return *p; }
};
#endif

class store {
    struct closer {
        void operator()(kv *db) const { kv_close(db); }
    };
    struct freer {
        kv *db;
        void operator()(kv_reply *r) const { kv_reply_free(db, r); }
    };
    struct guard {
        kv *db;
        explicit guard(kv *k) : db(k) { kv_lock(db); }
        ~guard() { kv_unlock(db); }
        guard(const guard &) = delete;
    };
    std::unique_ptr<kv, closer> db; // makes a store move only

    static int good(int rc) {
        if (rc < 0) throw std::runtime_error(kv_errstr(rc));
        return rc;
    }

  public:
    typedef std::unique_ptr<kv_reply, freer> reply; // not to outlive the store

    store() {
        kv *k;
        good(kv_open(&k, nullptr));
        db.reset(k);
    }
    kv *get() const { return db.get(); }
    void set(const std::string &key, const std::string &value,
             std::chrono::system_clock::time_point expire = {}) {
        using std::chrono::milliseconds;
        auto ms =
            std::chrono::duration_cast<milliseconds>(expire.time_since_epoch());
        good(kv_set(get(), 0, key.data(), key.size(), value.data(),
                    value.size(), ms.count()));
    }
    optional<std::string> get(const std::string &key) const {
        guard g(get());
        kv_slice v;
        if (good(kv_view(get(), 0, key.data(), key.size(), &v)) == KV_NONE)
            return {};
        return std::string(static_cast<const char *>(v.p), v.n);
    }
    bool del(const std::string &key) {
        return good(kv_del(get(), 0, key.data(), key.size())) == KV_OK;
    }
    reply command(const std::vector<std::string> &words) {
        std::vector<kv_slice> argv;
        for (const auto &w : words) argv.push_back({w.data(), w.size()});
        kv_reply *r;
        good(kv_exec(get(), nullptr, argv.size(), argv.data(), &r));
        reply owned(r, freer{get()});
        if (r->type == KV_ERROR) throw std::runtime_error(r->str);
        return owned;
    }
};

static_assert(!std::is_copy_constructible<store>::value, "move only");
static_assert(std::is_nothrow_move_constructible<store>::value, "move only");

int main() {
    store first;
    first.set("name", "Ada");
    first.set(std::string("a\0b", 3), "zero bytes are fine");
    first.set("gone", "x",
              std::chrono::system_clock::now() - std::chrono::seconds(1));
    store s = std::move(first);
    if (auto name = s.get("name")) std::cout << "name: " << *name << "\n";
    std::cout << *s.get(std::string("a\0b", 3)) << "\n";
    std::cout << "gone: " << (s.get("gone") ? "here" : "nothing") << "\n";
    std::cout << "visits: " << s.command({"INCRBY", "visits", "41"})->integer
              << "\n";
    auto both = s.command({"MGET", "name", "nope"});
    std::cout << "mget: " << both->items[0].str << ", "
              << (both->items[1].type == KV_NIL ? "nil" : "something") << "\n";
    try {
        s.command({"INCR", "name"});
    } catch (const std::runtime_error &e) {
        std::cout << "refused: " << e.what() << "\n";
    }
    std::cout << "deleted: " << s.del("name") << s.del("name") << "\n";
}
