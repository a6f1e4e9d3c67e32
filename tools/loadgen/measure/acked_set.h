// AckedSet: which seqs of one conversation hold a message that was acknowledged: a bit each, from
// the first one on. Of a DeliveryLedger; one thread. A seq that is absurdly far from the first (a
// broken server's) is kept by itself, so that it cannot fill the memory.
#pragma once

#include <cstdint>
#include <vector>

namespace ringtalk::loadgen {

class AckedSet {
 public:
  /// False when it is in already.
  bool insert(std::int64_t seq);
  /// Returns how many were in both.
  std::uint64_t add(const AckedSet& other);

  [[nodiscard]] bool contains(std::int64_t seq) const;
  [[nodiscard]] bool is_empty() const { return words_.empty() && far_.empty(); }

  /// How many of [first, last] are in; one that is asked often keeps sums of the words before.
  class Counter {
   public:
    explicit Counter(const AckedSet& set);
    [[nodiscard]] std::uint64_t within(std::int64_t first, std::int64_t last) const;
    [[nodiscard]] std::uint64_t after(std::int64_t seq) const;

   private:
    [[nodiscard]] std::uint64_t up_to(std::int64_t seq) const;

    const AckedSet& set_;
    std::vector<std::uint64_t> before_;  // in all words before this one
  };

  static constexpr std::int64_t kSpanMax = 1 << 28;  // 32 MB

 private:
  static constexpr std::int64_t kBits = 64;
  [[nodiscard]] bool holds(std::int64_t seq) const;

  std::int64_t base_ = 0;  // seq of the first bit; a multiple of 64
  std::vector<std::uint64_t> words_;
  std::vector<std::int64_t> far_;
};

}  // namespace ringtalk::loadgen
