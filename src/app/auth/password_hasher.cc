#include "app/auth/password_hasher.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "app/auth/secrets.h"

namespace ringtalk::app::auth {

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) {
  cost_.memory_bytes = std::max<std::size_t>(cost.memory_bytes, crypto_pwhash_MEMLIMIT_MIN);
  cost_.passes = std::max<std::uint32_t>(cost.passes, crypto_pwhash_OPSLIMIT_MIN);
  const auto password = random_bytes<16>();  // also starts libsodium
  hash_of_nobody_ = hash(encode_hex(password)).value_or("");
  assert(!hash_of_nobody_.empty());  // without that memory nobody could log in
}

std::expected<std::string, PasswordError> PasswordHasher::hash(const std::string& password) const {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const int result =
      crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes,
                            cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (result != 0) return std::unexpected(PasswordError::kOutOfMemory);
  return std::string(text.data());
}

bool PasswordHasher::verify(const std::string& password, const std::string& hash) const {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::verify_nobody(const std::string& password) const {
  // Kept from being optimised away by being another library's call.
  (void)verify(password, hash_of_nobody_);
}

bool PasswordHasher::needs_rehash(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace ringtalk::app::auth
