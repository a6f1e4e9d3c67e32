// What a device does; what it hears is in device_hearing.cc.
#include "device.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "instances.h"

namespace ringtalk::sim {
namespace {

namespace protocol = app::protocol;
using reactor::Task;

constexpr std::size_t kSendsOpenMax = 40;
constexpr std::int64_t kSyncLimitMax = 200;

protocol::Uuid draw_uuid(Draw& draw) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draw.between(0, 255));
  return protocol::make_uuid(bytes);
}

}  // namespace

Device::Device(SimEnvironment& environment, Instances& instances, const Name& name)
    : environment_(environment),
      instances_(instances),
      name_(name),
      draw_(environment.options.seed * 1'000'003U + static_cast<std::uint64_t>(name.user) * 17U +
            static_cast<std::uint64_t>(name.number)) {}

Device::~Device() = default;

Task<void> Device::live() {
  while (!is_stopped_) {
    co_await environment_.world.reactor().sleep_for(
        draw_.milliseconds(1, environment_.options.pause_max_ms));
    if (is_stopped_) break;
    if (!socket_) {
      connect();
    } else if (socket_->seat().catch_up() && socket_) {
      tend();
      if (!is_calm_ && socket_ && !socket_->is_over()) act();
    }
  }
}

void Device::calm_down() {
  is_calm_ = true;
}

void Device::stop() {
  is_stopped_ = true;
  if (socket_) socket_->cut();
}

// --- acts by chance ---

void Device::act() {
  const SimOptions& options = environment_.options;
  const std::int64_t die = draw_.between(0, 99);
  if (die < 3 && options.has_cuts) {
    environment_.trace.note("{}.{} is cut", name_.user, name_.number);
    return socket_->cut();
  }
  if (die < 4 && options.has_cuts) return socket_->send_part_of_frame();
  if (die < 5) return socket_->send_close();
  if (die < 9 && options.has_slow_readers) return socket_->stop_reading();
  if (!is_talkable()) return;
  auto place = views_.begin();
  std::advance(place, draw_.between(0, std::ssize(views_) - 1));
  const std::int64_t conversation = place->first;
  if (die < 45) {
    const std::int64_t count = draw_.chance(0.1) ? draw_.between(2, 12) : 1;
    for (std::int64_t i = 0; i < count; ++i) send_new(conversation);
  } else if (die < 52) {
    repeat_one();
  } else if (die < 75) {
    mark();
  } else if (die < 82) {
    sync(conversation, draw_.between(0, has_to(conversation)));
  } else if (die < 85) {
    type();
  }
}

bool Device::is_talkable() {
  return is_ready_ && socket_ && !socket_->is_over() && !views_.empty();
}

void Device::connect() {
  SimShard* shard = instances_.draw_shard(draw_);
  if (shard == nullptr || !shard->seat().catch_up()) return;
  SimSocket::Options options{
      .user = {name_.user},
      .number = ++sockets_,
      .seed = draw_.next(),
      .stream = {.buffer_bytes_max = static_cast<std::size_t>(draw_.mostly_small(100, 64 * 1024)),
                 .chunk_bytes_max = static_cast<std::size_t>(draw_.mostly_small(1, 16 * 1024))}};
  if (is_calm_) {
    options.stream = {};
  } else if (environment_.options.has_slow_readers) {
    options.read_pause_max_ms = draw_.mostly_small(0, 30);
  }
  const bool is_narrow = !is_calm_ && !known_.empty() && draw_.chance(0.1);
  if (is_narrow) {
    auto place = known_.begin();
    std::advance(place, draw_.between(0, std::ssize(known_) - 1));
    options.only = {place->first};
  }
  SimSocket::Client& client = *this;
  auto socket = std::make_shared<SimSocket>(shard->seat(), client, options);
  environment_.trace.note("{}.{} connects to {}{}", name_.user, name_.number, shard->name(),
                          is_narrow ? ", for one" : "");
  note_surely_read();
  socket_ = socket;
  if (!shard->accept(socket)) socket_.reset();
  shard->seat().touch();
}

// An ack may overtake the answer to the committer, which tells of the reading: when the event was
// read from the database. That takes no longer than an answer does.
void Device::note_surely_read() {
  surely_read_.clear();
  const std::int64_t now_ms = environment_.world.reactor().unix_milliseconds();
  for (const auto& [conversation, known] : known_) {
    if (now_ms - known.own_acked_at_ms < 3 * environment_.options.database.latency_max_ms) continue;
    surely_read_[conversation] = known.own_acked;
  }
}

void Device::say(const std::string& text) {
  environment_.trace.note("{}.{}#{} > {}", name_.user, name_.number, sockets_, text.substr(0, 90));
  socket_->send_text(text);
}

// --- what it owes ---

void Device::tend() {
  if (is_calm_ || (!socket_->reads() && draw_.chance(0.1))) socket_->go_on_reading(is_calm_);
  if (socket_->is_stuck_in_frame() && (is_calm_ || draw_.chance(0.2))) return socket_->cut();
  if (is_calm_ && socket_->only()) return socket_->send_close();
  if (!is_ready_ || socket_->is_over()) return;
  for (auto& [conversation, view] : views_) {
    const bool has_hole = has_to(conversation) < view.position;
    if ((has_hole || view.is_held) && !view.is_asking) sync(conversation, has_to(conversation));
    if (known_[conversation].marks_are_dirty) repeat_marks(conversation);
  }
  repeat_one();
}

// The oldest that has no answer, in its order.
void Device::repeat_one() {
  for (OutSend& send : sends_) {
    if (send.is_over || send.is_in_flight || send.is_rest_in_flight) continue;
    if (!send.key) {
      send.is_over = true;  // its fate is unknown for good
      continue;
    }
    if (!views_.contains(send.conversation)) {
      if (is_calm_ && !socket_->only()) send.is_over = true;  // no member any more
      continue;
    }
    if (draw_.chance(0.1)) return send_by_rest(send);
    return this->send(send);
  }
  // Now and then one that was answered long ago.
  if (is_calm_ || sends_.empty() || !draw_.chance(0.1)) return;
  OutSend& old = draw_.one_of(sends_);
  if (old.seq > 0 && old.key && !old.is_in_flight && views_.contains(old.conversation)) {
    this->send(old);
  }
}

void Device::send_new(std::int64_t conversation) {
  const auto open = std::ranges::count_if(sends_, [](const OutSend& s) { return !s.is_over; });
  if (static_cast<std::size_t>(open) > kSendsOpenMax) return;
  OutSend send{.conversation = conversation,
               .content = fmt::format("{}.{}-{}", name_.user, name_.number, sends_.size())};
  const auto size = draw_.mostly_small(0, environment_.options.content_max);
  send.content.append(static_cast<std::size_t>(size), '.');
  const bool is_keyed = draw_.chance(0.9) || !environment_.options.has_unkeyed_sends;
  if (is_keyed) send.key = draw_uuid(draw_);
  sends_.push_back(std::move(send));
  if (draw_.chance(0.08) && sends_.back().key) return send_by_rest(sends_.back());
  if (!socket_) return;
  first_tries_.push_back({.socket = sockets_, .send = sends_.size() - 1});
  this->send(sends_.back());
}

void Device::send(OutSend& send) {
  if (!socket_) return;  // ended while another shard was brought up to date
  ++send.tries;
  send.is_in_flight = true;
  send.socket = sockets_;
  send.was_acked_before_try = send.seq > 0;
  send.tried_at_ms = environment_.world.reactor().unix_milliseconds();
  const auto number = std::ranges::find_if(sends_, [&](const OutSend& s) { return &s == &send; });
  std::string text =
      fmt::format(R"({{"op":"send","conversationId":"{}","ref":"s{}","content":"{}")",
                  send.conversation, number - sends_.begin(), send.content);
  if (send.key) text += fmt::format(R"(,"clientId":"{}")", protocol::to_text(*send.key));
  say(text + "}");
}

void Device::send_by_rest(OutSend& send) {
  SimShard* shard = instances_.draw_shard(draw_);
  if (shard == nullptr || !shard->seat().catch_up()) return;
  ++send.tries;
  send.is_by_rest = true;
  send.is_rest_in_flight = true;
  const auto number = std::ranges::find_if(sends_, [&](const OutSend& s) { return &s == &send; });
  environment_.trace.note("{}.{} sends {} by REST to {}", name_.user, name_.number, send.content,
                          shard->name());
  shard->client_scope().spawn(
      rest_story(*shard, static_cast<std::size_t>(number - sends_.begin())));
  shard->seat().touch();
}

Task<void> Device::rest_story(SimShard& shard, std::size_t number) {
  const OutSend& asked = sends_[number];
  const auto committed = co_await shard.sender().send({.conversation_id = {asked.conversation},
                                                       .sender_id = {name_.user},
                                                       .client_id = *asked.key,
                                                       .content = asked.content});
  OutSend& send = sends_[number];
  send.is_rest_in_flight = false;
  if (shard.is_dead()) co_return;
  using Outcome = app::chat::Committed::Outcome;
  if (!committed) {
    send.has_failed = true;
  } else if (committed->outcome == Outcome::kKeyReused) {
    environment_.checker.fail("key reused", "{}", send.content);
  } else if (committed->outcome == Outcome::kNotMember) {
    send.is_over = true;
  } else {
    environment_.trace.note("{}.{} REST 200 {} {}", name_.user, name_.number, send.conversation,
                            committed->seq);
    acknowledged(send, committed->seq);
  }
}

// --- marks, syncs, typing ---

void Device::mark() {
  auto place = views_.begin();
  std::advance(place, draw_.between(0, std::ssize(views_) - 1));
  const std::int64_t conversation = place->first;
  const std::int64_t most = has_to(conversation);
  if (most == 0) return;
  const std::int64_t seq = draw_.chance(0.6) ? most : draw_.between(1, most);
  Known& known = known_[conversation];
  const bool is_read = draw_.chance(0.5);
  if (is_read) known.read = std::max(known.read, seq);
  known.delivered = std::max(known.delivered, seq);
  say(fmt::format(R"({{"op":"{}","conversationId":"{}","seq":{},"ref":"m{}"}})",
                  is_read ? "read" : "delivered", conversation, seq, conversation));
}

void Device::repeat_marks(std::int64_t conversation) {
  Known& known = known_[conversation];
  known.marks_are_dirty = false;
  for (const auto& [op, seq] : {std::pair("delivered", known.delivered), {"read", known.read}}) {
    if (seq == 0) continue;
    say(fmt::format(R"({{"op":"{}","conversationId":"{}","seq":{},"ref":"m{}"}})", op, conversation,
                    seq, conversation));
  }
}

void Device::sync(std::int64_t conversation, std::int64_t after) {
  LogView& log = views_.at(conversation);
  if (log.is_asking) return;
  log.is_asking = true;
  log.asked_after = after;
  say(fmt::format(R"({{"op":"sync","conversationId":"{}","afterSeq":{},"limit":{},"ref":"y{}"}})",
                  conversation, after, is_calm_ ? kSyncLimitMax : draw_.between(1, kSyncLimitMax),
                  after));
}

void Device::type() {
  auto place = views_.begin();
  std::advance(place, draw_.between(0, std::ssize(views_) - 1));
  say(fmt::format(R"({{"op":"typing","conversationId":"{}","on":{}}})", place->first,
                  draw_.chance(0.5)));
}

}  // namespace ringtalk::sim
