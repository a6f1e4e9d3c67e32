// Call: one request on its way through a handler, and what a handler answers. A Call lives on the
// frame of Api::answer, which awaits the handler; the shard's thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "app/auth/authenticator.h"
#include "app/protocol/ids.h"
#include "app/protocol/problem.h"
#include "http/message.h"
#include "http/path_pattern.h"
#include "http/service.h"
#include "reactor/task.h"

namespace ringtalk::app::rest {

struct Call {
  const http::Request& request;
  const http::Exchange& exchange;
  const http::PathParameters& parameters;
  const std::string& request_id;
  auth::Identity caller{};  // of routes that ask who it is

  [[nodiscard]] protocol::UserId user() const { return caller.user_id; }

  /// An id from the path. Text that is none of ours becomes Id{0}, which exists nowhere, and so
  /// ends as 404 like a foreign one.
  template <class Id>
  [[nodiscard]] Id id(std::string_view name) const {
    return protocol::read_id<Id>(parameters[name]).value_or(Id{});
  }
};

using Answer = protocol::Parsed<http::Response>;

/// A member function `Task<Answer> Topic::handle(Call&)`, bound to its object, which outlives it.
class Handler {
 public:
  template <auto kHandle, class Topic>
  [[nodiscard]] static Handler of(Topic& topic) {
    return Handler(&topic, &invoke<kHandle, Topic>);
  }

  RINGTALK_COROUTINE_WRAPPER reactor::Task<Answer> operator()(Call& call) const {
    return function_(topic_, call);
  }

 private:
  using Function = reactor::Task<Answer> (*)(void*, Call&);
  Handler(void* topic, Function function) : topic_(topic), function_(function) {}

  template <auto kHandle, class Topic>
  RINGTALK_COROUTINE_WRAPPER static reactor::Task<Answer> invoke(void* topic, Call& call) {
    return (static_cast<Topic*>(topic)->*kHandle)(call);
  }

  void* topic_;
  Function function_;
};

}  // namespace ringtalk::app::rest
