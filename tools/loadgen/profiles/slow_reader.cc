#include "loadgen/profiles/slow_reader.h"

#include <algorithm>
#include <map>

#include "loadgen/profiles/fan_out.h"
#include "loadgen/profiles/writers.h"

namespace ringtalk::loadgen {
namespace {

constexpr std::uint32_t kOneInSlow = 10;
// So long a slow reader reads nothing; then all that waits, until the connection has ended.
constexpr int kRoundsAsleep = 80;  // of 100 ms
// Not grown by the kernel: what waits, waits at the server.
constexpr int kReceiveBufferBytes = 64 * 1024;
constexpr std::uint16_t kSlowConsumer = 4008;

class SlowReaderDriver final : public WriterDriver {
 public:
  using WriterDriver::WriterDriver;

  static bool is_slow(std::uint32_t user) { return user % kOneInSlow == kOneInSlow - 1; }

  ClientHabits habits_of(std::uint32_t user) const override {
    if (!is_slow(user)) return {};
    return {.hears_all = false, .receive_buffer_bytes = kReceiveBufferBytes};
  }

  void ready(Client& client) override {
    if (!is_slow(client.user())) return;
    client.set_reading(false);
    rounds_asleep_[&client] = 0;
  }

  void ended(Client& client) override {
    if (!is_slow(client.user())) return;
    ++cut_off_;
    if (client.last_close_code() == kSlowConsumer) ++told_so_;
  }

  void look_around() override {
    for (auto& [client, rounds] : rounds_asleep_) {
      if (++rounds == kRoundsAsleep) client->set_reading(true);
    }
  }

  void add_figures(std::map<std::string, double>& figures) const override {
    figures["slow_readers"] += static_cast<double>(rounds_asleep_.size());
    figures["slow_readers_cut_off"] += static_cast<double>(cut_off_);
    figures["slow_readers_told_4008"] += static_cast<double>(told_so_);
  }

 private:
  std::map<Client*, int> rounds_asleep_;
  std::uint64_t cut_off_ = 0;
  std::uint64_t told_so_ = 0;
};

}  // namespace

void SlowReaderProfile::fill_in(Plan& plan) const {
  set_if_open(plan.members, 49U);
  set_if_open(plan.rate, 400.0);
  plan.payload_bytes = std::max(plan.payload_bytes, 4096U);
  FanOutProfile().fill_in(plan);
}

std::optional<std::string> SlowReaderProfile::fault(const Plan& plan) const {
  if (plan.users < kOneInSlow) return "--users: at least ten, for one in ten is slow";
  return FanOutProfile().fault(plan);
}

WorldPlan SlowReaderProfile::world(const Plan& plan) const {
  return FanOutProfile().world(plan);
}

std::unique_ptr<Driver> SlowReaderProfile::driver(Station& station) const {
  std::vector<Writer> writers;
  for (std::uint32_t i = 0; i < station.plan().senders; ++i) {
    const std::uint32_t conversation = i % station.plan().conversations;
    const auto& members = station.world().conversations[conversation].members;
    const auto writer = std::ranges::find_if_not(members, &SlowReaderDriver::is_slow);
    writers.push_back({.user = *writer, .conversation = conversation});
  }
  return std::make_unique<SlowReaderDriver>(station, writers);
}

}  // namespace ringtalk::loadgen
