// DeliveryLedger: proves delivery while it is measured. For each user and conversation it follows
// the log as this connection was told it, and at the end compares it with what was acknowledged to
// anyone. One a thread; those of all threads are audited together. No I/O, no clock.
//
// What a conversation's seqs hold is kept once a conversation and thread, as the first view was
// told it, and all other views are compared with that; a view itself is 40 bytes, an acknowledged
// message a bit. (1,000 users in 1,000 conversations each: 40 MB.) Only the newest kLogEntriesMax
// seqs of a conversation can be compared; what comes later than that is counted as `unchecked`,
// though its seq still is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "loadgen/measure/acked_set.h"
#include "loadgen/measure/number_window.h"
#include "loadgen/measure/payload.h"

namespace ringtalk::loadgen {

struct Accounts {
  std::uint64_t expected = 0;   // acknowledged messages × the others who should have got them
  std::uint64_t delivered = 0;  // of these, those that came
  std::uint64_t lost = 0;       // acknowledged, and not told to a member by the end
  std::uint64_t doubled = 0;    // one message told twice on a connection, or under two seqs
  std::uint64_t reordered = 0;  // a sender's later message before an earlier one; seq going back;
                                // two views told different messages under one seq
  std::uint64_t holes = 0;      // times that seqs were passed over
  std::uint64_t unchecked = 0;  // told too long after the others to be compared with them

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
  /// From now on nobody expects the view to be told everything: its connection is gone for good.
  void excuse(View view);

  /// An `event` came, of a message of this run or (payload nullptr) of anything else.
  void heard(View view, std::int64_t seq, const Payload* payload);
  /// An `ack` came for the user's own message `number`; in the order it takes the event's place
  /// (a duplicate's takes none).
  void acked(View view, std::int64_t seq, std::uint64_t number, bool is_duplicate);
  /// A new connection goes on from `position`, the `deliveredSeq` of its `ready`: events between it
  /// and what was heard before come again, and must be the same ones. A position past what was
  /// heard moves nothing: then the next event shows the hole.
  void resumed(View view, std::int64_t position);

  [[nodiscard]] std::int64_t position(View view) const { return views_[view].position; }
  /// What all threads found; the ledgers must rest meanwhile. `lost` is zero once all views that
  /// hear all were told all that was acknowledged to anyone: the run's end waits for it.
  [[nodiscard]] static Accounts audit(std::span<const DeliveryLedger* const> ledgers);
  /// The first faults in words, for the report: "user 17, conversation 3: seq 9 came after 7".
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  /// What audit() found amiss, in words: who lost what.
  [[nodiscard]] static std::vector<std::string> findings_of(
      std::span<const DeliveryLedger* const> ledgers);

  static constexpr std::uint32_t kLogEntriesMin = 8;
  static constexpr std::uint32_t kLogEntriesMax = 4'096;
  static constexpr std::size_t kFindingsMax = 20;

 private:
  struct SeqRange {
    std::int64_t first, last;
  };
  struct ViewState {
    ConversationIndex conversation;
    std::uint32_t user;
    std::int64_t start;     // what came before is nobody's business
    std::int64_t position;  // of the present connection
    std::uint32_t ahead;    // how much further an earlier connection was told
    std::uint32_t own_acked;
    bool hears_all;

    [[nodiscard]] std::int64_t reach() const { return position + ahead; }
  };
  static_assert(sizeof(ViewState) <= 40);

  // What one seq holds.
  struct Entry {
    std::uint64_t number = 0;  // 0: nothing of this run
    std::uint32_t sender = 0;
    std::uint32_t times_told = 0;
    bool is_doubled = false;
    bool is_out_of_order = false;

    [[nodiscard]] bool is(const Payload* payload) const {
      return payload == nullptr ? number == 0
                                : number == payload->number && sender == payload->sender;
    }
  };
  struct Conversation {
    std::vector<Entry> log;   // a ring; its size is a power of two
    std::int64_t first = 0;   // lowest seq that was ever entered; 0: none
    std::int64_t last = 0;    // highest
    std::uint32_t views = 0;  // that hear all
    bool has_gaps = false;
    std::uint64_t digest = 0;  // of all that was entered, for comparing threads
    AckedSet acked;

    [[nodiscard]] Entry* find(std::int64_t seq);
  };
  class Audit;

  Conversation& conversation_of(const ViewState& state) {
    return conversations_[state.conversation];
  }
  void take_place(View view, std::int64_t seq, const Payload* payload);
  void hear_old(View view, std::int64_t seq, const Payload* payload);
  void pass_over(View view, std::int64_t seq);
  void compare(View view, std::int64_t seq, const Payload* payload);
  Entry& enter(const ViewState& state, std::int64_t seq, const Payload* payload);
  void make_room(Conversation& conversation, std::int64_t seq);
  bool take_from_hole(View view, std::int64_t seq);
  void report(View view, std::string fault);

  std::vector<ViewState> views_;
  std::vector<Conversation> conversations_;
  tsl::robin_map<std::uint64_t, NumberWindow> windows_;  // by conversation and sender
  tsl::robin_map<View, std::vector<SeqRange>> holes_;    // not filled yet
  Accounts counted_;                                     // all but expected, delivered, lost
  std::vector<std::string> findings_;
};

}  // namespace ringtalk::loadgen
