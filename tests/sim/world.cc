#include "world.h"

#include <algorithm>
#include <chrono>

namespace ringtalk::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 500ms;
// Everything must stay as it is for so long before it counts as settled.
constexpr int kStepsSettled = 3;
constexpr auto kEndMost = 120s;

}  // namespace

World::World(const SimOptions& options)
    : options_(options),
      loop_(options.seed),
      trace_(loop_.clock()),
      seat_(loop_, 1'000'000),
      database_({.world = seat_,
                 .trace = trace_,
                 .faults = options_.database,
                 .seed = options.seed ^ 0xdbU}),
      hub_(seat_.reactor(), options.seed ^ 0xb05U),
      checker_(database_.tables, trace_),
      environment_{.options = options_,
                   .loop = loop_,
                   .world = seat_,
                   .trace = trace_,
                   .database = database_,
                   .hub = hub_,
                   .checker = checker_},
      instances_(environment_),
      people_(environment_, instances_),
      chaos_(environment_, instances_) {}

World::~World() = default;

Verdict World::run() {
  start();
  run_lively();
  run_calm();
  checker_.expect_dense_logs();
  checker_.expect_each_content_once();
  checker_.expect_unread_counts();
  for (const auto& device : devices_) device->check_sender_order();
  Verdict verdict{.findings = checker_.findings(),
                  .trace = {trace_.last_lines().begin(), trace_.last_lines().end()},
                  .hash = trace_.hash(),
                  .turns = loop_.turns(),
                  .unknown_fates = database_.unknown_fates()};
  for (const auto& [id, conversation] : database_.tables.conversations()) {
    verdict.events += conversation.last_seq();
  }
  end();
  return verdict;
}

void World::start() {
  hub_.set_chances(options_.bus);
  people_.settle_down();
  for (std::size_t i = 0; i < options_.instances; ++i) instances_.start_one();
  Draw draw(options_.seed ^ 0xde71U);
  for (std::int64_t user = 1; user <= static_cast<std::int64_t>(options_.users); ++user) {
    const auto count = draw.between(1, static_cast<std::int64_t>(options_.devices_max));
    for (int number = 1; number <= count; ++number) {
      devices_.push_back(std::make_unique<Device>(environment_, instances_,
                                                  Device::Name{.user = user, .number = number}));
    }
  }
  for (const auto& device : devices_) scope_.spawn(device->live());
  scope_.spawn(people_.live());
  scope_.spawn(chaos_.live());
  seat_.touch();
}

void World::run_for(reactor::Duration span) {
  loop_.run_until([] { return false; }, loop_.now() + span);
  instances_.bury();
}

void World::run_lively() {
  const reactor::Deadline until = loop_.now() + options_.lively;
  while (loop_.now() < until && checker_.findings().empty()) run_for(kStep);
}

void World::run_calm() {
  trace_.note("all is mended");
  people_.stop();
  chaos_.mend();
  for (const auto& device : devices_) device->calm_down();
  seat_.touch();
  const reactor::Deadline until = loop_.now() + options_.calm;
  int steps = 0;
  while (loop_.now() < until && steps < kStepsSettled && checker_.findings().empty()) {
    run_for(kStep);
    steps = is_settled(false) ? steps + 1 : 0;
  }
  if (steps < kStepsSettled && checker_.findings().empty()) {
    static_cast<void>(is_settled(true));
  }
}

bool World::is_settled(bool is_last) {
  bool is_well = database_.is_idle();
  for (const auto& device : devices_) is_well &= device->is_settled(is_last);
  return is_well;
}

void World::end() {
  for (const auto& device : devices_) device->stop();
  people_.stop();
  chaos_.stop();
  instances_.end_all();
  seat_.touch();
  const reactor::Deadline until = loop_.now() + kEndMost;
  const auto is_over = [&] {
    return instances_.are_all_gone() && scope_.running() == 0 && chaos_.is_idle() &&
           database_.is_idle();
  };
  while (!is_over() && loop_.now() < until) run_for(kStep);
  RINGTALK_ASSERT(is_over(), "a simulated history does not end");
}

Verdict run_history(std::uint64_t seed) {
  World world(options_of(seed));
  return world.run();
}

}  // namespace ringtalk::sim
