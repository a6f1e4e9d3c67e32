#include "loadgen/traffic/crew.h"

#include <fmt/format.h>
#include <time.h>

#include <future>
#include <latch>
#include <memory>
#include <utility>

namespace ringtalk::loadgen {
namespace {

using reactor::BackendKind;

BackendKind kind_of(const std::string& name) {
  if (name == "io_uring") return BackendKind::kUring;
  if (name == "epoll") return BackendKind::kEpoll;
  return BackendKind::kAuto;
}

reactor::Task<void> close_and_stop(Station& station, reactor::Reactor& reactor) {
  co_await station.close();
  reactor.stop();
}

}  // namespace

struct Crew::Start {
  std::promise<std::expected<void, Failure>> result;
  Member* member = nullptr;
};

Crew::Crew(const Plan& plan, const World& world, const Endpoint& endpoint,
           const std::vector<reactor::SocketAddress>& sources, const TrafficProfile& profile)
    : plan_(plan),
      world_(world),
      endpoint_(endpoint),
      sources_(sources),
      profile_(profile),
      members_(plan.threads) {}

std::expected<void, Failure> Crew::start() {
  for (std::uint32_t index = 0; index < members_.size(); ++index) {
    Start start{.member = &members_[index]};
    auto result = start.result.get_future();
    members_[index].thread = std::thread([this, index, &start] { work(index, start); });
    if (auto started = result.get(); !started) return started;
  }
  return {};
}

void Crew::work(std::uint32_t index, Start& start) {
  Member& member = *start.member;
  auto choice = reactor::make_backend(kind_of(plan_.backend));
  if (!choice) {
    return start.result.set_value(std::unexpected(Failure{
        .exit_code = kUsage, .words = fmt::format("no reactor: {}", choice.error().detail)}));
  }
  backend_ = choice->backend->name();
  reactor::SystemClock clock;
  reactor::Reactor reactor(std::move(choice->backend), clock);
  Station station(
      reactor,
      {.plan = plan_, .world = world_, .endpoint = endpoint_, .sources = sources_, .index = index});
  station.set_driver(profile_.driver(station));
  const auto opened = station.open();
  if (!opened) {
    return start.result.set_value(
        std::unexpected(Failure{.exit_code = kUsage, .words = opened.error().detail}));
  }
  reactor::TaskScope scope;
  member.reactor = &reactor;
  member.station = &station;
  member.scope = &scope;
  start.result.set_value({});  // `start` is gone now
  reactor.run();
}

void Crew::visit_each(const std::function<void(Station&)>& visit) {
  for (Member& member : members_) {
    // Shared: the waiter may be gone before set_value() has returned.
    const auto visited = std::make_shared<std::promise<void>>();
    auto when_visited = visited->get_future();
    member.reactor->mailbox().post_answer([&member, &visit, visited] {
      visit(*member.station);
      visited->set_value();
    });
    when_visited.wait();
  }
}

void Crew::hold_all(const std::function<void(const std::vector<Station*>&)>& look) {
  struct Meeting {
    explicit Meeting(std::size_t size) : here(static_cast<std::ptrdiff_t>(size)) {}
    std::latch here;
    std::latch over{1};
  };
  const auto meeting = std::make_shared<Meeting>(members_.size());
  std::vector<Station*> stations;
  for (Member& member : members_) {
    stations.push_back(member.station);
    member.reactor->mailbox().post_answer([meeting] {
      meeting->here.count_down();
      meeting->over.wait();
    });
  }
  meeting->here.wait();
  look(stations);
  meeting->over.count_down();
}

bool Crew::all(const std::function<bool(Station&)>& is_so) {
  bool are_all = true;
  visit_each([&](Station& station) { are_all = are_all && is_so(station); });
  return are_all;
}

std::vector<std::chrono::nanoseconds> Crew::cpu_times() {
  std::vector<std::chrono::nanoseconds> times;
  visit_each([&](Station&) {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    times.push_back(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
  });
  return times;
}

Crew::~Crew() {
  for (Member& member : members_) {
    if (member.station == nullptr) {
      if (member.thread.joinable()) member.thread.join();
      continue;
    }
    member.reactor->mailbox().post_answer(
        [&member] { member.scope->spawn(close_and_stop(*member.station, *member.reactor)); });
  }
  for (Member& member : members_) {
    if (member.thread.joinable()) member.thread.join();
  }
}

}  // namespace ringtalk::loadgen
