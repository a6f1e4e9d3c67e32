#include "app/rest/passwords.h"

#include <utility>

namespace ringtalk::app::rest {

using reactor::Result;
using reactor::Task;

Task<Result<std::string>> Passwords::hash(std::string password) {
  auto hashed = co_await workers_.run(
      reactor_, [&hasher = hasher_, &password] { return hasher.hash(password); });
  if (!hashed) co_return std::unexpected(std::move(hashed.error()));
  if (!*hashed) {
    co_return reactor::fail(reactor::ErrorKind::kOverloaded, "no memory for a password hash");
  }
  co_return std::move(**hashed);
}

Task<Result<Passwords::Verdict>> Passwords::check(std::string password,
                                                  std::optional<std::string> hash) {
  co_return co_await workers_.run(reactor_, [&hasher = hasher_, &password, &hash] {
    Verdict verdict;
    if (!hash) {
      hasher.verify_nobody(password);
      return verdict;
    }
    verdict.is_right = hasher.verify(password, *hash);
    if (verdict.is_right && hasher.needs_rehash(*hash)) {
      if (auto better = hasher.hash(password)) verdict.better_hash = std::move(*better);
    }
    return verdict;
  });
}

}  // namespace ringtalk::app::rest
