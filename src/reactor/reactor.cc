#include "reactor/reactor.h"

#include <algorithm>
#include <utility>

namespace ringtalk::reactor {
namespace {

// What becomes ready while ready tasks run is resumed in the same turn, but not for ever: the
// kernel's completions must get their turn too.
constexpr int kResumeRoundsMax = 8;

}  // namespace

Reactor::Reactor(std::unique_ptr<Backend> backend, ClockSource& clock)
    : Reactor(std::move(backend), clock, Options{}) {}

Reactor::Reactor(std::unique_ptr<Backend> backend, ClockSource& clock, Options options)
    : backend_(std::move(backend)),
      clock_(clock),
      now_(clock.steady_now()),
      timers_(now_),
      mailbox_(*backend_, options.letters_max) {}

Reactor::~Reactor() {
  completed_.clear();  // chunks go back to the backend's pool before it ends
}

void Reactor::run() {
  stopped_ = false;
  while (!stopped_) run_turn(kNever);
}

void Reactor::run_turn(Deadline until) {
  run_hooks();

  Deadline wake_at = std::min(until, timers_.next_expiry());
  const bool may_sleep = mailbox_.prepare_sleep() && ready_.empty();
  if (!may_sleep) wake_at = now_;
  backend_->wait(wake_at, completed_);
  mailbox_.awake();

  const TimePoint begin = now_ = clock_.steady_now();
  deliver_completions();
  figures_.letters += mailbox_.deliver();
  resume_ready();
  timers_.advance(now_);
  resume_ready();
  ++figures_.turns;
  figures_.longest_turn = std::max(figures_.longest_turn, clock_.steady_now() - begin);
}

void Reactor::ask_before_sleep(BeforeSleep& hook) {
  if (hook.asked_) return;
  hook.asked_ = true;
  hooks_.push_back(&hook);
}

void Reactor::forget_before_sleep(BeforeSleep& hook) {
  if (!hook.asked_) return;
  hook.asked_ = false;
  std::erase(hooks_, &hook);
  std::ranges::replace(running_hooks_, &hook, nullptr);
}

ReactorFigures Reactor::figures() {
  ReactorFigures figures = figures_;
  figures_.longest_turn = {};
  return figures;
}

void Reactor::deliver_completions() {
  // Delivery may start operations, but only wait() appends completions.
  for (Completion& completion : completed_) {
    if (!completion.more) backend_->mark_finished(*completion.operation);
    completion.operation->on_completion(completion);
  }
  completed_.clear();
}

void Reactor::resume_ready() {
  for (int round = 0; round < kResumeRoundsMax && !ready_.empty(); ++round) {
    std::swap(ready_, resuming_);
    figures_.resumed += resuming_.size();
    for (std::coroutine_handle<> coroutine : resuming_) coroutine.resume();
    resuming_.clear();
  }
}

void Reactor::run_hooks() {
  std::swap(hooks_, running_hooks_);
  for (std::size_t i = 0; i < running_hooks_.size(); ++i) {
    BeforeSleep* hook = running_hooks_[i];
    if (hook == nullptr) continue;
    hook->asked_ = false;
    hook->before_sleep();
  }
  running_hooks_.clear();
}

}  // namespace ringtalk::reactor
