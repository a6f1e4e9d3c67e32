// Samples: the inputs of the benchmarks and of the counting of instructions, as clients send them.
// Pure functions; the same arguments give the same bytes, so that two runs compare.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/protocol/views.h"
#include "ws/protocol.h"

namespace ringtalk::bench {

inline constexpr ws::MaskKey kMaskKey = {std::byte{0x9d}, std::byte{0x34}, std::byte{0xe6},
                                         std::byte{0x71}};

/// A word, a short message, a long one, and as much as a client says at once.
inline const std::vector<std::int64_t> kSizes{20, 125, 1024, 16 * 1024};
/// The same for the content of a message, which has 4,096 code points at the most.
inline const std::vector<std::int64_t> kContentSizes{20, 125, 1024, 4096};

/// English prose, `bytes` long. Nothing in it needs an escape.
[[nodiscard]] std::string ascii_text(std::size_t bytes);
/// Prose of several scripts with emoji, at most `bytes` long, with characters of 1 to 4 bytes.
[[nodiscard]] std::string mixed_text(std::size_t bytes);

/// A text frame as a client sends it.
[[nodiscard]] std::string masked_frame(std::string_view payload);

/// `{"op":"send",…}` with a content of so many bytes.
[[nodiscard]] std::string send_command(std::size_t content_bytes);

/// A message in the log, with a content of so many bytes.
[[nodiscard]] app::protocol::EventView message_event(app::protocol::Seq seq,
                                                     std::size_t content_bytes);
inline constexpr app::protocol::ConversationId kConversation{250'888'592'109'385'361};

/// A POST of a message with a browser's header fields, and a GET of a page.
[[nodiscard]] std::string post_request();
[[nodiscard]] std::string get_request();

/// Spans of time from some µs to seconds, mostly short ones: latencies of an hour of a server.
[[nodiscard]] std::vector<std::chrono::nanoseconds> latencies(std::size_t count);

}  // namespace ringtalk::bench
