#include "app/rest/voided_logins_watch.h"

#include "app/rest/end_login.h"

namespace ringtalk::app::rest {

namespace {

using reactor::Task;

constexpr std::chrono::milliseconds kInterval{500};

// What is asked for again each time: a voiding is seen only after its commit, and the database's
// clock is another one than ours.
constexpr std::chrono::milliseconds kOverlap{5'000};

}  // namespace

VoidedLoginsWatch::VoidedLoginsWatch(const Environment& environment)
    : environment_(environment), pause_(environment.reactor) {}

void VoidedLoginsWatch::open() {
  since_ms_ = environment_.reactor.unix_milliseconds() - environment_.jwt_lifetime.count();
  scope_.spawn(run());
}

Task<void> VoidedLoginsWatch::close() {
  is_closing_ = true;
  pause_.end();
  co_await scope_.join();
}

Task<void> VoidedLoginsWatch::run() {
  while (!is_closing_) {
    co_await ask_once();
    if (!is_closing_) co_await pause_.lasting(kInterval);
  }
}

// While the database is away the time since the last answer grows, and nothing is missed.
Task<void> VoidedLoginsWatch::ask_once() {
  const std::int64_t now_ms = environment_.reactor.unix_milliseconds();
  const auto logins = co_await environment_.tokens.recently_voided(since_ms_);
  if (!logins) co_return;
  since_ms_ = now_ms - kOverlap.count();
  const std::int64_t tokens_expire_at_s = (now_ms + environment_.jwt_lifetime.count()) / 1000 + 1;
  for (const std::int64_t login : *logins) {
    if (environment_.known.contains({login})) continue;
    co_await end_login(environment_.reactor, environment_.directory, {login}, tokens_expire_at_s);
  }
}

}  // namespace ringtalk::app::rest
