// Recorder: what one thread of the generator saw: durations, counts, errors. Owned by the thread;
// joined into a RunResult at the end. Durations are taken from the *intended* time of what was
// sent, so that a server that stalls cannot hide it by being asked less (coordinated omission).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "loadgen/measure/histogram.h"

namespace ringtalk::loadgen {

/// What is timed. Names as in reports and thresholds: name_of(Series::kAck) is "ack".
enum class Series : std::uint8_t {
  kLag,      // the generator's own: from the intended time of a send to its leaving
  kConnect,  // TCP and the upgrade
  kReady,    // from the upgrade to `ready`
  kAck,      // from the intended time to the `ack`
  kDeliver,  // from the intended time to the `event` at another member
  kResume,   // from a drop to the last event that was missed
  kRequest,  // of profile `rest`: any request
  kPage,     // a page of history
};
inline constexpr std::size_t kSeriesCount = 8;
[[nodiscard]] std::string_view name_of(Series series);

enum class Counter : std::uint8_t {
  kSent,
  kAcked,
  kDelivered,
  kConnected,
  kDisconnected,  // not by ourselves
  kRequests,
  kErrors,  // answers that say no, closes by the server, failed connects; see errors()
  kBytesSent,
  kBytesReceived,
};
inline constexpr std::size_t kCounterCount = 9;
[[nodiscard]] std::string_view name_of(Counter counter);

/// What happened within one second (or over the whole run).
struct Tally {
  std::array<Histogram, kSeriesCount> series;
  std::array<std::uint64_t, kCounterCount> counters{};

  void add(const Tally& other);
  void clear();
  [[nodiscard]] const Histogram& of(Series which) const;
  [[nodiscard]] std::uint64_t of(Counter which) const;
};

class Recorder {
 public:
  /// What was intended before `from` or from `until` on is warm-up or the run's end: it goes into
  /// the seconds, and not into the total.
  struct Window {
    std::chrono::steady_clock::time_point from;
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
  };
  explicit Recorder(const Window& window) : window_(window) {}

  /// `intended`: when it should have begun.
  void observe(Series series, std::chrono::steady_clock::time_point intended,
               std::chrono::steady_clock::time_point now);
  void count(Counter counter, std::chrono::steady_clock::time_point when, std::uint64_t times = 1);
  /// `code`: "rate_limited", "close 4008", "connect: refused"; counted as kErrors too. Errors of
  /// the warm-up count in the total as well: what went wrong is told, whenever it was.
  void count_error(std::string_view code);

  [[nodiscard]] const Tally& total() const { return total_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& errors() const {
    return errors_;
  }
  /// Since the last call; for the live line and the timeline. `into` is overwritten and its memory
  /// used on: pass the same one each time.
  void take_second(Tally& into);

  static constexpr std::size_t kErrorCodesMax = 64;
  static constexpr std::string_view kOtherErrors = "other errors";

 private:
  [[nodiscard]] bool is_measured(std::chrono::steady_clock::time_point intended) const {
    return intended >= window_.from && intended < window_.until;
  }

  Window window_;
  Tally total_;
  Tally second_;
  std::map<std::string, std::uint64_t, std::less<>> errors_;
};

}  // namespace ringtalk::loadgen
