// ReplyReader: bytes from Redis in, replies out (hiredis' reader behind our own types). Pure; owned
// by a connection, and made anew with it: after an error it is of no more use.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "cache/reply.h"
#include "reactor/result.h"

struct redisReader;

namespace ringtalk::cache {

class ReplyReader {
 public:
  ReplyReader();

  void feed(std::string_view bytes);
  /// The next whole reply; none while its end is still to come. kProtocol: not RESP2, or more than
  /// the bounds of limits.h.
  [[nodiscard]] reactor::Result<std::optional<Reply>> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, Free> reader_;
  std::size_t bytes_without_reply_ = 0;
};

}  // namespace ringtalk::cache
