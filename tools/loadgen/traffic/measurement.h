// Measurement: one run from its plan to its result: set-up, threads, the timetable, the end, and
// the accounts. Made and run on main's thread, with SIGINT and SIGTERM blocked there before (they
// end the run early, and its result says so).
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/measure/run_result.h"
#include "loadgen/plan.h"
#include "loadgen/traffic/crew.h"
#include "loadgen/traffic/endpoint.h"
#include "loadgen/traffic/failure.h"
#include "loadgen/traffic/main_desk.h"
#include "loadgen/traffic/profile.h"
#include "loadgen/traffic/set_up.h"
#include "loadgen/traffic/world.h"

namespace ringtalk::loadgen {

struct Spectator {
  std::function<void(std::string_view)> on_step = [](std::string_view) {};  // "connecting 50"
  std::function<void(const Second&)> on_second = [](const Second&) {};
};

class Measurement : reactor::Pinned {
 public:
  Measurement(const Plan& plan, Spectator spectator);
  ~Measurement();

  /// Once.
  [[nodiscard]] std::expected<RunResult, Failure> run();

 private:
  using Step = std::expected<void, Failure>;

  [[nodiscard]] Step prepare();
  [[nodiscard]] Step make_world();
  [[nodiscard]] Step connect();
  void begin_traffic();
  void follow_traffic();
  void end_traffic();
  [[nodiscard]] Step check();
  void write_result();

  /// True when a signal has come by `until`.
  [[nodiscard]] bool wait_until(reactor::TimePoint until);
  /// Looks every few milliseconds; false when it was not so by `until`.
  [[nodiscard]] bool wait_for(const std::function<bool()>& is_so, reactor::TimePoint until);
  void take_second();
  void begin_window();
  void end_window();
  void note_memory(const std::string& name);
  [[nodiscard]] std::string errors_in_words();
  [[nodiscard]] bool is_everyone_gone();
  [[nodiscard]] bool answers();

  Plan plan_;
  const Spectator spectator_;
  std::unique_ptr<TrafficProfile> profile_;
  std::optional<Endpoint> endpoint_;
  std::vector<reactor::SocketAddress> sources_;
  MainDesk desk_;
  std::optional<RestDoor> metrics_door_;
  World world_;
  std::unique_ptr<Crew> crew_;
  Timetable timetable_;
  std::vector<std::chrono::nanoseconds> cpu_before_;
  std::chrono::nanoseconds cpu_last_second_{};
  reactor::TimePoint last_second_;
  int seconds_without_anybody_ = 0;
  bool has_window_begun_ = false;
  Tally second_;          // of all threads; both keep their memory
  Tally station_second_;  // of one
  RunResult result_;
};

}  // namespace ringtalk::loadgen
