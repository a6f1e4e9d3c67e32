// The answers that a device gets, and whether they are the right ones.
#include <algorithm>
#include <charconv>
#include <string>

#include "device.h"
#include "json_values.h"

namespace ringtalk::sim {

using simdjson::dom::element;
namespace protocol = app::protocol;

OutSend* Device::send_of(std::string_view ref) {
  std::size_t index = 0;
  if (!ref.starts_with('s')) return nullptr;
  static_cast<void>(std::from_chars(ref.data() + 1, ref.data() + ref.size(), index));
  return index < sends_.size() ? &sends_[index] : nullptr;
}

void Device::on_ack(element message) {
  OutSend* send = send_of(text_of(message, "ref"));
  const std::int64_t seq = number_of(message, "seq");
  if (send == nullptr || !send->is_in_flight) {
    return environment_.checker.fail("acks", "{} is acknowledged, nobody asked", seq);
  }
  const bool is_duplicate = flag_of(message, "duplicate");
  const std::string client_id = send->key ? protocol::to_text(*send->key) : std::string();
  if (text_of(message, "clientId") != client_id) {
    environment_.checker.fail("acks", "{} with another client id", seq);
  }
  // After a lost answer of the database nobody can tell a try from an earlier send: what the
  // connection has seen already, by a `batch`, may be called a duplicate of that.
  const LogView* log = view(send->conversation);
  const bool was_seen = log != nullptr && seq <= log->position;
  if (is_duplicate && send->tries == 1 && !was_seen) {
    environment_.checker.fail("duplicate", "{} was sent once and is called one", send->content);
  }
  send->is_in_flight = false;
  check_ack_place(*send, seq, is_duplicate);
  acknowledged(*send, seq);
}

void Device::check_ack_place(const OutSend& send, std::int64_t seq, bool is_duplicate) {
  LogView* log = view(send.conversation);
  if (log == nullptr || is_duplicate) return;
  if (seq == log->position + 1) {
    ++log->position;
    return;
  }
  if (send.was_acked_before_try && environment_.options.database.unknown_fate == 0 &&
      environment_.options.chaos.database_away == 0) {
    environment_.checker.fail("duplicate", "{} was acknowledged before, and is not called one",
                              send.content);
  }
  const bool is_allowed = log->is_held || seq <= log->paged_to || send.tries > 1;
  if (is_allowed) return;
  // Only of a log that has ended for him.
  if (environment_.checker.has_left(name_.user, send.conversation) && seq > log->position) {
    log->must_end = true;
    return;
  }
  environment_.checker.fail("ack out of place", "{}.{} hears the ack of {} of {}, {} was due",
                            name_.user, name_.number, seq, send.conversation, log->position + 1);
}

void Device::acknowledged(OutSend& send, std::int64_t seq) {
  if (send.seq != 0 && send.seq != seq) {
    environment_.checker.fail("moved", "{} was acknowledged as {}, now as {}", send.content,
                              send.seq, seq);
  }
  environment_.checker.expect_stored(
      {.conversation = send.conversation,
       .seq = seq,
       .sender = name_.user,
       .content = send.content,
       .client_id = send.key ? protocol::to_text(*send.key) : std::string()});
  send.seq = seq;
  send.is_over = true;
  Known& known = known_[send.conversation];
  if (seq > known.own_acked) {
    known.own_acked = seq;
    known.own_acked_at_ms = environment_.world.reactor().unix_milliseconds();
  }
  saw(send.conversation, seq);
}

void Device::on_error(element message) {
  const std::string_view ref = text_of(message, "ref");
  const std::string_view code = text_of(message, "code");
  std::int64_t conversation = 0;
  if (OutSend* send = send_of(ref)) {
    send->is_in_flight = false;
    send->has_failed = true;
    conversation = send->conversation;
    if (code == "not_found") {
      send->is_over = true;
      if (environment_.checker.is_member_since(name_.user, conversation, send->tried_at_ms)) {
        environment_.checker.fail("refused", "{} is a member, {} was not found", name_.user,
                                  conversation);
      }
    }
  } else if (ref.starts_with('m')) {
    static_cast<void>(std::from_chars(ref.data() + 1, ref.data() + ref.size(), conversation));
    if (code == "unavailable") known_[conversation].marks_are_dirty = true;
  } else {
    for (auto& [id, log] : views_) log.is_asking = false;
  }
  if (code != "not_found" && code != "unavailable") {
    environment_.checker.fail("words", "error {} for {}", code, ref);
  }
}

void Device::on_receipt(element message) {
  environment_.checker.expect_below_head(
      "a receipt", id_of(message, "conversationId"),
      std::max(number_of(message, "deliveredSeq"), number_of(message, "readSeq")));
}

}  // namespace ringtalk::sim
