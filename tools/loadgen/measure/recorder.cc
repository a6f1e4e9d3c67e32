#include "loadgen/measure/recorder.h"

namespace ringtalk::loadgen {

std::string_view name_of(Series series) {
  static constexpr std::array<std::string_view, kSeriesCount> kNames{
      "lag", "connect", "ready", "ack", "deliver", "resume", "request", "page"};
  return kNames[static_cast<std::size_t>(series)];
}

std::string_view name_of(Counter counter) {
  static constexpr std::array<std::string_view, kCounterCount> kNames{
      "sent",     "acked",  "delivered",  "connected",     "disconnected",
      "requests", "errors", "bytes_sent", "bytes_received"};
  return kNames[static_cast<std::size_t>(counter)];
}

void Tally::add(const Tally& other) {
  for (std::size_t index = 0; index < kSeriesCount; ++index) series[index].add(other.series[index]);
  for (std::size_t index = 0; index < kCounterCount; ++index)
    counters[index] += other.counters[index];
}

void Tally::clear() {
  for (Histogram& histogram : series) histogram.clear();
  counters.fill(0);
}

const Histogram& Tally::of(Series which) const {
  return series[static_cast<std::size_t>(which)];
}

std::uint64_t Tally::of(Counter which) const {
  return counters[static_cast<std::size_t>(which)];
}

void Recorder::observe(Series series, std::chrono::steady_clock::time_point intended,
                       std::chrono::steady_clock::time_point now) {
  const auto index = static_cast<std::size_t>(series);
  second_.series[index].record(now - intended);
  if (is_measured(intended)) total_.series[index].record(now - intended);
}

void Recorder::count(Counter counter, std::chrono::steady_clock::time_point when,
                     std::uint64_t times) {
  const auto index = static_cast<std::size_t>(counter);
  second_.counters[index] += times;
  if (is_measured(when)) total_.counters[index] += times;
}

void Recorder::count_error(std::string_view code) {
  const auto index = static_cast<std::size_t>(Counter::kErrors);
  ++second_.counters[index];
  ++total_.counters[index];
  auto found = errors_.find(code);
  if (found == errors_.end()) {
    // Codes come from the other side, too: their number is bounded.
    if (errors_.size() >= kErrorCodesMax) code = kOtherErrors;
    found = errors_.try_emplace(std::string(code), 0).first;
  }
  ++found->second;
}

void Recorder::take_second(Tally& into) {
  into.clear();
  std::swap(into, second_);
}

}  // namespace ringtalk::loadgen
