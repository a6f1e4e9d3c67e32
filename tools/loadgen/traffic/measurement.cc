#include "loadgen/traffic/measurement.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <utility>

#include "loadgen/traffic/server_memory.h"
#include "reactor/signal_watcher.h"

namespace ringtalk::loadgen {
namespace {

using reactor::TimePoint;
using namespace std::chrono_literals;

// To connect everyone: past it, counted from the last one who came, the server takes no more.
constexpr auto kConnectPatience = 10s;
// From the last send until everything acknowledged must be everywhere.
constexpr auto kEndPatience = 10s;
// Without a single connection the server is gone.
constexpr int kSecondsWithoutAnybodyMax = 5;
constexpr auto kLook = 5ms;
constexpr auto kBeforeStart = 50ms;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

std::chrono::nanoseconds sum_of(const std::vector<std::chrono::nanoseconds>& times) {
  return std::accumulate(times.begin(), times.end(), std::chrono::nanoseconds());
}

double in_seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

/// As they were filled in; those that say nothing here are left out.
std::map<std::string, std::string> options_in_use(const Plan& plan) {
  std::map<std::string, std::string> options;
  const auto add = [&](const char* name, auto value) {
    if (value != decltype(value){}) options[name] = fmt::format("{}", value);
  };
  add("users", plan.users);
  add("senders", plan.senders);
  add("conversations", plan.conversations);
  add("members", plan.members);
  add("messages", plan.messages);
  add("connected", plan.connected);
  add("payload", plan.payload_bytes);
  add("seed", plan.seed);
  add("threads", plan.threads);
  add("drop-rate", plan.drop_rate);
  add("day-factor", plan.day_factor);
  add(plan.is_closed_loop ? "in-flight" : "rate",
      plan.is_closed_loop ? static_cast<double>(plan.in_flight) : plan.rate);
  add("ramp", in_seconds(plan.ramp));
  add("warmup", in_seconds(plan.warmup));
  add("for", in_seconds(plan.duration));
  return options;
}

}  // namespace

Measurement::Measurement(const Plan& plan, Spectator spectator)
    : plan_(plan), spectator_(std::move(spectator)), profile_(make_profile(plan.profile)) {}

Measurement::~Measurement() {
  crew_.reset();
  if (metrics_door_) desk_.run(metrics_door_->close());
}

std::expected<RunResult, Failure> Measurement::run() {
  for (const auto step : {&Measurement::prepare, &Measurement::make_world, &Measurement::connect}) {
    if (auto done = (this->*step)(); !done) return std::unexpected(done.error());
  }
  begin_traffic();
  follow_traffic();
  end_traffic();
  if (auto checked = check(); !checked) return std::unexpected(checked.error());
  write_result();
  return std::move(result_);
}

// --- before ---

Measurement::Step Measurement::prepare() {
  const auto refuse = [](std::string words) {
    return std::unexpected(Failure{.exit_code = kUsage, .words = std::move(words)});
  };
  profile_->fill_in(plan_);
  if (auto fault = profile_->fault(plan_)) return refuse(std::move(*fault));
  auto endpoint = find_endpoint(plan_.url);
  if (!endpoint) return refuse(std::move(endpoint.error()));
  endpoint_ = std::move(*endpoint);
  for (const std::string& text : plan_.source_ips) {
    const auto source = reactor::numeric_address(text, 0);
    if (!source || source->family() != endpoint_->address.family()) {
      return refuse(
          fmt::format("--source-ips {}: no address like the server's; write it like "
                      "127.0.0.2,127.0.0.3",
                      text));
    }
    sources_.push_back(*source);
  }
  if (profile_->watches_memory()) {
    metrics_door_.emplace(desk_.reactor(), *endpoint_, RestDoor::Size{});
  }
  return {};
}

Measurement::Step Measurement::make_world() {
  const WorldPlan plan = profile_->world(plan_);
  spectator_.on_step(
      fmt::format("making {} users and {} conversations", plan.users, plan.conversations.size()));
  SetUp set_up(desk_.reactor(), *endpoint_, plan_, plan, std::random_device()());
  auto made = desk_.run(set_up.make(), [&] {
    if (reactor::is_signal_pending({SIGINT, SIGTERM})) set_up.interrupt();
  });
  desk_.run(set_up.close());
  if (!made) return made;
  world_ = set_up.take();
  return {};
}

Measurement::Step Measurement::connect() {
  note_memory("server_rss_before");
  crew_ = std::make_unique<Crew>(plan_, world_, *endpoint_, sources_, *profile_);
  if (auto started = crew_->start(); !started) return started;
  if (world_.connected > 0) {
    spectator_.on_step(fmt::format("connecting {}", world_.connected));
  }
  std::size_t connected = 0;
  TimePoint patience_end = now() + kConnectPatience;
  while (!crew_->all([](Station& station) { return station.is_open(); })) {
    if (wait_until(now() + kLook)) {
      return std::unexpected(
          Failure{.exit_code = kInterrupted, .words = "interrupted before anything was measured"});
    }
    std::size_t connected_now = 0;
    crew_->visit_each([&](Station& station) { connected_now += station.connected(); });
    if (connected_now > connected) patience_end = now() + kConnectPatience;
    connected = std::max(connected, connected_now);
    if (now() < patience_end) continue;
    return std::unexpected(Failure{
        .exit_code = kUnreachable,
        .words = fmt::format("{} of {} users could connect ({}); is the server at {} up, and may "
                             "it have so many?",
                             connected_now, world_.connected, errors_in_words(), plan_.url)});
  }
  return {};
}

// --- traffic ---

void Measurement::begin_traffic() {
  timetable_.start = now() + kBeforeStart;
  timetable_.from = timetable_.start + plan_.ramp + plan_.warmup;
  timetable_.until = timetable_.from + plan_.duration;
  last_second_ = timetable_.start;
  note_memory("server_rss_start");
  cpu_last_second_ = sum_of(crew_->cpu_times());
  const Schedule::Rate rate = profile_->rate(plan_);
  crew_->visit_each([&](Station& station) {
    const double share = station.driver().share();
    station.start(timetable_, [rate, share](auto at) { return share * rate(at); });
  });
  spectator_.on_step("running");
}

// The window is ended by the clock, by a signal, by the profile, or because the server is gone.
void Measurement::follow_traffic() {
  while (!result_.was_interrupted && now() < timetable_.until) {
    const TimePoint next = std::min({last_second_ + 1s, timetable_.until,
                                     has_window_begun_ ? TimePoint::max() : timetable_.from});
    result_.was_interrupted = wait_until(next);
    if (!has_window_begun_ && now() >= timetable_.from) begin_window();
    if (now() >= last_second_ + 1s) take_second();
    if (seconds_without_anybody_ >= kSecondsWithoutAnybodyMax) break;
    if (crew_->all([](Station& station) { return station.driver().is_done(); })) break;
  }
  if (!has_window_begun_) begin_window();
  end_window();
  crew_->visit_each([](Station& station) { station.stop(); });
}

void Measurement::begin_window() {
  has_window_begun_ = true;
  timetable_.from = std::min(timetable_.from, now());
  cpu_before_ = crew_->cpu_times();
}

void Measurement::end_window() {
  const auto cpu = crew_->cpu_times();
  result_.measured = std::max<std::chrono::nanoseconds>(now() - timetable_.from, 1ms);
  for (std::size_t i = 0; i < cpu.size(); ++i) {
    const double share = in_seconds(cpu[i] - cpu_before_[i]) / in_seconds(result_.measured);
    result_.generator.cpu_total += share;
    result_.generator.cpu_of_busiest_thread =
        std::max(result_.generator.cpu_of_busiest_thread, share);
  }
}

void Measurement::take_second() {
  const bool is_warmup = last_second_ < timetable_.from;
  Second second{
      .second = std::chrono::floor<std::chrono::seconds>(last_second_ - timetable_.start).count(),
      .is_warmup = is_warmup};
  second_.clear();
  crew_->visit_each([&](Station& station) {
    station.recorder().take_second(station_second_);
    second_.add(station_second_);
    second.connections += station.connected();
  });
  const auto cpu = sum_of(crew_->cpu_times());
  second.generator_cpu = in_seconds(cpu - cpu_last_second_) / in_seconds(now() - last_second_);
  cpu_last_second_ = cpu;
  last_second_ += 1s;
  second.counters = second_.counters;
  second.ack = Percentiles::of(second_.of(Series::kAck));
  second.deliver = Percentiles::of(second_.of(Series::kDeliver));
  second.request = Percentiles::of(second_.of(Series::kRequest));
  second.lag = Percentiles::of(second_.of(Series::kLag));
  seconds_without_anybody_ = is_everyone_gone() ? seconds_without_anybody_ + 1 : 0;
  note_memory("server_rss_end");
  spectator_.on_second(second);
  result_.seconds.push_back(std::move(second));
}

// --- the end ---

void Measurement::end_traffic() {
  spectator_.on_step("waiting for what is under way");
  const TimePoint end = now() + kEndPatience;
  static_cast<void>(wait_for(
      [&] { return crew_->all([](Station& station) { return station.is_quiet(); }); }, end));
  std::vector<std::int64_t> heads(world_.conversations.size());
  crew_->visit_each([&](Station& station) {
    for (std::size_t i = 0; i < heads.size(); ++i) {
      heads[i] = std::max(heads[i], station.heads()[i]);
    }
  });
  static_cast<void>(wait_for(
      [&] {
        return crew_->all([](Station& station) { return station.is_connected(); }) &&
               crew_->all([&](Station& station) { return station.knows(heads); });
      },
      end));
  note_memory("server_rss_end");
}

Measurement::Step Measurement::check() {
  const bool are_all_here =
      crew_->all([](Station& station) { return station.is_connected(); }) && answers();
  if (!are_all_here) {
    return std::unexpected(
        Failure{.exit_code = kUnreachable,
                .words = fmt::format("the server at {} went away and did not come back ({})",
                                     plan_.url, errors_in_words())});
  }
  std::atomic<std::size_t> under_way = plan_.threads;
  crew_->visit_each([&](Station& station) { station.spawn(station.check(under_way)); });
  while (under_way.load() > 0) static_cast<void>(wait_until(now() + kLook));
  return {};
}

void Measurement::write_result() {
  crew_->hold_all([&](const std::vector<Station*>& stations) {
    std::vector<const DeliveryLedger*> ledgers;
    for (Station* station : stations) {
      ledgers.push_back(&station->ledger());
      result_.wanted += station->wanted();
      result_.total.add(station->recorder().total());
      result_.total.add(station->before_start());
      for (const auto& [code, times] : station->early_errors()) result_.errors[code] += times;
      for (const auto& [code, times] : station->recorder().errors()) result_.errors[code] += times;
      result_.accounts.add(station->driver().accounts());
      for (const auto& finding : station->ledger().findings()) result_.findings.push_back(finding);
      station->driver().add_figures(result_.figures);
    }
    result_.accounts.add(DeliveryLedger::audit(ledgers));
    std::ranges::move(DeliveryLedger::findings_of(ledgers), std::back_inserter(result_.findings));
  });
  result_.url = plan_.url;
  result_.options = options_in_use(plan_);
  result_.is_closed_loop = plan_.is_closed_loop;
  result_.wanted_rate = plan_.is_closed_loop ? 0 : plan_.rate;
  result_.generator.threads = plan_.threads;
  result_.generator.backend = crew_->backend();
  result_.generator.receive_method = crew_->backend() == "io_uring"
                                         ? "multishot receive into provided buffers"
                                         : "epoll, then recv";
  finish_figures(result_.figures, world_.connected);
}

// --- helpers ---

bool Measurement::wait_until(TimePoint until) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  const auto left = std::max<std::chrono::nanoseconds>(until - now(), 0ns);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
  return ::sigtimedwait(&signals, nullptr, &timeout) > 0;
}

// A second signal does not make the end shorter: it is bounded.
bool Measurement::wait_for(const std::function<bool()>& is_so, TimePoint until) {
  while (!is_so()) {
    if (now() >= until) return false;
    static_cast<void>(wait_until(now() + kLook));
  }
  return true;
}

// Those who only ask over REST would not notice that a server is gone for good.
bool Measurement::answers() {
  RestDoor door(desk_.reactor(), *endpoint_, {});
  const auto answer = desk_.run(door.ask(get_request("/livez", ""), 0));
  desk_.run(door.close());
  return answer.has_value();
}

void Measurement::note_memory(const std::string& name) {
  if (!metrics_door_) return;
  const auto bytes = desk_.run(read_server_memory(*metrics_door_));
  if (bytes) result_.figures[name] = *bytes;
}

bool Measurement::is_everyone_gone() {
  if (world_.connected == 0) return false;
  std::size_t connected = 0;
  bool opens_before = true;
  crew_->visit_each([&](Station& station) {
    connected += station.connected();
    opens_before = station.driver().opens_all_before();
  });
  return connected == 0 && opens_before;
}

std::string Measurement::errors_in_words() {
  std::map<std::string, std::uint64_t, std::less<>> errors;
  crew_->visit_each([&](Station& station) {
    for (const auto& [code, times] : station.recorder().errors()) errors[code] += times;
  });
  std::string words;
  for (const auto& [code, times] : errors) {
    words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", code, times);
  }
  return words.empty() ? "no errors" : words;
}

}  // namespace ringtalk::loadgen
