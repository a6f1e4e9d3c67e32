#include "app/auth/jwt.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cassert>
#include <optional>

#include "app/protocol/base64url.h"
#include "app/protocol/json_fields.h"
#include "app/protocol/json_writer.h"

namespace ringtalk::app::auth {

namespace {

constexpr std::size_t kSignatureBytes = 32;
constexpr std::string_view kOurHeader =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";  // alg HS256, typ JWT

// The three parts of a compact serialisation (RFC 7515 §7.1).
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signing_input;
};

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kJwtBytesMax) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == token.npos || first == last) return std::nullopt;
  const Parts parts{.header = token.substr(0, first),
                    .payload = token.substr(first + 1, last - first - 1),
                    .signature = token.substr(last + 1),
                    .signing_input = token.substr(0, last)};
  if (parts.payload.find('.') != token.npos) return std::nullopt;
  return parts;
}

protocol::Uuid take_token_id(protocol::Fields& fields) {
  const auto id = fields.optional_uuid("jti");
  if (!id) fields.refuse("jti", "is required");
  return id.value_or(protocol::Uuid{});
}

std::int64_t take_id(protocol::Fields& fields, std::string_view name) {
  const auto id = protocol::parse_id(fields.text(name, protocol::no_fault));
  if (!id) fields.refuse(name, "must be an id");
  return id.value_or(0);
}

std::optional<Claims> read_claims(protocol::JsonReader& reader, std::string_view payload) {
  const auto object = protocol::read_object(reader, payload);
  if (!object) return std::nullopt;
  protocol::Fields fields(*object);
  const Claims claims{.user_id = {take_id(fields, "sub")},
                      .login_id = {take_id(fields, "sid")},
                      .token_id = take_token_id(fields),
                      .issued_at_s = fields.integer("iat", {.min = 0}),
                      .expires_at_s = fields.integer("exp", {.min = 0})};
  if (!fields.is_valid()) return std::nullopt;
  return claims;
}

}  // namespace

void JwtCodec::FreeMac::operator()(EVP_MAC_CTX* mac) const {
  EVP_MAC_CTX_free(mac);
}

JwtCodec::JwtCodec(const SigningKey& key) {
  assert(key.bytes.size() >= kSigningKeyBytesMin);
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  mac_.reset(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);  // the context holds a reference of its own
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const int result =
      EVP_MAC_init(mac_.get(), reinterpret_cast<const unsigned char*>(key.bytes.data()),
                   key.bytes.size(), parameters.data());
  assert(result == 1);
}

JwtCodec::~JwtCodec() = default;

std::string JwtCodec::sign(const Claims& claims) {
  std::string payload;
  protocol::JsonWriter json(payload);
  json.begin_object();
  json.id("sub", claims.user_id);
  json.id("sid", claims.login_id);
  json.key("jti").uuid(claims.token_id);
  json.number("iat", claims.issued_at_s);
  json.number("exp", claims.expires_at_s);
  json.end_object();

  std::string token(kOurHeader);
  token += '.';
  token += protocol::encode_base64url(payload);
  const std::string signature = protocol::encode_base64url(signature_of(token));
  token += '.';
  token += signature;
  return token;
}

std::expected<Claims, JwtError> JwtCodec::verify(std::string_view token, std::int64_t now_s) {
  const auto payload = open(token);
  if (!payload) return std::unexpected(payload.error());
  const auto claims = read_claims(json_reader_, *payload);
  if (!claims) return std::unexpected(JwtError::kMalformed);
  if (now_s >= claims->expires_at_s) return std::unexpected(JwtError::kExpired);
  return *claims;
}

std::expected<std::string, JwtError> JwtCodec::open(std::string_view token) {
  const auto parts = split(token);
  if (!parts || !is_our_header(parts->header)) return std::unexpected(JwtError::kMalformed);
  const auto signature = protocol::decode_base64url(parts->signature);
  if (!signature || signature->size() != kSignatureBytes) {
    return std::unexpected(JwtError::kMalformed);
  }
  const std::string expected = signature_of(parts->signing_input);
  if (CRYPTO_memcmp(expected.data(), signature->data(), kSignatureBytes) != 0) {
    return std::unexpected(JwtError::kBadSignature);
  }
  auto payload = protocol::decode_base64url(parts->payload);
  if (!payload) return std::unexpected(JwtError::kMalformed);
  return std::move(*payload);
}

std::string JwtCodec::signature_of(std::string_view signing_input) {
  // Without a key, init begins anew with the one that the context has: no second key schedule.
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = 0;
  auto* const out = reinterpret_cast<unsigned char*>(signature.data());
  const auto* const input = reinterpret_cast<const unsigned char*>(signing_input.data());
  const bool is_done = EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1 &&
                       EVP_MAC_update(mac_.get(), input, signing_input.size()) == 1 &&
                       EVP_MAC_final(mac_.get(), out, &size, signature.size()) == 1;
  assert(is_done && size == kSignatureBytes);
  return signature;
}

bool JwtCodec::is_our_header(std::string_view encoded) {
  if (encoded == kOurHeader) return true;
  const auto text = protocol::decode_base64url(encoded);
  if (!text) return false;
  const auto header = protocol::read_object(json_reader_, *text);
  if (!header) return false;
  std::string_view algorithm;
  const auto error = (*header)["alg"].get_string().get(algorithm);
  const bool has_critical_extensions = (*header)["crit"].error() == simdjson::SUCCESS;
  return error == simdjson::SUCCESS && algorithm == "HS256" && !has_critical_extensions;
}

}  // namespace ringtalk::app::auth
