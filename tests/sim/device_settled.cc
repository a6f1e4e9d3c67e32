// What must be so for a device when all is calm.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "device.h"

namespace ringtalk::sim {

bool Device::complain(bool is_last, std::string_view rule, const std::string& text) {
  if (is_last) environment_.checker.fail(rule, "{}.{}: {}", name_.user, name_.number, text);
  return false;
}

bool Device::is_settled(bool is_last) {
  if (!socket_ || !is_ready_ || socket_->only()) {
    return complain(is_last, "unready", "cannot connect, or is not told ready");
  }
  bool is_well = true;
  for (const auto& [id, conversation] : environment_.checker.tables().conversations()) {
    const auto member = conversation.members.find(name_.user);
    const LogView* log = view(id);
    if (member == conversation.members.end()) {
      if (log != nullptr) {
        is_well = complain(is_last, "not removed", fmt::format("still hears {}", id));
      }
      continue;
    }
    const std::int64_t head = conversation.last_seq();
    if (log == nullptr) {
      is_well = complain(is_last, "not told", fmt::format("is a member of {}", id));
    } else if (log->position != head || log->is_held) {
      is_well = complain(is_last, "undelivered",
                         fmt::format("{} was sent up to {} of {}{}", id, log->position, head,
                                     log->is_held ? ", is held" : ""));
    } else if (has_to(id) != head) {
      is_well = complain(is_last, "unseen", fmt::format("{} up to {} of {}", id, has_to(id), head));
    }
    const Known& known = known_[id];
    const std::int64_t delivered = std::max(known.delivered, known.read);
    if (member->second.delivered_seq < delivered || member->second.read_seq < known.read) {
      is_well = complain(
          is_last, "marks",
          fmt::format("{} is marked {} {}, told were {} {}", id, member->second.delivered_seq,
                      member->second.read_seq, delivered, known.read));
    }
    if (environment_.options.loses_no_marks() && member->second.read_seq < known.own_acked) {
      is_well = complain(is_last, "marks",
                         fmt::format("{} is read up to {}, own was {}", id, member->second.read_seq,
                                     known.own_acked));
    }
  }
  for (const OutSend& send : sends_) {
    if (!send.is_over || send.is_in_flight || send.is_rest_in_flight) {
      is_well = complain(is_last, "unanswered", send.content);
    }
  }
  return is_well;
}

// What was sent again, or failed, may have been stored by any of the tries.
void Device::check_sender_order() {
  std::map<std::pair<std::uint64_t, std::int64_t>, const OutSend*> last;
  for (const FirstTry& first : first_tries_) {
    const OutSend& send = sends_[first.send];
    if (send.tries != 1 || send.has_failed || send.seq == 0) continue;
    const OutSend*& before = last[{first.socket, send.conversation}];
    if (before != nullptr && before->seq > send.seq) {
      environment_.checker.fail("sender order", "{} stands at {}, {} was sent before it and has {}",
                                send.content, send.seq, before->content, before->seq);
    }
    before = &send;
  }
}

}  // namespace ringtalk::sim
