#include "loadgen/profiles/rest.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "loadgen/profiles/send.h"
#include "loadgen/traffic/client_words.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Task;
using reactor::TimePoint;

class RestDriver final : public Driver {
 public:
  explicit RestDriver(Station& station);

  double share() const override {
    return static_cast<double>(users_.size()) / static_cast<double>(station_.world().users.size());
  }
  std::uint32_t lanes() const override {
    return static_cast<std::uint32_t>(users_.size()) * station_.plan().in_flight;
  }
  void act(TimePoint intended, Lane lane) override;
  Task<void> check() override;

 private:
  struct Seat {
    std::uint32_t user = 0;
    std::uint32_t conversation = 0;
    DeliveryLedger::View view = 0;
    std::uint64_t sent = 0;
    bool is_posting = false;  // one message at a time, or their order would be nobody's
  };
  using Posted =
      std::map<std::int64_t, std::pair<std::size_t, std::uint64_t>>;  // seq: seat, number

  Task<void> get(std::string target, std::size_t seat, TimePoint intended, Lane lane);
  Task<void> post(std::size_t seat, TimePoint intended, Lane lane);
  Task<void> read_log(std::uint32_t conversation, const Posted& posted);
  void replay(std::uint32_t conversation, const HeardEvent& event, const Posted& posted);

  Station& station_;
  std::vector<Seat> users_;
  std::map<std::uint32_t, Posted> posted_;  // by conversation
};

RestDriver::RestDriver(Station& station) : station_(station) {
  const World& world = station.world();
  for (std::uint32_t user = 0; user < world.users.size(); ++user) {
    if (!station.owns(user)) continue;
    const std::uint32_t conversation = world.conversations_of[user].front();
    users_.push_back({.user = user,
                      .conversation = conversation,
                      .view = station.ledger().open(conversation, user, 0)});
  }
}

void RestDriver::act(TimePoint intended, Lane lane) {
  const std::size_t seat = lane == kNoLane
                               ? station_.random().below(static_cast<std::uint32_t>(users_.size()))
                               : lane / station_.plan().in_flight;
  const std::uint32_t dice = station_.random().below(100);
  if (dice < 20 && !users_[seat].is_posting) {
    return station_.spawn(post(seat, intended, lane));
  }
  const std::string& conversation = station_.id_of(users_[seat].conversation);
  std::string target = "/v1/users/me";
  if (dice < 45) target = "/v1/conversations?limit=20";
  if (dice >= 70) target = fmt::format("/v1/conversations/{}/messages?limit=20", conversation);
  station_.spawn(get(std::move(target), seat, intended, lane));
}

Task<void> RestDriver::get(std::string target, std::size_t seat, TimePoint intended, Lane lane) {
  const std::string& token = station_.token_of(users_[seat].user);
  const auto answer = co_await station_.ask(
      {.request = get_request(std::move(target), token), .via = seat, .intended = intended});
  station_.finish_act(lane, answer.has_value());
}

Task<void> RestDriver::post(std::size_t seat, TimePoint intended, Lane lane) {
  Seat& sender = users_[seat];
  const std::uint64_t number = ++sender.sent;
  sender.is_posting = true;
  std::string content;
  append_payload(content,
                 {.run = station_.world().run,
                  .sender = sender.user,
                  .number = number,
                  .intended_ns = intended.time_since_epoch().count()},
                 station_.plan().payload_bytes);
  const std::string client_id =
      client_id_of(station_.world().run, sender.user, sender.conversation, number);
  station_.note_sent(intended);
  const auto answer = co_await station_.ask(
      {.request = post_request(
           fmt::format("/v1/conversations/{}/messages", station_.id_of(sender.conversation)),
           station_.token_of(sender.user),
           fmt::format(R"({{"content":"{}","clientId":"{}"}})", content, client_id)),
       .via = seat,
       .intended = intended});
  sender.is_posting = false;
  if (answer) {
    const std::int64_t seq = station_.full_words().number(answer->body, "seq").value_or(0);
    posted_[sender.conversation][seq] = {seat, number};
    station_.note_ack(sender.conversation, seq, intended);
  }
  station_.finish_act(lane, answer.has_value());
}

// Answers come over several connections, in no order: the logs are gone through when all is over.
Task<void> RestDriver::check() {
  for (const auto& [conversation, posted] : posted_) co_await read_log(conversation, posted);
}

Task<void> RestDriver::read_log(std::uint32_t conversation, const Posted& posted) {
  const std::string& token =
      station_.token_of(station_.world().conversations[conversation].members.front());
  std::int64_t after = 0;
  while (true) {
    const auto answer = co_await station_.ask(
        {.request = get_request(fmt::format("/v1/conversations/{}/events?afterSeq={}&limit=200",
                                            station_.id_of(conversation), after),
                                token),
         .intended = station_.reactor().now()});
    const auto page = answer ? station_.full_words().page(answer->body) : std::nullopt;
    if (!page || page->items.empty()) break;
    for (const HeardEvent& event : page->items) replay(conversation, event, posted);
    after = page->items.back().seq;
    if (after >= page->last_seq) break;
  }
  // Answered 200, and not in the log: the others have not heard of them.
  for (auto lost = posted.upper_bound(after); lost != posted.end(); ++lost) {
    const auto& [seat, number] = lost->second;
    station_.ledger().acked(users_[seat].view, lost->first, number, false);
  }
}

void RestDriver::replay(std::uint32_t conversation, const HeardEvent& event, const Posted& posted) {
  const auto mine = posted.find(event.seq);
  for (std::size_t seat = 0; seat < users_.size(); ++seat) {
    if (users_[seat].conversation != conversation) continue;
    const bool is_its_sender = mine != posted.end() && mine->second.first == seat &&
                               event.payload && event.payload->number == mine->second.second;
    if (is_its_sender) {
      station_.ledger().acked(users_[seat].view, event.seq, event.payload->number, false);
    } else {
      const bool is_ours = event.payload && event.payload->run == station_.world().run;
      station_.ledger().heard(users_[seat].view, event.seq, is_ours ? &*event.payload : nullptr);
    }
  }
}

}  // namespace

void RestProfile::fill_in(Plan& plan) const {
  set_if_open(plan.users, 50U);
  set_if_open(plan.rate, 200.0);
  plan.senders = plan.users;
  plan.conversations = plan.users / 2;
  plan.members = 2;
}

std::optional<std::string> RestProfile::fault(const Plan& plan) const {
  if (plan.users < 2 || plan.users % 2 != 0)
    return "--users: an even number, for they talk in pairs";
  return std::nullopt;
}

WorldPlan RestProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users};
  add_pairs(world, plan.users);
  return world;
}

std::unique_ptr<Driver> RestProfile::driver(Station& station) const {
  return std::make_unique<RestDriver>(station);
}

}  // namespace ringtalk::loadgen
