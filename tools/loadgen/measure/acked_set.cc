#include "loadgen/measure/acked_set.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace ringtalk::loadgen {

namespace {

constexpr std::int64_t word_start(std::int64_t seq) {
  return seq & ~std::int64_t{63};
}

constexpr std::uint64_t bit_of(std::int64_t seq) {
  return std::uint64_t{1} << (static_cast<std::uint64_t>(seq) & 63);
}

bool is_in(const std::vector<std::int64_t>& seqs, std::int64_t seq) {
  return std::ranges::find(seqs, seq) != seqs.end();
}

}  // namespace

bool AckedSet::holds(std::int64_t seq) const {
  return seq >= base_ && (seq - base_) / kBits < static_cast<std::int64_t>(words_.size());
}

bool AckedSet::insert(std::int64_t seq) {
  if (words_.empty()) {
    base_ = word_start(seq);
    words_.resize(1);
  }
  if (!holds(seq)) {
    // Written so that no seq, however absurd, overflows.
    const std::int64_t end = base_ + static_cast<std::int64_t>(words_.size()) * kBits;
    const bool is_near = seq > 0 && (seq < base_ ? end - seq : seq - base_) < kSpanMax;
    if (!is_near) {
      if (is_in(far_, seq)) return false;
      far_.push_back(seq);
      return true;
    }
    if (seq < base_) {
      const std::int64_t start = word_start(seq);
      words_.insert(words_.begin(), static_cast<std::size_t>((base_ - start) / kBits), 0);
      base_ = start;
    } else {
      words_.resize(static_cast<std::size_t>((seq - base_) / kBits + 1));
    }
  }
  std::uint64_t& word = words_[static_cast<std::size_t>((seq - base_) / kBits)];
  if ((word & bit_of(seq)) != 0) return false;
  word |= bit_of(seq);
  return true;
}

std::uint64_t AckedSet::add(const AckedSet& other) {
  std::uint64_t shared = 0;
  for (std::size_t index = 0; index < other.words_.size(); ++index) {
    const std::uint64_t word = other.words_[index];
    if (word == 0) continue;
    const std::int64_t start = other.base_ + static_cast<std::int64_t>(index) * kBits;
    if (words_.empty() || !holds(start)) {
      for (std::uint64_t left = word; left != 0; left &= left - 1)
        shared += insert(start + std::countr_zero(left)) ? 0 : 1;
      continue;
    }
    std::uint64_t& mine = words_[static_cast<std::size_t>((start - base_) / kBits)];
    shared += static_cast<std::uint64_t>(std::popcount(mine & word));
    mine |= word;
  }
  for (const std::int64_t seq : other.far_) shared += insert(seq) ? 0 : 1;
  return shared;
}

bool AckedSet::contains(std::int64_t seq) const {
  if (holds(seq))
    return (words_[static_cast<std::size_t>((seq - base_) / kBits)] & bit_of(seq)) != 0;
  return is_in(far_, seq);
}

AckedSet::Counter::Counter(const AckedSet& set) : set_(set) {
  before_.reserve(set.words_.size() + 1);
  std::uint64_t sum = 0;
  for (const std::uint64_t word : set.words_) {
    before_.push_back(sum);
    sum += static_cast<std::uint64_t>(std::popcount(word));
  }
  before_.push_back(sum);
}

std::uint64_t AckedSet::Counter::up_to(std::int64_t seq) const {
  std::uint64_t count = static_cast<std::uint64_t>(
      std::ranges::count_if(set_.far_, [seq](std::int64_t far) { return far <= seq; }));
  if (set_.words_.empty() || seq < set_.base_) return count;
  if (!set_.holds(seq)) return count + before_.back();
  const auto index = static_cast<std::size_t>((seq - set_.base_) / kBits);
  const std::uint64_t bit = bit_of(seq);
  return count + before_[index] +
         static_cast<std::uint64_t>(std::popcount(set_.words_[index] & (bit | (bit - 1))));
}

std::uint64_t AckedSet::Counter::within(std::int64_t first, std::int64_t last) const {
  return up_to(last) - up_to(first - 1);
}

std::uint64_t AckedSet::Counter::after(std::int64_t seq) const {
  return before_.back() + set_.far_.size() - up_to(seq);
}

}  // namespace ringtalk::loadgen
