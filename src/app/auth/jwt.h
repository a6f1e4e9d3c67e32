// Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 (RFC 7515, HS256) and nothing
// else. One a shard, owned by it, one thread: it holds a keyed MAC and a JSON parser that each call
// reuses. The algorithm is ours, never the token's: a header must say HS256 (its `typ` and other
// members do not matter, but `crit` is refused), and no claim is read before the signature is found
// good.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "app/auth/signing_key.h"
#include "app/protocol/ids.h"
#include "app/protocol/json_reader.h"

typedef struct evp_mac_ctx_st EVP_MAC_CTX;

namespace ringtalk::app::auth {

inline constexpr std::size_t kJwtBytesMax = 4096;

// Times are Unix seconds, as NumericDate has them.
struct Claims {
  protocol::UserId user_id;    // sub
  protocol::LoginId login_id;  // sid: the login that this token came from
  protocol::Uuid token_id;     // jti
  std::int64_t issued_at_s = 0;
  std::int64_t expires_at_s = 0;

  friend bool operator==(const Claims&, const Claims&) = default;
};

enum class JwtError {
  kMalformed,     // no token of ours, whoever signed it
  kBadSignature,  // shaped like one, but not signed with this key
  kExpired,       // ours once; its claims were good until `exp`
};

class JwtCodec {
 public:
  explicit JwtCodec(const SigningKey& key);
  ~JwtCodec();
  JwtCodec(const JwtCodec&) = delete;
  JwtCodec& operator=(const JwtCodec&) = delete;

  std::string sign(const Claims& claims);

  // Good while now < exp; there is no leeway, as all instances of one service keep one time.
  std::expected<Claims, JwtError> verify(std::string_view token, std::int64_t now_s);

  // The first half of verify: form, header and signature. Gives the payload, unread.
  std::expected<std::string, JwtError> open(std::string_view token);

 private:
  struct FreeMac {
    void operator()(EVP_MAC_CTX* mac) const;
  };

  std::string signature_of(std::string_view signing_input);
  bool is_our_header(std::string_view encoded);

  std::unique_ptr<EVP_MAC_CTX, FreeMac> mac_;
  protocol::JsonReader json_reader_;
};

}  // namespace ringtalk::app::auth
