// kv.h as a C++ program uses it: .ci/run compiles this and links it with kv.o.
#include "kv.h"

#include <cstdio>
#include <cstring>
#include <string>

static int failures;

static void check(bool good, const char *what) {
    if (good) return;
    std::printf("embed.cc: %s\n", what);
    failures++;
}

static void shout(kv_call *c) {
    kv_slice word = kv_call_arg(c, 1);
    std::string s(static_cast<const char *>(word.p), word.n);
    s += '!';
    kv_put_string(c, kv_slice{s.data(), s.size()});
}

static const kv_command shout_row = {
    "shout", shout, 2, KV_FAST, "", "example", "1.0.0", "O(1)", "Shouts.",
    "word", nullptr};

int main() {
    kv *db = nullptr;
    if (kv_open(&db, nullptr) != KV_OK) return 1;
    check(kv_version_number() == KV_VERSION_NUMBER, "version");

    check(kv_set(db, 0, "k", 1, "value", 5, 0) == KV_OK, "kv_set");
    char word[16];
    std::size_t n = 0;
    check(kv_get(db, 0, "k", 1, word, sizeof word, &n) == KV_OK && n == 5 &&
              std::memcmp(word, "value", 5) == 0,
          "kv_get");

    check(kv_add_command(db, &shout_row) == KV_OK, "kv_add_command");
    kv_reply *reply = nullptr;
    check(kv_exec_line(db, nullptr, "SHOUT hey", &reply) == KV_OK &&
              reply->type == KV_STRING && std::string(reply->str) == "hey!",
          "kv_exec_line");
    kv_reply_free(db, reply);

    kv_session *s = nullptr;
    kv_slice out = {};
    check(kv_session_open(db, &s) == KV_OK, "kv_session_open");
    check(kv_feed(s, "GET k\r\n", 7) == KV_OK, "kv_feed");
    check(kv_pending(s, &out) == KV_OK &&
              std::string(static_cast<const char *>(out.p), out.n) ==
                  "$5\r\nvalue\r\n",
          "kv_pending");
    kv_consume(s, out.n);
    kv_session_close(s);

    check(kv_listen(db, "127.0.0.1:0") == KV_OK && kv_port(db) > 0,
          "kv_listen");
    check(kv_poll(db, 0) == KV_OK, "kv_poll");
    check(kv_check(db) == KV_OK, "kv_check");
    kv_close(db);
    return failures != 0;
}
