// Mailbox: the one thread-safe door into a reactor. Any thread posts letters; the owner runs them
// at the top of a turn, in the order of their posting per sender. Bounded. The bell (Backend::wake)
// is rung only when the owner sleeps, so a burst costs one system call.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "reactor/pinned.h"

namespace ringtalk::reactor {

class Backend;

/// Runs once on the owner's thread; must not block.
using Letter = std::move_only_function<void()>;

class Mailbox : Pinned {
 public:
  /// `bell` outlives the mailbox; `letters_max` bounds what waits.
  Mailbox(Backend& bell, std::size_t letters_max);

  /// False when the mailbox is full: the letter was not taken, the caller decides what is lost.
  [[nodiscard]] bool post(Letter&& letter);
  /// Not counted against the bound: for answers to what the owner itself asked for, which it has
  /// already bounded.
  void post_answer(Letter letter);
  // Once a letter runs, its poster has let go of mailbox and bell: the owner may end them then.

  // The owner's side, on its thread.
  /// Runs all letters that were there when it was called. Returns how many.
  std::size_t deliver();
  /// Announces sleep; true when nothing waits, so sleeping is right. Call awake() afterwards.
  [[nodiscard]] bool prepare_sleep();
  void awake();

  [[nodiscard]] std::size_t size() const;  // any thread; a snapshot

 private:
  void take(Letter&& letter);  // under mutex_

  Backend& bell_;
  const std::size_t letters_max_;
  mutable std::mutex mutex_;
  std::vector<Letter> letters_;   // guarded by mutex_
  std::size_t counted_ = 0;       // guarded by mutex_: letters_ without the answers
  bool asleep_ = false;           // guarded by mutex_
  std::vector<Letter> delivery_;  // the owner's; its capacity is kept
};

}  // namespace ringtalk::reactor
