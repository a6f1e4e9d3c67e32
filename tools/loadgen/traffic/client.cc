#include "loadgen/traffic/client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "http/response_parser.h"
#include "loadgen/traffic/client_words.h"
#include "loadgen/traffic/station.h"
#include "reactor/connect.h"
#include "ws/handshake.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Result;
using reactor::Task;
using reactor::TimePoint;

constexpr auto kConnectTimeout = std::chrono::seconds(10);
// After a connection that ended, or could not be opened: twice as long each time.
constexpr auto kReturnPauseMin = std::chrono::milliseconds(100);
constexpr auto kReturnPauseMax = std::chrono::seconds(2);
// What one user may have unanswered; the thousands that come after it would tell nothing new.
constexpr std::size_t kUnansweredMax = 4096;
// --verify sample: the ledger follows one user in so many, and of the others only what they send.
constexpr std::uint32_t kOneInSample = 16;
constexpr int kWokenReceiveBufferBytes = 1024 * 1024;
constexpr auto kReadingPause = std::chrono::hours(1);

std::string connect_error(const reactor::Error& error) {
  switch (error.os_error) {
    case ECONNREFUSED:
      return "connect: refused";
    case EADDRNOTAVAIL:
      return "connect: no free port (see --source-ips)";
    case EMFILE:
      return "connect: no free descriptor (see ulimit -n)";
    default:
      return fmt::format("connect: {}", reactor::to_string(error.kind));
  }
}

}  // namespace

Client::Client(Station& station, std::uint32_t user, const ClientHabits& habits)
    : station_(station),
      user_(user),
      habits_(habits),
      is_verified_(station.plan().verifies_all || user % kOneInSample == 0),
      pause_(station.reactor()),
      reading_pause_(station.reactor()) {
  const World& world = station.world();
  for (const std::uint32_t index : world.conversations_of[user]) {
    const Conversation& conversation = world.conversations[index];
    place_of_key_.emplace(conversation.key, static_cast<std::uint32_t>(places_.size()));
    places_.push_back({.conversation = index,
                       .view = station.ledger().open(index, user, conversation.head,
                                                     habits.hears_all && is_verified_),
                       .known = conversation.head,
                       .position = conversation.head});
  }
}

// --- connections ---

Task<void> Client::live(TimePoint intended) {
  began_ = intended;
  has_begun_ = true;
  reactor::Duration pause = kReturnPauseMin;
  while (!is_ending_) {
    if (co_await visit()) pause = kReturnPauseMin;
    if (is_ending_) break;
    if (!was_dropped_) {
      co_await pause_.lasting(pause + pause * station_.random().below(100) / 100);
      pause = std::min<reactor::Duration>(pause * 2, kReturnPauseMax);
    }
    began_ = station_.reactor().now();
  }
}

/// One connection from its opening to its end; whether it got as far as `ready`.
Task<bool> Client::visit() {
  const auto descriptor = co_await reactor::connect_to(
      station_.reactor(), station_.endpoint().address, station_.reactor().after(kConnectTimeout),
      station_.next_source());
  if (!descriptor) {
    station_.count_error(connect_error(descriptor.error()));
    co_return false;
  }
  descriptor_ = *descriptor;
  if (habits_.receive_buffer_bytes > 0) set_receive_buffer(habits_.receive_buffer_bytes);
  stream_.emplace(station_.reactor(), *descriptor);
  was_dropped_ = false;
  co_await talk();
  const bool was_ready = is_ready_;
  if (is_ready_) station_.note_left();
  is_ready_ = false;
  connection_.reset();
  co_await stream_->close();
  stream_.reset();
  co_return was_ready;
}

Task<void> Client::talk() {
  auto rest = co_await upgrade();
  if (!rest) {
    if (!is_ending_) station_.count_error(rest.error().detail);
    co_return;
  }
  upgraded_ = station_.reactor().now();
  station_.observe(Series::kConnect, began_);
  connection_.emplace(station_.reactor(), *stream_, std::move(*rest), station_.ws_options());
  if (is_ending_) connection_->close(ws::CloseCode::kGoingAway);
  while (const auto message = co_await connection_->receive()) {
    take(message->payload);
    if (!reads_) co_await rest_from_reading();
  }
  note_end();
  co_await connection_->finish();
}

Task<Result<reactor::Chunk>> Client::upgrade() {
  const std::string key = ws::make_key();
  http::OutgoingRequest request = get_request("/v1/ws", station_.token_of(user_));
  ws::add_upgrade_headers(request.headers, key);
  std::string bytes;
  http::write_request(bytes, request, station_.endpoint().host);
  const auto sent = co_await stream_->send(bytes);
  if (!sent) co_return reactor::fail(reactor::ErrorKind::kClosed, "upgrade: connection closed");
  http::ResponseParser parser;
  parser.expect(http::Method::kGet);
  while (true) {
    const auto chunk = co_await stream_->receive(station_.reactor().after(kConnectTimeout));
    if (!chunk || chunk->empty()) {
      co_return reactor::fail(reactor::ErrorKind::kClosed, "upgrade: connection closed");
    }
    const auto progress = parser.feed(chunk->text());
    if (progress.outcome == http::ResponseParser::Outcome::need_more) continue;
    if (progress.outcome == http::ResponseParser::Outcome::complete &&
        ws::is_agreed(parser.response(), key)) {
      co_return reactor::Chunk::copy_of(chunk->bytes().subspan(progress.consumed));
    }
    co_return reactor::fail(reactor::ErrorKind::kProtocol,
                            fmt::format("upgrade: status {}", parser.response().status));
  }
}

Task<void> Client::rest_from_reading() {
  connection_->detach_input();
  while (!reads_ && !is_ending_) co_await reading_pause_.lasting(kReadingPause);
}

void Client::note_end() {
  last_close_code_ = static_cast<std::uint16_t>(connection_->close_code());
  if (is_ending_ || was_dropped_) return;
  station_.count(Counter::kDisconnected);
  station_.driver().ended(*this);
  if (habits_.hears_all) station_.count_error(fmt::format("close {}", last_close_code_));
}

void Client::end() {
  is_ending_ = true;
  pause_.end();
  reading_pause_.end();
  if (connection_) {
    connection_->close(ws::CloseCode::kNormal);
  } else if (stream_) {
    stream_->abort();
  }
}

void Client::drop() {
  if (!is_ready_) return;
  was_dropped_ = is_resuming_ = true;
  dropped_ = station_.reactor().now();
  stream_->abort();
}

void Client::set_reading(bool reads) {
  reads_ = reads;
  if (!reads) return;
  // What waits is read at once, and not in small windows.
  if (habits_.receive_buffer_bytes > 0 && stream_) set_receive_buffer(kWokenReceiveBufferBytes);
  reading_pause_.end();
}

void Client::set_receive_buffer(int bytes) {
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

// --- hearing ---

void Client::take(std::string_view text) {
  station_.count_received(text.size());
  if (const auto event = read_event(text)) {
    const auto place = find_place(event->conversation);
    if (!place) return;
    const auto payload = is_verified_ ? find_payload(text) : std::nullopt;
    return hear(*place, event->seq, payload ? &*payload : nullptr);
  }
  if (const auto ack = read_ack(text)) return take_ack(*ack);
  take_fully(text);
}

void Client::take_fully(std::string_view text) {
  const ServerWord word = station_.full_words().read(text);
  if (const auto* event = std::get_if<FullEventWord>(&word)) {
    const auto place = find_place(event->conversation);
    const auto& payload = event->event.payload;
    if (place) hear(*place, event->event.seq, payload ? &*payload : nullptr);
  } else if (const auto* ack = std::get_if<AckWord>(&word)) {
    take_ack(*ack);
  } else if (const auto* batch = std::get_if<BatchWord>(&word)) {
    take_batch(*batch);
  } else if (const auto* ready = std::get_if<ReadyWord>(&word)) {
    take_ready(*ready);
  } else if (const auto* error = std::get_if<ErrorWord>(&word)) {
    take_error(*error);
  } else if (std::holds_alternative<StrangeWord>(word)) {
    station_.count_error("a message that is none of the contract");
  }
}

// The hot path of a fan-out.
void Client::hear(std::uint32_t index, std::int64_t seq, const Payload* payload) {
  Place& place = places_[index];
  if (payload != nullptr && payload->run != station_.world().run) payload = nullptr;
  if (is_verified_) station_.ledger().heard(place.view, seq, payload);
  place.position = seq;
  if (seq > place.known) {
    place.known = seq;
    const bool is_of_other = payload != nullptr && payload->sender != user_;
    if (is_of_other && habits_.hears_all) {
      station_.note_delivery(TimePoint(std::chrono::nanoseconds(payload->intended_ns)));
    }
    if (!is_verified_) station_.count(Counter::kDelivered);
    place.is_dirty = true;
    station_.driver().heard(*this, index, seq);
  }
  if (seq == place.sync_at) {
    std::string text;
    append_sync(text, station_.id_of(place.conversation), seq);
    say(text);
    place.sync_at = 0;
  }
  if (place.is_behind && seq >= place.resume_until) {
    place.is_behind = false;
    if (--behind_ == 0) end_resume();
  }
}

void Client::take_ack(const AckWord& ack) {
  if (ack.ref >= slots_.size() || slots_[ack.ref].stamp == 0) {
    return station_.count_error("an ack of nothing that waits for one");
  }
  const Outgoing& outgoing = slots_[ack.ref];
  Place& place = places_[outgoing.place];
  // Of one whose events are not read, only that it was acknowledged.
  const bool has_its_place = has_place(place, ack);
  station_.ledger().acked(place.view, ack.seq, outgoing.number, !has_its_place || !is_verified_);
  if (has_its_place) {
    place.position = ack.seq;
    place.known = std::max(place.known, ack.seq);
  }
  station_.note_ack(place.conversation, ack.seq, outgoing.intended);
  release(ack.ref, true);
}

// The place of its event in the order. A duplicate's has none, nor that of a send into a log that
// the server holds: there the event follows with the log, by a batch, or soon after the last one.
bool Client::has_place(const Place& place, const AckWord& ack) {
  if (ack.is_duplicate || place.is_held) return false;
  return !place.was_held || ack.seq == place.position + 1;
}

void Client::take_batch(const BatchWord& batch) {
  const auto index = find_place(batch.conversation);
  if (!index) return;
  Place& place = places_[*index];
  for (const HeardEvent& event : batch.events) {
    if (event.seq <= place.position) continue;  // came by itself meanwhile
    hear(*index, event.seq, event.payload ? &*event.payload : nullptr);
  }
  place.is_held = place.position < batch.last_seq;
  if (!place.is_held) return;
  if (batch.events.empty()) return station_.count_error("a batch that leads nowhere");
  std::string text;
  append_sync(text, station_.id_of(place.conversation), place.position);
  say(text);
}

// What lies past the delivered mark comes by itself, also what had been heard without saying so;
// where more than that waits, it is asked for behind.
void Client::take_ready(const ReadyWord& ready) {
  behind_ = 0;
  for (Place& place : places_) place.is_behind = false;
  for (const ReadyWord::Mark& mark : ready.conversations) {
    const auto index = find_place(mark.conversation);
    if (!index) continue;
    Place& place = places_[*index];
    if (mark.delivered_seq > place.position) claim_own(*index, mark.delivered_seq);
    if (mark.delivered_seq < place.position && is_verified_) {
      station_.ledger().resumed(place.view, mark.delivered_seq);
    }
    place.position = mark.delivered_seq;
    const bool waits_for_more = mark.last_seq - mark.delivered_seq > kSyncEvents;
    place.sync_at = waits_for_more ? mark.delivered_seq + kSyncEvents : 0;
    place.is_held = place.was_held = waits_for_more;
    place.resume_until = mark.last_seq;
    place.is_behind = place.known < mark.last_seq;
    if (place.is_behind) ++behind_;
  }
  is_ready_ = true;
  station_.note_ready(upgraded_);
  if (behind_ == 0) end_resume();
  repeat_unanswered();
  station_.driver().ready(*this);
}

// A mark past all we were told: messages of our own, stored right behind it, whose acks were lost
// with the connection. They will not be told again; their repeats are answered as duplicates.
void Client::claim_own(std::uint32_t index, std::int64_t until) {
  Place& place = places_[index];
  for (const std::uint32_t slot : unanswered_in_order()) {
    if (slots_[slot].place != index || place.known >= until) continue;
    ++place.known;
    station_.ledger().acked(place.view, place.known, slots_[slot].number, !is_verified_);
  }
}

void Client::end_resume() {
  if (is_resuming_) station_.observe(Series::kResume, dropped_);
  is_resuming_ = false;
}

void Client::take_error(const ErrorWord& error) {
  station_.count_error(error.code);
  const bool is_of_send = error.ref && *error.ref < slots_.size() && slots_[*error.ref].stamp != 0;
  if (is_of_send) release(*error.ref, false);
}

std::optional<std::uint32_t> Client::find_place(std::int64_t key) {
  if (key == last_key_) return last_place_;
  const auto found = place_of_key_.find(key);
  if (found == place_of_key_.end()) return std::nullopt;
  last_key_ = key;
  last_place_ = found->second;
  return found->second;
}

// --- saying ---

bool Client::send(std::uint32_t place, TimePoint intended, Lane lane) {
  if (unanswered_ >= kUnansweredMax) {
    station_.count_error("not sent: too much is unanswered");
    return false;
  }
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  ++unanswered_;
  slots_[slot] = {.place = place,
                  .number = ++places_[place].sent,
                  .stamp = ++stamp_,
                  .intended = intended,
                  .lane = lane};
  if (is_ready_) transmit(slot);
  return true;
}

void Client::transmit(std::uint32_t slot) {
  Outgoing& outgoing = slots_[slot];
  const Place& place = places_[outgoing.place];
  const World& world = station_.world();
  std::string& content = station_.scratch();
  content.clear();
  append_payload(content,
                 {.run = world.run,
                  .sender = user_,
                  .number = outgoing.number,
                  .intended_ns = outgoing.intended.time_since_epoch().count()},
                 station_.plan().payload_bytes);
  std::string text;
  text.reserve(content.size() + 192);
  append_send(text,
              {.conversation_id = station_.id_of(place.conversation),
               .ref = slot,
               .client_id = client_id_of(world.run, user_, place.conversation, outgoing.number),
               .content = content});
  if (!outgoing.has_left) station_.note_sent(outgoing.intended);
  outgoing.has_left = true;
  say(text);
}

// In the order in which they were meant to leave; what the server had committed is told as such.
void Client::repeat_unanswered() {
  for (const std::uint32_t slot : unanswered_in_order()) transmit(slot);
}

std::vector<std::uint32_t> Client::unanswered_in_order() const {
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].stamp != 0) waiting.push_back(slot);
  }
  std::ranges::sort(waiting, {}, [this](std::uint32_t slot) { return slots_[slot].stamp; });
  return waiting;
}

void Client::release(std::uint32_t slot, bool is_good) {
  const Lane lane = slots_[slot].lane;
  slots_[slot].stamp = 0;
  free_slots_.push_back(slot);
  --unanswered_;
  station_.finish_act(lane, is_good);
}

void Client::mark_read(std::uint32_t index) {
  Place& place = places_[index];
  if (!is_ready_ || place.known <= place.marked) return;
  std::string text;
  append_mark(text, "read", station_.id_of(place.conversation), place.known);
  place.marked = place.known;
  say(text);
}

void Client::mark_delivered() {
  if (!is_ready_) return;
  for (Place& place : places_) {
    if (!place.is_dirty) continue;
    place.is_dirty = false;
    if (place.known <= place.marked) continue;
    std::string text;
    append_mark(text, "delivered", station_.id_of(place.conversation), place.known);
    place.marked = place.known;
    say(text);
  }
}

void Client::type(std::uint32_t place, bool is_on) {
  if (!is_ready_) return;
  std::string text;
  append_typing(text, station_.id_of(places_[place].conversation), is_on);
  say(text);
}

void Client::renew(std::string_view token) {
  if (!is_ready_) return;
  std::string text;
  append_auth(text, token);
  say(text);
}

void Client::say(std::string_view text) {
  if (!connection_) return;
  connection_->send_text(text);
  station_.count_bytes_sent(text.size());
}

// --- asked ---

std::optional<std::uint32_t> Client::place_in(std::uint32_t conversation) const {
  const auto found = std::ranges::find(places_, conversation, &Place::conversation);
  if (found == places_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - places_.begin());
}

bool Client::knows(const std::vector<std::int64_t>& heads) const {
  if (!habits_.hears_all) return true;
  return std::ranges::all_of(
      places_, [&](const Place& place) { return place.known >= heads[place.conversation]; });
}

}  // namespace ringtalk::loadgen
