// Passwords as Argon2id hashes in libsodium's text form ("$argon2id$v=19$m=…,t=…,p=1$…").
// Owned by Server, immutable after construction, used by the worker pool's threads at once: every
// call but needs_rehash takes tens of milliseconds and the memory of its cost, so none may run on a
// reactor.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace ringtalk::app::auth {

// The default is OWASP's choice for Argon2id: 19 MiB and 2 passes. It is a quarter of libsodium's
// "interactive" memory, so that a burst of logins does not need gigabytes; raise it where there is
// room.
struct PasswordCost {
  std::size_t memory_bytes = 19 * 1024 * 1024;
  std::uint32_t passes = 2;
};

enum class PasswordError { kOutOfMemory };

class PasswordHasher {
 public:
  // Makes one hash, so it takes as long as a login. Memory is at least 8 KiB, passes at least 1.
  explicit PasswordHasher(PasswordCost cost);

  std::expected<std::string, PasswordError> hash(const std::string& password) const;
  // False too for a hash that is none.
  bool verify(const std::string& password, const std::string& hash) const;
  // Takes as long as verify, for an address that nobody has: its time must not tell.
  void verify_nobody(const std::string& password) const;
  // The hash was made at another cost: after a good login, make it anew.
  bool needs_rehash(const std::string& hash) const;

 private:
  PasswordCost cost_;
  std::string hash_of_nobody_;
};

}  // namespace ringtalk::app::auth
