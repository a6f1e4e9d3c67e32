// Hearing: a Bus::Listener that remembers all it is told, in order: what the tests of RedisBus and
// MemoryBus have in common. Owned by a test; one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cache/bus.h"

namespace ringtalk::cache::testing {

class Hearing final : public Bus::Listener {
 public:
  void heard(std::string_view channel, std::string_view payload) override {
    told.push_back("heard " + std::string(channel) + " " + std::string(payload));
    if (on_heard) on_heard();
  }
  void subscribed(std::string_view channel) override {
    told.push_back("subscribed " + std::string(channel));
    ++confirmed[std::string(channel)];
  }
  void lost() override {
    told.emplace_back("lost");
    ++losses;
    confirmed.clear();
  }

  void lost_publishes() override { told.emplace_back("lost publishes"); }

  [[nodiscard]] std::ptrdiff_t count(std::string_view what) const {
    return std::ranges::count(told, what);
  }
  [[nodiscard]] bool has(std::string_view what) const { return count(what) > 0; }

  std::vector<std::string> told;
  std::map<std::string, int> confirmed;  // since the last loss
  int losses = 0;
  std::function<void()> on_heard;
};

}  // namespace ringtalk::cache::testing
