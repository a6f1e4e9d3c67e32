#include "app/chat/membership_watch.h"

#include <algorithm>
#include <chrono>

#include <tsl/robin_map.h>

#include "app/chat/session.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using reactor::Task;

// Between two questions of one round, so that a shard with many sessions does not crowd out what
// people wait for.
constexpr std::chrono::milliseconds kBetweenQuestions{20};
// How often it looks whether the bus is away or back.
constexpr std::chrono::seconds kLookAtBus{1};

}  // namespace

MembershipWatch::MembershipWatch(const Environment& environment)
    : environment_(environment), until_round_(environment.reactor), pacing_(environment.reactor) {}

Task<void> MembershipWatch::close() {
  is_closing_ = true;
  until_round_.end();
  pacing_.end();
  co_await scope_.join();
}

reactor::Duration MembershipWatch::interval() const {
  if (!missed_notices_) return environment_.heartbeat;
  if (!environment_.bus_link.is_away()) return {};
  return std::min<reactor::Duration>(environment_.heartbeat, limits::kMembershipsInsteadOfBus);
}

Task<void> MembershipWatch::run() {
  reactor::Reactor& reactor = environment_.reactor;
  reactor::TimePoint last_round = reactor.now();
  while (!is_closing_) {
    const std::uint64_t misses = environment_.bus_link.misses();
    if (environment_.bus_link.is_away() || misses != known_misses_) missed_notices_ = true;
    known_misses_ = misses;
    const auto left = last_round + interval() - reactor.now();
    if (left > left.zero()) {
      co_await until_round_.lasting(std::min<reactor::Duration>(left, kLookAtBus));
      continue;
    }
    missed_notices_ = false;
    co_await compare_all();
    last_round = reactor.now();
  }
}

Task<void> MembershipWatch::compare_all() {
  const std::vector<std::int64_t> users = environment_.sessions.user_ids();
  for (auto next = users.begin(); next != users.end() && !is_closing_;) {
    const auto left = static_cast<std::size_t>(users.end() - next);
    const auto end =
        next + static_cast<std::ptrdiff_t>(std::min(left, limits::kMembershipsComparedMax));
    // Away: what it would have told is asked for in the next round.
    if (!co_await compare({next, end})) co_return;
    next = end;
    if (next != users.end() && !is_closing_) co_await pacing_.lasting(kBetweenQuestions);
  }
}

Task<bool> MembershipWatch::compare(std::vector<std::int64_t> users) {
  const auto sums = co_await environment_.conversations.membership_sums(users);
  if (!sums) co_return false;
  tsl::robin_map<std::int64_t, db::MembershipSum> of_user;
  for (const db::MembershipSum& sum : *sums) of_user[sum.user_id] = sum;
  for (const std::int64_t user : users) {
    const db::MembershipSum& sum = of_user[user];  // nothing: of no conversation
    environment_.sessions.each_of_user({user},
                                       [&](Session& session) { session.compare_memberships(sum); });
  }
  co_return true;
}

}  // namespace ringtalk::app::chat
