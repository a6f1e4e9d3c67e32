#include "app/demo_data.h"

#include <array>
#include <string>
#include <utility>

#include "app/auth/secrets.h"
#include "app/protocol/ids.h"
#include "db/pg_conversation_store.h"
#include "db/pg_user_store.h"

namespace ringtalk::app {
namespace {

using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

struct DemoUser {
  const char* name;
  const char* email;
  const char* password;
};

// Known to everybody: --demo-data is refused in production mode.
constexpr std::array kDemoUsers = {
    DemoUser{"Alice", "alice@example.com", "alicealice"},
    DemoUser{"Bob", "bob@example.com", "bobbobbob"},
};

constexpr int kIdAttempts = 3;

std::int64_t new_id(reactor::Reactor& reactor, std::uint32_t bucket) {
  const auto random = auth::random_bytes<2>();
  return protocol::make_id({.unix_ms = reactor.unix_milliseconds(),
                            .random = static_cast<std::uint32_t>(random[0] | (random[1] << 8)),
                            .bucket = bucket});
}

std::uint32_t random_bucket() {
  const auto random = auth::random_bytes<2>();
  return static_cast<std::uint32_t>(random[0] | (random[1] << 8));
}

Task<Result<std::int64_t>> find_or_make(reactor::Reactor& reactor, db::UserStore& users,
                                        const auth::PasswordHasher& hasher, DemoUser demo) {
  for (int attempt = 0; attempt < kIdAttempts; ++attempt) {
    const auto found = co_await users.find_by_email(demo.email);
    if (!found) co_return std::unexpected(found.error());
    if (*found) co_return (*found)->id;
    // Nothing else runs on this reactor: hashing may block it.
    auto hash = hasher.hash(demo.password);
    if (!hash) co_return reactor::fail(ErrorKind::kOverloaded, "no memory for Argon2id");
    db::NewUser user{.id = new_id(reactor, random_bucket()),
                     .name = demo.name,
                     .email = demo.email,
                     .email_folded = demo.email,
                     .password_hash = std::move(*hash),
                     .created_at_ms = reactor.unix_milliseconds()};
    const auto outcome = co_await users.create(std::move(user));
    if (!outcome) co_return std::unexpected(outcome.error());
  }
  co_return reactor::fail(ErrorKind::kInvalid, "a demo user could not be made");
}

}  // namespace

Task<Result<void>> make_demo_data(reactor::Reactor& reactor, db::Pool& pool,
                                  const auth::PasswordHasher& password_hasher) {
  db::PgUserStore users(pool);
  db::PgConversationStore conversations(pool);
  std::array<std::int64_t, kDemoUsers.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = co_await find_or_make(reactor, users, password_hasher, kDemoUsers[i]);
    if (!id) co_return std::unexpected(id.error());
    ids[i] = *id;
  }
  const std::uint32_t bucket = protocol::direct_bucket({ids[0]}, {ids[1]});
  const auto created =
      co_await conversations.create_direct({.id = new_id(reactor, bucket),
                                            .creator_id = ids[0],
                                            .other_id = ids[1],
                                            .created_at_ms = reactor.unix_milliseconds()});
  if (!created) co_return std::unexpected(created.error());
  co_return Result<void>{};
}

}  // namespace ringtalk::app
