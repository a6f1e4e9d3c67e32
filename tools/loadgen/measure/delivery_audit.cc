// The end of a run: what each view was told against what was acknowledged to anyone.
#include <algorithm>

#include <fmt/format.h>

#include "loadgen/measure/delivery_ledger.h"

namespace ringtalk::loadgen {

class DeliveryLedger::Audit {
 public:
  explicit Audit(std::span<const DeliveryLedger* const> ledgers) {
    std::size_t conversations = 0;
    for (const DeliveryLedger* ledger : ledgers)
      conversations = std::max(conversations, ledger->conversations_.size());
    acked_.resize(conversations);
    counters_.reserve(conversations);
    for (std::size_t index = 0; index < conversations; ++index) join(ledgers, index);
    for (const DeliveryLedger* ledger : ledgers) check_views(*ledger);
  }

  Accounts accounts;
  std::vector<std::string> findings;

 private:
  void join(std::span<const DeliveryLedger* const> ledgers, std::size_t index) {
    const Conversation* first = nullptr;
    for (const DeliveryLedger* ledger : ledgers) {
      if (index >= ledger->conversations_.size()) continue;
      const Conversation& conversation = ledger->conversations_[index];
      if (const std::uint64_t shared = acked_[index].add(conversation.acked); shared != 0) {
        accounts.doubled += shared;
        report(fmt::format("conversation {}: {} seqs were acknowledged to two users each", index,
                           shared));
      }
      if (conversation.first == 0 || conversation.has_gaps) continue;
      if (first == nullptr) {
        first = &conversation;
      } else if (first->first == conversation.first && first->last == conversation.last &&
                 first->digest != conversation.digest) {
        ++accounts.reordered;
        report(fmt::format("conversation {}: seqs {} to {} are not the same messages to all", index,
                           first->first, first->last));
      }
    }
    counters_.emplace_back(acked_[index]);
  }

  void check_views(const DeliveryLedger& ledger) {
    for (View view = 0; view < ledger.views_.size(); ++view) {
      const ViewState& state = ledger.views_[view];
      if (!state.hears_all) continue;
      const AckedSet::Counter& acked = counters_[state.conversation];
      const std::uint64_t expected = acked.after(state.start) - state.own_acked;
      std::uint64_t lost = acked.after(state.reach());
      if (const auto holes = ledger.holes_.find(view); holes != ledger.holes_.end())
        for (const SeqRange& hole : holes->second) lost += acked.within(hole.first, hole.last);
      accounts.expected += expected;
      accounts.lost += lost;
      accounts.delivered += expected - std::min(expected, lost);
      if (lost == 0) continue;
      report(
          fmt::format("user {}, conversation {}: {} of {} acknowledged messages never came; "
                      "the last seq that came is {}",
                      state.user, state.conversation, lost, expected, state.reach()));
    }
  }

  void report(std::string fault) {
    if (findings.size() < kFindingsMax) findings.push_back(std::move(fault));
  }

  std::vector<AckedSet> acked_;  // of all ledgers, by conversation
  std::vector<AckedSet::Counter> counters_;
};

Accounts DeliveryLedger::audit(std::span<const DeliveryLedger* const> ledgers) {
  Accounts accounts = Audit(ledgers).accounts;
  for (const DeliveryLedger* ledger : ledgers) accounts.add(ledger->counted_);
  return accounts;
}

std::vector<std::string> DeliveryLedger::findings_of(
    std::span<const DeliveryLedger* const> ledgers) {
  return Audit(ledgers).findings;
}

}  // namespace ringtalk::loadgen
