// Subscriptions: the channels that a subscriber wants, what it has told the server of them in this
// session, and what the server has confirmed. Pure; member of a RedisBus.
//
// Answers come in the order of the commands, one for each channel named; a channel is confirmed by
// the answer to the last of its commands. Changes are gathered, and handed out in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

namespace ringtalk::cache {

class Subscriptions {
 public:
  /// False: no change.
  bool want(std::string channel);
  bool unwant(const std::string& channel);
  [[nodiscard]] bool is_wanted(std::string_view channel) const;

  struct Changes {
    std::vector<std::string> subscribe;
    std::vector<std::string> unsubscribe;
    [[nodiscard]] bool empty() const { return subscribe.empty() && unsubscribe.empty(); }
  };
  /// What to tell the server next: one command of each kind, at most kChannelsPerCommandMax
  /// channels together. Nothing while kConfirmationsDueMax would be passed.
  [[nodiscard]] Changes next_changes();

  enum class Kind : std::uint8_t { kSubscribe, kUnsubscribe };
  /// The server has answered. True: the channel is subscribed from here on.
  [[nodiscard]] bool confirmed(Kind kind, std::string_view channel);

  /// All that is wanted must be told again, to another server perhaps.
  void session_ended();

  [[nodiscard]] std::size_t size() const { return channels_.size(); }
  [[nodiscard]] std::size_t confirmations_due() const { return due_; }

 private:
  struct Channel {
    bool is_wanted = false;
    bool is_changed = false;  // named in changed_
    bool is_told = false;     // the last that the server was told is that we subscribe
    std::uint32_t due = 0;    // answers
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };

  void note_change(Channel& channel, const std::string& name);

  tsl::robin_map<std::string, Channel, Hash, std::equal_to<>> channels_;
  std::deque<std::string> changed_;
  std::size_t due_ = 0;
};

}  // namespace ringtalk::cache
