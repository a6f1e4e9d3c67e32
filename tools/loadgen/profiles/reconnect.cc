#include "loadgen/profiles/reconnect.h"

#include "loadgen/profiles/send.h"
#include "loadgen/profiles/writers.h"

namespace ringtalk::loadgen {
namespace {

class ReconnectDriver final : public WriterDriver {
 public:
  using WriterDriver::WriterDriver;

  ClientHabits habits_of(std::uint32_t) const override { return {.marks_delivered = true}; }

  void look_around() override {
    const auto& clients = station_.clients();
    if (clients.empty()) return;
    due_ += station_.plan().drop_rate / 10 * static_cast<double>(clients.size()) /
            station_.world().connected;
    for (; due_ >= 1; due_ -= 1) {
      Client& client =
          *clients[station_.random().below(static_cast<std::uint32_t>(clients.size()))];
      if (!client.is_ready()) continue;  // is just coming back
      client.drop();
      ++drops_;
    }
  }

  void add_figures(std::map<std::string, double>& figures) const override {
    figures["drops"] += static_cast<double>(drops_);
  }

 private:
  double due_ = 0;
  std::uint64_t drops_ = 0;
};

}  // namespace

void ReconnectProfile::fill_in(Plan& plan) const {
  SendProfile().fill_in(plan);
  set_if_open(plan.drop_rate, 10.0);
}

std::optional<std::string> ReconnectProfile::fault(const Plan& plan) const {
  return SendProfile().fault(plan);
}

WorldPlan ReconnectProfile::world(const Plan& plan) const {
  return SendProfile().world(plan);
}

std::unique_ptr<Driver> ReconnectProfile::driver(Station& station) const {
  std::vector<Writer> writers;
  for (std::uint32_t i = 0; i < station.plan().senders; ++i) {
    const std::uint32_t pairs = station.plan().users / 2;
    writers.push_back({.user = 2 * (i % pairs) + i / pairs, .conversation = i % pairs});
  }
  return std::make_unique<ReconnectDriver>(station, writers);
}

}  // namespace ringtalk::loadgen
