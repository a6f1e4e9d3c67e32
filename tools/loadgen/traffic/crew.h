// Crew: the generator's threads, each with a Station, and the door to all of them. Owned by
// Measurement; main's thread. What is read of a station here is read while main waits for it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "loadgen/traffic/failure.h"
#include "loadgen/traffic/profile.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {

class Crew : reactor::Pinned {
 public:
  /// All of these outlive it.
  Crew(const Plan& plan, const World& world, const Endpoint& endpoint,
       const std::vector<reactor::SocketAddress>& sources, const TrafficProfile& profile);
  /// Closes every station and joins its thread.
  ~Crew();

  /// Starts the threads; each begins to connect.
  [[nodiscard]] std::expected<void, Failure> start();

  /// Runs `visit` on each thread, in turn, while the caller waits.
  void visit_each(const std::function<void(Station&)>& visit);
  /// Runs `look` while all of them stand still.
  void hold_all(const std::function<void(const std::vector<Station*>&)>& look);
  [[nodiscard]] bool all(const std::function<bool(Station&)>& is_so);

  [[nodiscard]] const std::string& backend() const { return backend_; }
  /// CPU time of each thread since it started; of the caller's threads none.
  [[nodiscard]] std::vector<std::chrono::nanoseconds> cpu_times();

 private:
  struct Member {
    reactor::Reactor* reactor = nullptr;
    Station* station = nullptr;
    reactor::TaskScope* scope = nullptr;  // of what outlives the station's own tasks
    std::thread thread;
  };
  struct Start;
  void work(std::uint32_t index, Start& start);

  const Plan& plan_;
  const World& world_;
  const Endpoint& endpoint_;
  const std::vector<reactor::SocketAddress>& sources_;
  const TrafficProfile& profile_;
  std::vector<Member> members_;
  std::string backend_;
};

}  // namespace ringtalk::loadgen
