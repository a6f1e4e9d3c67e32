// The opening handshake (RFC 6455 §4): a server's answer to an upgrade request, and the keys that a
// client makes and checks. Pure functions on values; any thread. The only part of ws that knows
// HTTP. Who the user is, and which Origin is welcome, the application decides.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace ringtalk::ws {

struct HandshakeOptions {
  std::span<const std::string_view> subprotocols;  // the ones that we speak
};

/// What the 101 answer carries.
struct HandshakeReply {
  std::string accept_key;
  std::string subprotocol;  // the first offered one that we speak; empty: none
};

/// Why there is no upgrade, in the words of the client contract. All texts are static.
struct HandshakeError {
  int status = 400;
  std::string_view code;
  std::string_view detail;
};

/// Checks a request against RFC 6455 §4.2.1: 405 unless GET; 426 `upgrade_required` without
/// `Upgrade: websocket` or with a version other than 13; 400 `malformed_request` for the rest.
std::expected<HandshakeReply, HandshakeError> accept(const http::Request& request,
                                                     const HandshakeOptions& options = {});

/// Every subprotocol of the request in the client's order, such as {"ringtalk.v1", "bearer.<JWT>"}.
/// The views lie in the request.
std::vector<std::string_view> offered_subprotocols(const http::Request& request);

/// What a refusal must tell beside its body: `Upgrade` and `Sec-WebSocket-Version` with 426
/// (RFC 9110 §15.5.22, RFC 6455 §4.4), `Allow` with 405.
void add_refusal_headers(http::HeaderList& headers, const HandshakeError& error);

/// Appends the whole 101 response. After its last byte the stream is WebSocket.
void write_switching_protocols(std::string& out, const HandshakeReply& reply);

/// Client: the headers of an upgrade with this key; the rest of the request is the caller's.
void add_upgrade_headers(http::HeaderList& headers, std::string_view key);

/// Client: whether the server has agreed (RFC 6455 §4.1): 101 for websocket, with the accept key
/// that belongs to `key`. An extension was not offered, so one in the answer is a refusal.
bool is_agreed(const http::Response& response, std::string_view key);

/// Client: a fresh random Sec-WebSocket-Key, 24 characters.
std::string make_key();

/// The Sec-WebSocket-Accept that belongs to a key, 28 characters (RFC 6455 §4.2.2, step 5.4).
std::string expected_accept(std::string_view key);

}  // namespace ringtalk::ws
