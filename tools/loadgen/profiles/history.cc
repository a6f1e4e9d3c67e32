#include "loadgen/profiles/history.h"

#include <fmt/format.h>

#include <utility>

#include "loadgen/profiles/fan_out.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Task;
using reactor::TimePoint;

constexpr std::int64_t kPage = 50;
// Of a hundred readers so many go on to the next page.
constexpr std::uint32_t kGoOn = 70;

class HistoryDriver final : public Driver {
 public:
  explicit HistoryDriver(Station& station) : station_(station) {
    for (std::uint32_t user = 0; user < station.world().users.size(); ++user) {
      if (station.owns(user)) readers_.push_back({.user = user});
    }
  }

  double share() const override {
    return static_cast<double>(readers_.size()) /
           static_cast<double>(station_.world().users.size());
  }
  std::uint32_t lanes() const override {
    return static_cast<std::uint32_t>(readers_.size()) * station_.plan().in_flight;
  }
  void act(TimePoint intended, Lane lane) override {
    const std::uint32_t chosen =
        lane == kNoLane ? station_.random().below(static_cast<std::uint32_t>(readers_.size()))
                        : lane / station_.plan().in_flight;
    station_.spawn(read_page(chosen, intended, lane));
  }
  Accounts accounts() const override { return accounts_; }
  void add_figures(std::map<std::string, double>& figures) const override {
    figures["messages_read"] += static_cast<double>(messages_read_);
  }

 private:
  struct Reader {
    std::uint32_t user = 0;
    std::uint32_t conversation = 0;
    std::string cursor;         // empty: begins anew
    std::int64_t expected = 0;  // the seq that comes next
  };

  Task<void> read_page(std::size_t via, TimePoint intended, Lane lane);
  void begin_anew(Reader& reader);
  void judge(const PageWord& page, std::int64_t expected);

  Station& station_;
  std::vector<Reader> readers_;
  Accounts accounts_;
  std::uint64_t messages_read_ = 0;
};

Task<void> HistoryDriver::read_page(std::size_t via, TimePoint intended, Lane lane) {
  Reader reader = readers_[via];
  readers_[via].cursor.clear();  // should another begin meanwhile, it begins anew
  std::string how = "cursor=" + reader.cursor;
  if (reader.cursor.empty()) {
    begin_anew(reader);
    how = fmt::format("beforeSeq={}", reader.expected + 1);
    const bool is_newest =
        reader.expected == station_.world().conversations[reader.conversation].head;
    if (is_newest) how = "";
  }
  const auto answer = co_await station_.ask(
      {.request = get_request(fmt::format("/v1/conversations/{}/messages?limit={}&{}",
                                          station_.id_of(reader.conversation), kPage, how),
                              station_.token_of(reader.user)),
       .via = via,
       .series = Series::kPage,
       .intended = intended});
  if (answer) {
    const auto page = station_.full_words().page(answer->body);
    if (page) {
      judge(*page, reader.expected);
      reader.expected -= static_cast<std::int64_t>(page->items.size());
      reader.cursor = station_.random().below(100) < kGoOn ? page->next_cursor : "";
      readers_[via] = reader;
    } else {
      station_.count_error("a page that is none");
    }
  }
  station_.finish_act(lane, answer.has_value());
}

void HistoryDriver::begin_anew(Reader& reader) {
  const auto& conversations = station_.world().conversations_of[reader.user];
  reader.conversation =
      conversations[station_.random().below(static_cast<std::uint32_t>(conversations.size()))];
  const std::int64_t head = station_.world().conversations[reader.conversation].head;
  const bool from_newest = station_.random().below(2) == 0;
  reader.expected =
      from_newest ? head : 1 + station_.random().below(static_cast<std::uint32_t>(head));
}

// Newest first, each one less than the one before, as many as fit or as there are.
void HistoryDriver::judge(const PageWord& page, std::int64_t expected) {
  const std::int64_t size = std::min(kPage, expected);
  accounts_.expected += static_cast<std::uint64_t>(size);
  for (const HeardEvent& message : page.items) {
    if (message.seq > expected) ++accounts_.reordered;
    if (message.seq < expected)
      accounts_.holes += static_cast<std::uint64_t>(expected - message.seq);
    expected = message.seq - 1;
  }
  const auto found = static_cast<std::int64_t>(page.items.size());
  if (found < size) accounts_.lost += static_cast<std::uint64_t>(size - found);
  accounts_.delivered += page.items.size();
  messages_read_ += page.items.size();
}

}  // namespace

void HistoryProfile::fill_in(Plan& plan) const {
  set_if_open(plan.users, 10U);
  set_if_open(plan.conversations, 1U);
  set_if_open(plan.members, plan.users);
  set_if_open(plan.messages, 2000U);
  set_if_open(plan.rate, 100.0);
}

std::optional<std::string> HistoryProfile::fault(const Plan& plan) const {
  if (plan.members > plan.users || plan.members > kMembersMax) {
    return fmt::format("--members {}: at most the {} users, and {}", plan.members, plan.users,
                       kMembersMax);
  }
  if (plan.conversations * plan.members < plan.users) {
    return fmt::format("--users {}: more than the members of all {} conversations", plan.users,
                       plan.conversations);
  }
  return std::nullopt;
}

WorldPlan HistoryProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .messages = plan.messages};
  add_groups(world, {.groups = plan.conversations, .members = plan.members, .users = plan.users});
  return world;
}

std::unique_ptr<Driver> HistoryProfile::driver(Station& station) const {
  return std::make_unique<HistoryDriver>(station);
}

}  // namespace ringtalk::loadgen
