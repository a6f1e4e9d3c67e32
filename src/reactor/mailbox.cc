// One mutex guards the letters and the owner's sleep, so no wake-up is lost: a poster comes either
// before prepare_sleep(), which then sees its letter, or after it, and then sees the sleeper. The
// bell is rung under the mutex: the owner cannot run the letter, and end the bell, meanwhile.
#include "reactor/mailbox.h"

#include <utility>

#include "reactor/backend.h"

namespace ringtalk::reactor {

Mailbox::Mailbox(Backend& bell, std::size_t letters_max) : bell_(bell), letters_max_(letters_max) {}

bool Mailbox::post(Letter&& letter) {
  const std::lock_guard lock(mutex_);
  if (counted_ >= letters_max_) return false;
  ++counted_;
  take(std::move(letter));
  return true;
}

void Mailbox::post_answer(Letter letter) {
  const std::lock_guard lock(mutex_);
  take(std::move(letter));
}

std::size_t Mailbox::deliver() {
  {
    const std::lock_guard lock(mutex_);
    if (letters_.empty()) return 0;
    delivery_.swap(letters_);
    counted_ = 0;
  }
  for (Letter& letter : delivery_) {
    const auto run = [](Letter once) { once(); };  // what it holds goes before the next one runs
    run(std::move(letter));
  }
  const std::size_t delivered = delivery_.size();
  delivery_.clear();
  return delivered;
}

bool Mailbox::prepare_sleep() {
  const std::lock_guard lock(mutex_);
  asleep_ = letters_.empty();
  return asleep_;
}

void Mailbox::awake() {
  const std::lock_guard lock(mutex_);
  asleep_ = false;
}

std::size_t Mailbox::size() const {
  const std::lock_guard lock(mutex_);
  return letters_.size();
}

void Mailbox::take(Letter&& letter) {
  letters_.push_back(std::move(letter));
  if (std::exchange(asleep_, false)) bell_.wake();
}

}  // namespace ringtalk::reactor
