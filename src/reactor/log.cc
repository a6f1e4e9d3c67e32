// The writing thread sleeps in three ways, told by `state_`:
//   busy       it is draining the rings
//   gathering  it wrote something lately: it looks again after 50 ms, or when urgent_ is set
//   asleep     all rings were empty: the next record rings the bell
// Whoever logs pushes first and reads the state second; the thread sets its state first and looks
// at the rings second. Both sequentially consistent, so one of the two sees the other.
#include "reactor/log.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "reactor/clock.h"
#include "reactor/log_format.h"
#include "reactor/log_output.h"
#include "reactor/log_record.h"
#include "reactor/log_ring.h"
#include "reactor/result.h"

namespace ringtalk::reactor {
namespace {

constexpr int kGatherMilliseconds = 50;
constexpr std::size_t kRecordsPerPassMax = 1024;  // of a ring, so that a pass ends

// The rings of one thread, one for each logger it has written to. Loggers are told apart by a
// number that is never used again: an address could be.
class ThreadRings {
 public:
  ~ThreadRings() {
    for (const Entry& entry : entries_) entry.ring->abandon();
  }
  [[nodiscard]] LogRing* find(std::uint64_t logger) const {
    for (const Entry& entry : entries_) {
      if (entry.logger == logger) return entry.ring.get();
    }
    return nullptr;
  }
  void add(std::uint64_t logger, std::shared_ptr<LogRing> ring) {
    // What only this thread still holds belonged to a logger that has ended.
    std::erase_if(entries_, [](const Entry& entry) { return entry.ring.use_count() == 1; });
    entries_.push_back({.logger = logger, .ring = std::move(ring)});
  }

 private:
  struct Entry {
    std::uint64_t logger;
    std::shared_ptr<LogRing> ring;
  };
  std::vector<Entry> entries_;
};

thread_local ThreadRings thread_rings;

std::uint64_t next_logger_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

struct Logger::Implementation {
  explicit Implementation(LogOptions options);
  ~Implementation();

  [[nodiscard]] LogRing& ring_of_this_thread();
  void announce(bool urgent);
  [[nodiscard]] std::uint64_t dropped() const;

  const LogOptions options;

 private:
  enum class State : std::uint8_t { kBusy, kGathering, kAsleep };
  struct Packed {
    std::int64_t unix_milliseconds;
    std::size_t order;  // of collecting: what one thread says within a millisecond stays in order
    std::vector<std::byte> bytes;
  };

  void run();
  bool write_out();
  void collect();
  void report_dropped();
  void format(const LogRecord& record);
  void rest(State how);
  [[nodiscard]] bool has_records() const;
  void ring_bell() const;

  const std::uint64_t number_ = next_logger_number();
  const int bell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::atomic<State> state_{State::kBusy};
  std::atomic<bool> urgent_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> lost_{0};  // of rings that are gone, and by the output
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<LogRing>> rings_;  // guarded by mutex_

  // The writing thread's.
  LogOutput output_;
  const bool as_text_;
  const bool with_colours_;
  std::vector<Packed> collected_;
  std::size_t collected_count_ = 0;  // the rest of collected_ is memory to use again
  LogRecord record_;
  std::string lines_;
  std::uint64_t reported_ = 0;
  std::thread thread_;
};

Logger::Logger(LogOptions options) : implementation_(std::make_unique<Implementation>(options)) {}
Logger::~Logger() = default;

void Logger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  std::array<std::byte, kLogRecordBytesMax> room;  // not initialised on purpose
  LogRing& ring = implementation_->ring_of_this_thread();
  ring.push(pack({.unix_milliseconds = SystemClock().unix_milliseconds(),
                  .level = level,
                  .event = event,
                  .fields = fields},
                 room));
  implementation_->announce(level == LogLevel::kError || ring.is_half_full());
}

bool Logger::enabled(LogLevel level) const {
  return level >= implementation_->options.level;
}
std::uint64_t Logger::dropped() const {
  return implementation_->dropped();
}

Logger::Implementation::Implementation(LogOptions chosen)
    : options(chosen),
      output_(chosen.descriptor, stopping_),
      as_text_(chosen.format == LogFormat::kText ||
               (chosen.format == LogFormat::kAuto && output_.is_terminal())),
      with_colours_(output_.is_terminal() && std::getenv("NO_COLOR") == nullptr) {
  RINGTALK_ASSERT(bell_ >= 0, "no descriptor for the logger's bell");
  // The thread inherits a mask without any signal: they belong to others, and SIGPIPE to nobody.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), "ringtalk-log");
}

Logger::Implementation::~Implementation() {
  stopping_ = true;
  ring_bell();
  thread_.join();
  ::close(bell_);
}

LogRing& Logger::Implementation::ring_of_this_thread() {
  if (LogRing* known = thread_rings.find(number_)) return *known;
  auto ring = std::make_shared<LogRing>();
  {
    const std::lock_guard lock(mutex_);
    rings_.push_back(ring);
  }
  thread_rings.add(number_, ring);
  return *ring;
}

void Logger::Implementation::announce(bool urgent) {
  State state = state_.load();
  if (urgent) {
    urgent_ = true;
    state = state_.exchange(State::kBusy);
    if (state != State::kBusy) ring_bell();
  } else if (state == State::kAsleep && state_.compare_exchange_strong(state, State::kBusy)) {
    ring_bell();
  }
}

std::uint64_t Logger::Implementation::dropped() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t dropped = lost_;
  for (const auto& ring : rings_) dropped += ring->dropped();
  return dropped;
}

void Logger::Implementation::run() {
  while (!stopping_) {
    rest(write_out() ? State::kGathering : State::kAsleep);
  }
  while (write_out()) {
  }
}

// One pass over the rings, in the order of time. False when there was nothing.
bool Logger::Implementation::write_out() {
  urgent_ = false;
  collect();
  const auto records = std::span(collected_).first(collected_count_);
  std::ranges::sort(records, {}, [](const Packed& packed) {
    return std::pair(packed.unix_milliseconds, packed.order);
  });
  lines_.clear();
  for (const Packed& packed : records) {
    unpack(packed.bytes, record_);
    format(record_);
  }
  report_dropped();
  if (lines_.empty()) return false;
  if (!output_.write(lines_)) lost_ += collected_count_;
  return collected_count_ > 0;
}

void Logger::Implementation::collect() {
  collected_count_ = 0;
  const std::lock_guard lock(mutex_);
  std::erase_if(rings_, [this](const std::shared_ptr<LogRing>& ring) {
    const bool ended = ring->is_abandoned();  // asked first: it has no more than what comes now
    for (std::size_t taken = 0; taken < kRecordsPerPassMax; ++taken) {
      if (collected_count_ == collected_.size()) collected_.emplace_back();
      Packed& packed = collected_[collected_count_];
      if (!ring->pop(packed.bytes)) break;
      unpack(packed.bytes, record_);
      packed.unix_milliseconds = record_.unix_milliseconds;
      packed.order = collected_count_++;
    }
    if (!ended || ring->has_records()) return false;
    lost_ += ring->dropped();
    return true;
  });
}

void Logger::Implementation::report_dropped() {
  const std::uint64_t dropped_now = dropped();
  if (dropped_now == reported_) return;
  format({.unix_milliseconds = SystemClock().unix_milliseconds(),
          .level = LogLevel::kWarn,
          .event = "log.dropped",
          .fields = {{"count", dropped_now - reported_}}});
  reported_ = dropped_now;
}

void Logger::Implementation::format(const LogRecord& record) {
  if (as_text_) {
    append_text_line(lines_, record, with_colours_);
  } else {
    append_json_line(lines_, record);
  }
}

void Logger::Implementation::rest(State how) {
  state_ = how;
  const bool something_waits = how == State::kAsleep ? has_records() : urgent_.load();
  if (!something_waits && !stopping_) {
    pollfd bell{.fd = bell_, .events = POLLIN, .revents = 0};
    ::poll(&bell, 1, how == State::kAsleep ? -1 : kGatherMilliseconds);
  }
  std::uint64_t rings = 0;
  [[maybe_unused]] const ssize_t ignored = ::read(bell_, &rings, sizeof rings);
  state_ = State::kBusy;
}

bool Logger::Implementation::has_records() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(rings_, [](const auto& ring) { return ring->has_records(); });
}

void Logger::Implementation::ring_bell() const {
  const std::uint64_t once = 1;
  // It fails only when the bell has been rung 2^64 times unheard.
  [[maybe_unused]] const ssize_t ignored = ::write(bell_, &once, sizeof once);
}

}  // namespace ringtalk::reactor
