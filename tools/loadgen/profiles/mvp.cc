#include "loadgen/profiles/mvp.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/profiles/fan_out.h"
#include "loadgen/profiles/mixed.h"
#include "loadgen/profiles/send.h"

namespace ringtalk::loadgen {
namespace {

constexpr double kMessagesADay = 2'000'000;
constexpr double kSecondsADay = 86'400;
constexpr double kPeakHour = 20;

double hump(double hour, double at, double width) {
  const double away = (hour - at) / width;
  return std::exp(-away * away / 2);
}

double shape(double hour) {
  return 0.15 + hump(hour, 12.5, 2) + 1.6 * hump(hour, kPeakHour, 2);
}

double mean_shape() {
  constexpr int kSteps = 24 * 60;
  double sum = 0;
  for (int minute = 0; minute < kSteps; ++minute) sum += shape((minute + 0.5) / 60);
  return sum / kSteps;
}

double in_seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

// The whole day where the run is long enough for it, else the time around the peak.
double first_hour(const Plan& plan) {
  const double hours = in_seconds(plan.ramp + plan.warmup + plan.duration) * plan.day_factor / 3600;
  return std::clamp(kPeakHour - hours / 2, 0.0, std::max(24 - hours, 0.0));
}

}  // namespace

double busyness(double hour) {
  static const double mean = mean_shape();
  return shape(std::fmod(hour, 24)) / mean;
}

void MvpProfile::fill_in(Plan& plan) const {
  set_if_open(plan.day_factor, 1.0);
  set_if_open(plan.users, 20'000U);
  set_if_open(plan.connected, plan.users / 4);
  set_if_open(plan.conversations, std::max(plan.users / 20, 1U));  // groups, besides the pairs
  set_if_open(plan.members, std::min(plan.users, 10U));
  plan.senders = plan.connected;
  plan.rate = kMessagesADay / kSecondsADay * plan.day_factor;
}

std::optional<std::string> MvpProfile::fault(const Plan& plan) const {
  if (plan.is_closed_loop) return "mvp: a day has its own rate; leave --closed out";
  if (plan.connected < 2 || plan.connected > plan.users) {
    return fmt::format("--connected {}: from 2 to the {} users", plan.connected, plan.users);
  }
  return MixedProfile().fault(plan);
}

WorldPlan MvpProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .connected = plan.connected};
  add_pairs(world, plan.users);
  add_groups(world, {.groups = plan.conversations, .members = plan.members, .users = plan.users});
  return world;
}

std::unique_ptr<Driver> MvpProfile::driver(Station& station) const {
  return make_mixed_driver(station);
}

Schedule::Rate MvpProfile::rate(const Plan& plan) const {
  const double acts = plan.rate / kMessagesOfMixed;
  return [acts, factor = plan.day_factor, hour = first_hour(plan)](auto since_start) {
    return acts * busyness(hour + in_seconds(since_start) * factor / 3600);
  };
}

}  // namespace ringtalk::loadgen
