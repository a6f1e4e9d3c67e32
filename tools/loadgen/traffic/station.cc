#include "loadgen/traffic/station.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ringtalk::loadgen {
namespace {

using reactor::Result;
using reactor::Task;
using reactor::TimePoint;

// Clients of one thread that connect at once before the run: what a server's backlog takes easily.
constexpr std::size_t kConnectingMax = 64;
// Acts of one turn; then what came meanwhile is read.
constexpr int kActsAtOnceMax = 256;
constexpr auto kLanePause = std::chrono::milliseconds(100);
constexpr auto kRound = std::chrono::milliseconds(100);
constexpr int kRoundsToMark = 10;  // `delivered` once a second
// Requests over REST that wait for an answer, or for their turn.
constexpr std::size_t kAskingMax = 4096;
constexpr std::size_t kRestConnectionsMax = 256;
// The profiles that only do some REST beside.
constexpr std::size_t kFewRestConnections = 4;
// A server may say as much in one message: a batch of 512 KiB, and a `ready` of 1,000
// conversations.
constexpr std::size_t kMessageBytesMax = 4 * 1024 * 1024;
// We are never the ones who give up on a server that reads slowly: that shows as latency.
constexpr std::size_t kUnsentBytesMax = 256 * 1024 * 1024;

constexpr std::size_t kFrameHeadBytes = 4;        // of most frames from the server
constexpr std::size_t kMaskedFrameHeadBytes = 8;  // of most frames to it

std::size_t rest_connections(const Station::Environment& environment) {
  const Profile profile = environment.plan.profile;
  if (profile != Profile::kRest && profile != Profile::kHistory) return kFewRestConnections;
  const std::size_t users = environment.world.users.size() / environment.plan.threads;
  return std::clamp<std::size_t>(users, 1, kRestConnectionsMax);
}

}  // namespace

Station::Station(reactor::Reactor& reactor, const Environment& environment)
    : reactor_(reactor),
      environment_(environment),
      ws_options_{.assembler = {.role = ws::Role::kClient, .message_bytes_max = kMessageBytesMax},
                  .heartbeat = {},
                  .close_timeout = std::chrono::seconds(1),
                  .send_timeout = std::chrono::hours(1),
                  .unsent_bytes_max = kUnsentBytesMax},
      random_(environment.plan.seed * 1'000'003 + environment.index),
      client_of_user_(environment.world.users.size()),
      alarm_(reactor, [this] { act_on_what_is_due(); }),
      rest_door_(reactor, environment.endpoint, {.connections = rest_connections(environment)}),
      round_pause_(reactor),
      renewal_pause_(reactor) {
  recorder_.emplace(Recorder::Window{.from = TimePoint::min()});
  for (const User& user : world().users) {
    tokens_.push_back(user.token);
    refresh_tokens_.push_back(user.refresh_token);
  }
  for (const Conversation& conversation : world().conversations) {
    heads_.push_back(conversation.head);
  }
}

Station::~Station() = default;

// --- the steps ---

Result<void> Station::open() {
  auto opened = alarm_.open();
  if (!opened) return opened;
  for (std::uint32_t user = 0; user < world().connected; ++user) {
    if (!owns(user)) continue;
    clients_.push_back(std::make_unique<Client>(*this, user, driver_->habits_of(user)));
    client_of_user_[user] = clients_.back().get();
  }
  if (driver_->opens_all_before()) {
    for (std::size_t i = 0; i < kConnectingMax; ++i) connect_next();
  }
  scope_.spawn(look_around());
  scope_.spawn(renew_tokens());
  return {};
}

void Station::connect_next() {
  if (timetable_ || opened_ >= clients_.size()) return;
  open_client(*clients_[opened_++], reactor_.now());
}

void Station::open_client(Client& client, TimePoint intended) {
  client_scope_.spawn(client.live(intended));
}

bool Station::is_open() const {
  return !driver_->opens_all_before() || connected_ == clients_.size();
}

void Station::start(const Timetable& timetable, Schedule::Rate rate) {
  timetable_ = timetable;
  before_start_ = recorder_->total();
  early_errors_ = recorder_->errors();
  recorder_.emplace(Recorder::Window{.from = timetable.from, .until = timetable.until});
  if (plan().is_closed_loop) return alarm_.set(timetable.start);
  schedule_.emplace(std::move(rate), timetable.until - timetable.start,
                    plan().seed * 7'777'777 + index());
  take_from_schedule();
  set_alarm();
}

void Station::take_from_schedule() {
  if (next_act_ && *next_act_ >= timetable_->from) ++wanted_;
  const auto next = schedule_->next();
  next_act_ = next ? std::optional(timetable_->start + *next) : std::nullopt;
}

void Station::begin_lanes() {
  has_begun_lanes_ = true;
  for (Lane lane = 0; lane < driver_->lanes(); ++lane) driver_->act(reactor_.now(), lane);
}

void Station::act_on_what_is_due() {
  if (plan().is_closed_loop && !has_begun_lanes_ && !has_stopped_) return begin_lanes();
  for (int acts = 0; acts < kActsAtOnceMax && next_act_ && !has_stopped_; ++acts) {
    const TimePoint intended = *next_act_;
    if (intended > std::chrono::steady_clock::now()) break;
    take_from_schedule();
    observe_lag(intended);
    driver_->act(intended, kNoLane);
  }
  set_alarm();
}

void Station::set_alarm() {
  if (next_act_ && !has_stopped_) {
    alarm_.set(*next_act_);
  } else {
    alarm_.clear();
  }
}

void Station::stop() {
  has_stopped_ = true;
  alarm_.clear();
  const TimePoint now = std::chrono::steady_clock::now();
  while (next_act_ && *next_act_ < now) take_from_schedule();  // was due, and did not leave
}

bool Station::is_quiet() const {
  return asking_ == 0 && std::ranges::all_of(clients_, [](const auto& client) {
           return client->unanswered() == 0;
         });
}

bool Station::knows(const std::vector<std::int64_t>& heads) const {
  return std::ranges::all_of(clients_, [&](const auto& client) { return client->knows(heads); });
}

bool Station::is_connected() const {
  return std::ranges::all_of(clients_, [](const auto& client) {
    return !client->is_away() || !client->habits().hears_all;
  });
}

Task<void> Station::check(std::atomic<std::size_t>& under_way) {
  co_await driver_->check();
  --under_way;
}

Task<void> Station::close() {
  is_closing_ = true;
  has_stopped_ = true;
  round_pause_.end();
  renewal_pause_.end();
  for (const auto& client : clients_) client->end();
  co_await client_scope_.join();
  co_await scope_.join();
  co_await alarm_.close();
  co_await rest_door_.close();
}

// --- acts ---

void Station::finish_act(Lane lane, bool is_good) {
  if (lane == kNoLane || has_stopped_) return;
  if (!is_good) return scope_.spawn(start_lane_later(lane));
  driver_->act(reactor_.now(), lane);
}

Task<void> Station::start_lane_later(Lane lane) {
  co_await reactor_.sleep_for(kLanePause);
  if (!has_stopped_) driver_->act(reactor_.now(), lane);
}

Task<std::optional<http::Response>> Station::ask(Asking asking) {
  if (asking_ >= kAskingMax) {
    count_error("not sent: too much is unanswered");
    co_return std::nullopt;
  }
  ++asking_;
  recorder_->count(Counter::kRequests, asking.intended);
  auto answer = co_await rest_door_.ask(std::move(asking.request), asking.via);
  --asking_;
  if (!answer) {
    count_error(fmt::format("rest: {}", reactor::to_string(answer.error().kind)));
    co_return std::nullopt;
  }
  count(Counter::kBytesReceived, answer->body.size());
  if (answer->status / 100 != 2) {
    count_error(
        full_words_.text(answer->body, "code").value_or(fmt::format("status {}", answer->status)));
    co_return std::nullopt;
  }
  observe(asking.series, asking.intended);
  co_return std::move(*answer);
}

Task<void> Station::look_around() {
  for (int round = 1; !is_closing_; ++round) {
    co_await round_pause_.lasting(kRound);
    if (is_closing_) co_return;
    if (timetable_ && !has_stopped_) driver_->look_around();
    if (round % kRoundsToMark != 0) continue;
    for (const auto& client : clients_) {
      if (client->habits().marks_delivered) client->mark_delivered();
    }
  }
}

// Each user's token is replaced when half of its life is over.
Task<void> Station::renew_tokens() {
  const auto pause = std::chrono::seconds(world().token_lifetime_s) / 2;
  while (pause.count() > 0 && !is_closing_) {
    co_await renewal_pause_.lasting(pause);
    for (std::uint32_t user = 0; user < world().users.size() && !is_closing_; ++user) {
      const bool is_active = clients_.empty() ? owns(user) : client_of(user) != nullptr;
      if (is_active) co_await renew_token(user);
    }
  }
}

Task<void> Station::renew_token(std::uint32_t user) {
  auto answer = co_await rest_door_.ask(
      post_request("/v1/users/refresh", "",
                   fmt::format(R"({{"refreshToken":"{}"}})", refresh_tokens_[user])),
      rest_door_.next_in_turn());
  const auto login = answer ? full_words_.login(answer->body) : std::nullopt;
  if (!login) {
    count_error("a token could not be renewed");
    co_return;
  }
  tokens_[user] = login->users.front().token;
  refresh_tokens_[user] = login->users.front().refresh_token;
  if (Client* client = client_of(user)) client->renew(tokens_[user]);
}

std::optional<reactor::SocketAddress> Station::next_source() {
  const auto& sources = environment_.sources;
  if (sources.empty()) return std::nullopt;
  return sources[(index() + plan().threads * source_++) % sources.size()];
}

// --- what was seen ---

void Station::observe(Series series, TimePoint intended) {
  recorder_->observe(series, intended, reactor_.now());
}

void Station::count(Counter counter, std::uint64_t times) {
  recorder_->count(counter, reactor_.now(), times);
}

void Station::count_error(std::string_view code) {
  recorder_->count_error(code);
}

void Station::count_received(std::size_t payload_bytes) {
  count(Counter::kBytesReceived, payload_bytes + kFrameHeadBytes);
}

void Station::count_bytes_sent(std::size_t payload_bytes) {
  count(Counter::kBytesSent, payload_bytes + kMaskedFrameHeadBytes);
}

void Station::note_ready(TimePoint upgraded) {
  ++connected_;
  observe(Series::kReady, upgraded);
  count(Counter::kConnected);
  connect_next();
}

void Station::note_sent(TimePoint intended) {
  recorder_->count(Counter::kSent, intended);
}

void Station::observe_lag(TimePoint intended) {
  recorder_->observe(Series::kLag, intended, std::chrono::steady_clock::now());
}

void Station::note_ack(std::uint32_t conversation, std::int64_t seq, TimePoint intended) {
  heads_[conversation] = std::max(heads_[conversation], seq);
  observe(Series::kAck, intended);
  recorder_->count(Counter::kAcked, intended);
}

void Station::note_delivery(TimePoint intended) {
  observe(Series::kDeliver, intended);
  recorder_->count(Counter::kDelivered, intended);
}

}  // namespace ringtalk::loadgen
