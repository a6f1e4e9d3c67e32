// Station: one thread of the generator with all it owns: a reactor, its share of the users, the
// recorder and the ledger of what they see, and the schedule by which they act. Owned by the Crew;
// made, run and closed on its own thread, where everything here belongs.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/measure/delivery_ledger.h"
#include "loadgen/measure/recorder.h"
#include "loadgen/plan.h"
#include "loadgen/traffic/alarm.h"
#include "loadgen/traffic/client.h"
#include "loadgen/traffic/driver.h"
#include "loadgen/traffic/endpoint.h"
#include "loadgen/traffic/full_words.h"
#include "loadgen/traffic/random.h"
#include "loadgen/traffic/rest_door.h"
#include "loadgen/traffic/schedule.h"
#include "loadgen/traffic/world.h"
#include "reactor/pause.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"
#include "ws/connection.h"

namespace ringtalk::loadgen {

/// When the parts of a run begin: traffic starts, counts, and stops.
struct Timetable {
  reactor::TimePoint start;
  reactor::TimePoint from;
  reactor::TimePoint until;
};

class Station : reactor::Pinned {
 public:
  struct Environment {
    const Plan& plan;
    const World& world;
    const Endpoint& endpoint;
    const std::vector<reactor::SocketAddress>& sources;  // to connect from, in turn; none: any
    std::uint32_t index = 0;                             // of this thread
  };
  Station(reactor::Reactor& reactor, const Environment& environment);
  ~Station();

  // The steps of a run, each called once on this thread, by the crew.
  void set_driver(std::unique_ptr<Driver> driver) { driver_ = std::move(driver); }
  /// Makes the clients and connects them, several at once. Then is_open() within a time, or not.
  [[nodiscard]] reactor::Result<void> open();
  [[nodiscard]] bool is_open() const;
  void start(const Timetable& timetable, Schedule::Rate rate);
  /// Nothing new is begun.
  void stop();
  /// What was begun has been answered.
  [[nodiscard]] bool is_quiet() const;
  /// Everyone has heard what was acknowledged to anyone, by conversation.
  [[nodiscard]] bool knows(const std::vector<std::int64_t>& heads) const;
  [[nodiscard]] bool is_connected() const;  // all that should be
  /// What the driver has still to check; counts itself off when that is done.
  [[nodiscard]] reactor::Task<void> check(std::atomic<std::size_t>& under_way);
  [[nodiscard]] reactor::Task<void> close();

  // For clients and drivers.
  [[nodiscard]] reactor::Reactor& reactor() { return reactor_; }
  [[nodiscard]] const Plan& plan() const { return environment_.plan; }
  [[nodiscard]] const World& world() const { return environment_.world; }
  [[nodiscard]] const Endpoint& endpoint() const { return environment_.endpoint; }
  [[nodiscard]] std::uint32_t index() const { return environment_.index; }
  [[nodiscard]] bool owns(std::uint32_t user) const {
    return thread_of(user, plan().threads) == index();
  }
  [[nodiscard]] const std::string& id_of(std::uint32_t conversation) const {
    return world().conversations[conversation].id;
  }
  [[nodiscard]] const std::string& token_of(std::uint32_t user) const { return tokens_[user]; }
  [[nodiscard]] std::optional<reactor::SocketAddress> next_source();
  [[nodiscard]] const ws::ConnectionOptions& ws_options() const { return ws_options_; }
  [[nodiscard]] DeliveryLedger& ledger() { return ledger_; }
  [[nodiscard]] const DeliveryLedger& ledger() const { return ledger_; }
  [[nodiscard]] Driver& driver() { return *driver_; }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] FullWords& full_words() { return full_words_; }
  [[nodiscard]] std::string& scratch() { return scratch_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Client>>& clients() const { return clients_; }
  /// Of this thread; null where another has it, or nobody.
  [[nodiscard]] Client* client_of(std::uint32_t user) const { return client_of_user_[user]; }
  void open_client(Client& client, reactor::TimePoint intended);
  /// An act ended; in a closed loop the next of its lane begins, after a failure a little later.
  void finish_act(Lane lane, bool is_good);
  /// REST, by which a request of a user is measured: the answer when it is a 2xx.
  struct Asking {
    http::OutgoingRequest request;
    std::size_t via = 0;
    Series series = Series::kRequest;
    reactor::TimePoint intended;
  };
  [[nodiscard]] reactor::Task<std::optional<http::Response>> ask(Asking asking);
  void spawn(reactor::Task<void> task) { scope_.spawn(std::move(task)); }

  // What was seen.
  void observe(Series series, reactor::TimePoint intended);
  void count(Counter counter, std::uint64_t times = 1);
  void count_error(std::string_view code);
  void count_received(std::size_t payload_bytes);
  void count_bytes_sent(std::size_t payload_bytes);
  void note_ready(reactor::TimePoint upgraded);
  void note_left() { --connected_; }
  void note_sent(reactor::TimePoint intended);
  void note_ack(std::uint32_t conversation, std::int64_t seq, reactor::TimePoint intended);
  void note_delivery(reactor::TimePoint intended);

  /// Acts that the schedule had for the window.
  [[nodiscard]] std::uint64_t wanted() const { return wanted_; }
  [[nodiscard]] Recorder& recorder() { return *recorder_; }
  [[nodiscard]] const Tally& before_start() const { return before_start_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& early_errors() const {
    return early_errors_;
  }
  [[nodiscard]] const std::vector<std::int64_t>& heads() const { return heads_; }
  [[nodiscard]] std::size_t connected() const { return connected_; }

 private:
  void act_on_what_is_due();
  void begin_lanes();
  void take_from_schedule();
  void observe_lag(reactor::TimePoint intended);
  void set_alarm();
  void connect_next();
  [[nodiscard]] reactor::Task<void> start_lane_later(Lane lane);
  [[nodiscard]] reactor::Task<void> look_around();
  [[nodiscard]] reactor::Task<void> renew_tokens();
  [[nodiscard]] reactor::Task<void> renew_token(std::uint32_t user);

  reactor::Reactor& reactor_;
  const Environment environment_;
  ws::ConnectionOptions ws_options_;
  Random random_;
  DeliveryLedger ledger_;
  std::optional<Recorder> recorder_;
  Tally before_start_;
  std::map<std::string, std::uint64_t, std::less<>> early_errors_;
  FullWords full_words_;
  std::string scratch_;
  std::vector<std::string> tokens_;          // by user: fresher than the world's
  std::vector<std::string> refresh_tokens_;  // likewise
  std::unique_ptr<Driver> driver_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Client*> client_of_user_;
  std::size_t opened_ = 0;  // of clients_, in order, before the start
  std::vector<std::int64_t> heads_;
  std::size_t connected_ = 0;
  std::size_t source_ = 0;
  std::size_t asking_ = 0;

  std::optional<Timetable> timetable_;
  std::optional<Schedule> schedule_;
  std::optional<reactor::TimePoint> next_act_;
  std::uint64_t wanted_ = 0;
  Alarm alarm_;
  RestDoor rest_door_;
  reactor::Pause round_pause_;
  reactor::Pause renewal_pause_;
  bool has_begun_lanes_ = false;
  bool has_stopped_ = false;
  bool is_closing_ = false;
  reactor::TaskScope client_scope_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::loadgen
