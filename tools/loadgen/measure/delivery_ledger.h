// DeliveryLedger: proves delivery while it is measured. For each user and conversation it follows
// the log as this connection was told it, and at the end compares it with what was acknowledged to
// anyone. One a thread; those of all threads are audited together. No I/O, no clock.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "loadgen/measure/payload.h"

namespace ringtalk::loadgen {

struct Accounts {
  std::uint64_t expected = 0;   // acknowledged messages × the others who should have got them
  std::uint64_t delivered = 0;  // of these, those that came
  std::uint64_t lost = 0;       // acknowledged, and not told to a member by the end
  std::uint64_t doubled = 0;    // one message told twice on a connection, or under two seqs
  std::uint64_t reordered = 0;  // a sender's later message before an earlier one; seq going back
  std::uint64_t holes = 0;      // a seq passed over

  void add(const Accounts& other);
  [[nodiscard]] bool are_clean() const { return lost + doubled + reordered + holes == 0; }
};

class DeliveryLedger {
 public:
  using View = std::uint32_t;  // one user's sight of one conversation
  using ConversationIndex = std::uint32_t;

  /// `position`: all up to here is known to the user. `hears_all` is false for one who is not
  /// expected to be told everything by the end (a slow reader, one who was dropped for good).
  View open(ConversationIndex conversation, std::uint32_t user, std::int64_t position,
            bool hears_all = true);

  /// An `event` came, of a message of this run or (payload nullptr) of anything else.
  void heard(View view, std::int64_t seq, const Payload* payload);
  /// An `ack` came for the user's own message `number`.
  void acked(View view, std::int64_t seq, std::uint64_t number, bool is_duplicate);
  /// A new connection goes on from `position`: events between it and what was heard before may come
  /// again, and must be the same ones.
  void resumed(View view, std::int64_t position);

  [[nodiscard]] std::int64_t position(View view) const;
  /// All acknowledged messages known to this ledger reached all of its views that hear all: the
  /// run's end waits for it. With several threads it is asked of audit().
  [[nodiscard]] static Accounts audit(std::span<const DeliveryLedger* const> ledgers);
  /// The first faults in words, for the report: "user 17, conversation 3: seq 9 came after 7".
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

 private:
  std::vector<std::string> findings_;
};

}  // namespace ringtalk::loadgen
