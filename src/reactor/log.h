// Logging: events with fields, `ws.closed session=7 code=1009`. A thread writes its events into a
// ring of its own and never blocks; one background thread formats (text on a TTY, JSON lines
// otherwise) and writes to stdout, an error at once, the rest within 50 ms. A full ring drops and
// counts; the count is logged. Tokens, passwords and message content stay out.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace ringtalk::reactor {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t { kAuto, kText, kJson };

struct LogField {
  std::string_view name;
  std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view> value;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  template <std::signed_integral T>
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::uint64_t>(v)) {}
};

/// Where events go. Logger is the real one; tests may collect events in their own.
class Log {
 public:
  virtual ~Log() = default;
  /// Thread-safe, does not block. Names and values are copied (a value is cut at 512 bytes).
  virtual void write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;
  [[nodiscard]] virtual bool enabled(LogLevel level) const = 0;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    if (enabled(LogLevel::kDebug)) write(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    if (enabled(LogLevel::kInfo)) write(LogLevel::kInfo, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    if (enabled(LogLevel::kWarn)) write(LogLevel::kWarn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    if (enabled(LogLevel::kError)) write(LogLevel::kError, event, fields);
  }
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kAuto;
  int descriptor = 1;  // stdout; not closed
};

/// Owned by main; outlives every call of write(). Its destructor writes what is left; an output
/// that takes nothing holds it up for a second at the most. A descriptor that fails loses lines,
/// never the process (the writing thread blocks all signals, SIGPIPE too).
class Logger final : public Log {
 public:
  explicit Logger(LogOptions options);
  ~Logger() override;
  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
  [[nodiscard]] bool enabled(LogLevel level) const override;
  /// Events that found no room, or no reader. Any thread.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ringtalk::reactor
