#include "loadgen/profiles/mixed.h"

#include <fmt/format.h>

#include <utility>

#include "loadgen/profiles/fan_out.h"
#include "loadgen/profiles/send.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Task;
using reactor::TimePoint;

constexpr std::uint32_t kDirect = 45;
constexpr std::uint32_t kGroup = 20;
constexpr std::uint32_t kTyping = 12;
constexpr std::uint32_t kReading = 15;
constexpr std::uint32_t kHistory = 7;
static_assert(kDirect + kGroup == 100 * kMessagesOfMixed);
static_assert(kDirect + kGroup + kTyping + kReading + kHistory <
              100);  // the rest: lost connections

class MixedDriver final : public Driver {
 public:
  explicit MixedDriver(Station& station) : station_(station) {
    for (std::uint32_t user = 0; user < station.world().connected; ++user) {
      if (station.owns(user)) sort_places(user);
    }
  }

  double share() const override {
    return static_cast<double>(users_.size()) / station_.world().connected;
  }
  std::uint32_t lanes() const override {
    return static_cast<std::uint32_t>(users_.size()) * station_.plan().in_flight;
  }
  ClientHabits habits_of(std::uint32_t) const override { return {.marks_delivered = true}; }
  void act(TimePoint intended, Lane lane) override;
  void add_figures(std::map<std::string, double>& figures) const override {
    figures["drops"] += static_cast<double>(drops_);
  }

 private:
  struct Person {
    std::uint32_t user = 0;
    std::vector<std::uint32_t> direct;  // places
    std::vector<std::uint32_t> groups;  // places
  };
  enum class Act : std::uint8_t { kDirect, kGroup, kTyping, kReading, kHistory, kDrop };

  void sort_places(std::uint32_t user);
  [[nodiscard]] Act choose();
  [[nodiscard]] std::uint32_t one_of(const std::vector<std::uint32_t>& places) {
    return places[station_.random().below(static_cast<std::uint32_t>(places.size()))];
  }
  void send(Client& client, std::uint32_t place, TimePoint intended, Lane lane);
  Task<void> read_history(std::uint32_t user, std::uint32_t conversation, TimePoint intended,
                          Lane lane);

  Station& station_;
  std::vector<Person> users_;
  std::uint64_t drops_ = 0;
};

void MixedDriver::sort_places(std::uint32_t user) {
  Person person{.user = user};
  const auto& conversations = station_.world().conversations_of[user];
  for (std::uint32_t place = 0; place < conversations.size(); ++place) {
    const bool is_direct = station_.world().conversations[conversations[place]].members.size() == 2;
    (is_direct ? person.direct : person.groups).push_back(place);
  }
  if (person.direct.empty()) person.direct = person.groups;
  if (person.groups.empty()) person.groups = person.direct;
  users_.push_back(std::move(person));
}

MixedDriver::Act MixedDriver::choose() {
  std::uint32_t dice = station_.random().below(100);
  const std::pair<std::uint32_t, Act> shares[] = {{kDirect, Act::kDirect},
                                                  {kGroup, Act::kGroup},
                                                  {kTyping, Act::kTyping},
                                                  {kReading, Act::kReading},
                                                  {kHistory, Act::kHistory}};
  for (const auto& [share, act] : shares) {
    if (dice < share) return act;
    dice -= share;
  }
  return Act::kDrop;
}

// In a closed loop what has no answer is followed by the next act at once.
void MixedDriver::act(TimePoint intended, Lane lane) {
  const std::uint32_t chosen =
      lane == kNoLane ? station_.random().below(static_cast<std::uint32_t>(users_.size()))
                      : lane / station_.plan().in_flight;
  const Person& person = users_[chosen];
  Client& client = *station_.client_of(person.user);
  do {
    const Act act = choose();
    const std::uint32_t place = one_of(act == Act::kGroup ? person.groups : person.direct);
    switch (act) {
      case Act::kDirect:
      case Act::kGroup:
        return send(client, place, intended, lane);
      case Act::kHistory:
        return station_.spawn(
            read_history(person.user, client.conversation_at(place), intended, lane));
      case Act::kTyping:
        client.type(place, true);
        break;
      case Act::kReading:
        client.mark_read(one_of(station_.random().below(2) == 0 ? person.groups : person.direct));
        break;
      case Act::kDrop:
        client.drop();
        ++drops_;
        break;
    }
  } while (lane != kNoLane);
}

void MixedDriver::send(Client& client, std::uint32_t place, TimePoint intended, Lane lane) {
  if (!client.send(place, intended, lane)) station_.finish_act(lane, false);
}

Task<void> MixedDriver::read_history(std::uint32_t user, std::uint32_t conversation,
                                     TimePoint intended, Lane lane) {
  const auto answer = co_await station_.ask(
      {.request = get_request(
           fmt::format("/v1/conversations/{}/messages?limit=50", station_.id_of(conversation)),
           station_.token_of(user)),
       .via = user,
       .series = Series::kPage,
       .intended = intended});
  station_.finish_act(lane, answer.has_value());
}

}  // namespace

void MixedProfile::fill_in(Plan& plan) const {
  set_if_open(plan.users, 200U);
  set_if_open(plan.conversations, std::max(plan.users / 10, 1U));  // groups, besides the pairs
  set_if_open(plan.members, std::min(plan.users, 10U));
  set_if_open(plan.rate, 500.0);
  plan.senders = plan.users;
}

std::optional<std::string> MixedProfile::fault(const Plan& plan) const {
  if (plan.users < 2 || plan.users % 2 != 0)
    return "--users: an even number, for they talk in pairs";
  if (plan.members > plan.users || plan.members > kMembersMax) {
    return fmt::format("--members {}: at most the {} users, and {}", plan.members, plan.users,
                       kMembersMax);
  }
  return std::nullopt;
}

WorldPlan MixedProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .connected = plan.users};
  add_pairs(world, plan.users);
  add_groups(world, {.groups = plan.conversations, .members = plan.members, .users = plan.users});
  return world;
}

std::unique_ptr<Driver> MixedProfile::driver(Station& station) const {
  return make_mixed_driver(station);
}

std::unique_ptr<Driver> make_mixed_driver(Station& station) {
  return std::make_unique<MixedDriver>(station);
}

}  // namespace ringtalk::loadgen
