#include "seat.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace ringtalk::sim {
namespace {

constexpr int kRoundsMax = 100'000;

std::unique_ptr<TurnBackend> make_backend(TurnBackend*& place) {
  auto backend = std::make_unique<TurnBackend>();
  place = backend.get();
  return backend;
}

}  // namespace

Seat::Seat(SimLoop& loop, std::size_t letters_max)
    : loop_(loop), reactor_(make_backend(backend_), loop.clock(), {.letters_max = letters_max}) {
  loop_.seats_.push_back(this);
}

Seat::~Seat() {
  std::erase(loop_.seats_, this);
}

bool Seat::is_stalled() const {
  return stalled_until_ > loop_.now();
}

reactor::TimePoint Seat::now() const {
  return loop_.now();
}

bool Seat::catch_up() {
  if (is_stalled() || is_turning_) return !is_stalled();
  turn();
  return true;
}

void Seat::turn() {
  is_turning_ = true;
  ++loop_.turns_;
  reactor_.run_turn(reactor::kNever);
  is_turning_ = false;
}

reactor::Deadline Seat::due_at() const {
  const bool has_letters = const_cast<reactor::Reactor&>(reactor_).mailbox().size() > 0;
  const reactor::Deadline due = has_letters ? loop_.now() : backend_->wanted();
  return std::max(due, stalled_until_);
}

bool Seat::is_due() const {
  return due_at() <= loop_.now();
}

bool SimLoop::turn_some() {
  for (std::size_t left = seats_.size(); left > 1; --left) {
    std::swap(
        seats_[left - 1],
        seats_[static_cast<std::size_t>(draw_.between(0, static_cast<std::int64_t>(left) - 1))]);
  }
  bool has_turned = false;
  const std::vector<Seat*> seats = seats_;
  for (Seat* seat : seats) {
    const bool is_here = std::ranges::find(seats_, seat) != seats_.end();
    if (!is_here || !seat->is_due()) continue;
    seat->turn();
    has_turned = true;
  }
  return has_turned;
}

void SimLoop::run_until(const std::function<bool()>& is_so, reactor::Deadline end) {
  int rounds = 0;  // at one point in time
  while (!is_so() && now() < end) {
    if (turn_some()) {
      if (++rounds < kRoundsMax) continue;
      fmt::print(stderr, "seed {}: time stands still\n", seed_);
      RINGTALK_ASSERT(false, "a simulated reactor is busy for ever");
    }
    rounds = 0;
    reactor::Deadline next = end;
    for (const Seat* seat : seats_) next = std::min(next, seat->due_at());
    clock_.advance_to(next);
  }
}

}  // namespace ringtalk::sim
