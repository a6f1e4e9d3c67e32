// Distrust: the conversations whose keys may say what is no longer true, because a write to them
// was perhaps lost; each must be deleted before it is believed or written again. Pure; member of a
// cache.
//
// Bounded: past kDistrustedMax everything is distrusted, and what has been deleted since is
// remembered instead. Should that grow too large in turn, it is forgotten, and keys are deleted
// once more: always right, and costs misses alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tsl/robin_set.h>

namespace ringtalk::cache {

class Distrust {
 public:
  explicit Distrust(std::size_t conversations_max) : conversations_max_(conversations_max) {}

  void add(std::int64_t id) {
    if (is_all_) {
      ids_.erase(id);
      return;
    }
    ids_.insert(id);
    if (ids_.size() <= conversations_max_) return;
    is_all_ = true;
    ids_.clear();
  }
  /// It was deleted.
  void remove(std::int64_t id) {
    if (!is_all_) {
      ids_.erase(id);
      return;
    }
    if (ids_.size() >= conversations_max_) ids_.clear();
    ids_.insert(id);
  }
  [[nodiscard]] bool has(std::int64_t id) const { return ids_.contains(id) != is_all_; }

  [[nodiscard]] bool is_all() const { return is_all_; }
  /// How many; 0 when it is all.
  [[nodiscard]] std::size_t size() const { return is_all_ ? 0 : ids_.size(); }
  /// Some of them, at most `count`; none when it is all.
  [[nodiscard]] std::vector<std::int64_t> some(std::size_t count) const {
    std::vector<std::int64_t> ids;
    if (is_all_) return ids;
    for (const std::int64_t id : ids_) {
      if (ids.size() == count) break;
      ids.push_back(id);
    }
    return ids;
  }

 private:
  const std::size_t conversations_max_;
  bool is_all_ = false;
  tsl::robin_set<std::int64_t> ids_;  // distrusted; when it is all: the trusted ones
};

}  // namespace ringtalk::cache
