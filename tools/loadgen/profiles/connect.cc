#include "loadgen/profiles/connect.h"

#include <algorithm>
#include <map>

#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {
namespace {

class ConnectDriver final : public Driver {
 public:
  explicit ConnectDriver(Station& station) : station_(station) {}

  double share() const override {
    return static_cast<double>(station_.clients().size()) / station_.world().connected;
  }
  std::uint32_t lanes() const override { return station_.plan().in_flight; }
  bool opens_all_before() const override { return false; }
  bool is_done() const override { return station_.connected() == station_.clients().size(); }

  void act(reactor::TimePoint intended, Lane lane) override {
    if (next_ >= station_.clients().size()) return;
    Client& client = *station_.clients()[next_++];
    lane_of_[&client] = lane;
    station_.open_client(client, intended);
  }

  void ready(Client& client) override {
    const auto found = lane_of_.find(&client);
    if (found == lane_of_.end()) return;  // it has come again
    const Lane lane = found->second;
    lane_of_.erase(found);
    station_.finish_act(lane, true);
  }

 private:
  Station& station_;
  std::size_t next_ = 0;
  std::map<Client*, Lane> lane_of_;  // who is on the way
};

}  // namespace

void ConnectProfile::fill_in(Plan& plan) const {
  set_if_open(plan.users, 1000U);
  set_if_open(plan.rate, 200.0);
  plan.warmup = {};  // each connection is opened once
}

WorldPlan ConnectProfile::world(const Plan& plan) const {
  return {.users = plan.users, .connected = plan.users};
}

std::unique_ptr<Driver> ConnectProfile::driver(Station& station) const {
  return std::make_unique<ConnectDriver>(station);
}

}  // namespace ringtalk::loadgen
