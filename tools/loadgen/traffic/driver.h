// Driver: what the users of one thread do in a profile: one act whenever one is due. Owned by its
// Station; the station's thread. In a closed loop each act belongs to a lane, and the next one of
// that lane begins when it has finished (Station::finish_act).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "loadgen/measure/delivery_ledger.h"
#include "reactor/clock.h"
#include "reactor/pinned.h"
#include "reactor/task.h"

namespace ringtalk::loadgen {

class Client;

using Lane = std::uint32_t;
inline constexpr Lane kNoLane = ~Lane{0};  // of the open loop

struct ClientHabits {
  bool hears_all = true;         // by the end; false for one who does not read
  bool marks_delivered = false;  // says `delivered` once a second
  int receive_buffer_bytes = 0;  // of the kernel; 0: its own choice
};

class Driver : reactor::Pinned {
 public:
  virtual ~Driver() = default;

  /// How much of the plan's rate this thread makes: 0..1, in all threads together 1.
  [[nodiscard]] virtual double share() const = 0;
  /// How many acts are under way at once in a closed loop.
  [[nodiscard]] virtual std::uint32_t lanes() const = 0;
  /// `intended`: when it should begin, for all that is measured of it. Does not wait.
  virtual void act(reactor::TimePoint intended, Lane lane) = 0;

  [[nodiscard]] virtual ClientHabits habits_of(std::uint32_t user) const {
    static_cast<void>(user);
    return {};
  }
  /// False: the profile itself opens the connections.
  [[nodiscard]] virtual bool opens_all_before() const { return true; }
  virtual void ready(Client&) {}  // again after each reconnect
  virtual void ended(Client&) {}  // a connection, but by ourselves
  virtual void heard(Client&, std::uint32_t place, std::int64_t seq) {
    static_cast<void>(place);
    static_cast<void>(seq);
  }
  /// Every 100 ms of the run.
  virtual void look_around() {}
  /// The profile has come to its end before the time is over.
  [[nodiscard]] virtual bool is_done() const { return false; }
  /// When all is quiet: what is still to be checked against the server.
  [[nodiscard]] virtual reactor::Task<void> check() { co_return; }

  /// Faults that the ledger does not see, such as of pages.
  [[nodiscard]] virtual Accounts accounts() const { return {}; }
  /// Sums over the threads.
  virtual void add_figures(std::map<std::string, double>&) const {}
};

}  // namespace ringtalk::loadgen
