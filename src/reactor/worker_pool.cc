#include "reactor/worker_pool.h"

#include <pthread.h>

#include <utility>

namespace ringtalk::reactor {

WorkerPool::WorkerPool(Limits limits) : limits_(limits) {
  RINGTALK_ASSERT(limits_.threads > 0, "a worker pool without threads would never answer");
  threads_.reserve(limits_.threads);
  for (std::size_t count = 0; count < limits_.threads; ++count) {
    threads_.emplace_back([this] { work_until_stopped(); });
    pthread_setname_np(threads_.back().native_handle(), "ringtalk-work");
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    RINGTALK_ASSERT(queue_.empty(), "a worker pool ended before its callers were answered");
    stopping_ = true;
  }
  filled_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

// The answer may be posted before this returns, but resumes the caller only from a later turn, on
// this thread: nobody else touches the submission meanwhile.
bool WorkerPool::Submission::await_suspend(std::coroutine_handle<> caller) {
  taken_ = pool_.submit({.work = std::move(work_), .reactor = &reactor_, .caller = caller});
  return taken_;
}

bool WorkerPool::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= limits_.queue_max) return false;
    queue_.push_back(std::move(job));
  }
  filled_.notify_one();
  return true;
}

void WorkerPool::work_until_stopped() {
  for (;;) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();

    job.work();
    job.work = nullptr;  // what it holds goes before its caller can go on
    job.reactor->mailbox().post_answer(
        [reactor = job.reactor, caller = job.caller] { reactor->make_ready(caller); });
  }
}

}  // namespace ringtalk::reactor
