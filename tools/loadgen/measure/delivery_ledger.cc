#include "loadgen/measure/delivery_ledger.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ringtalk::loadgen {

namespace {

std::uint64_t mixed(std::uint64_t value) {  // the finisher of splitmix64
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

std::uint64_t digest_of(std::int64_t seq, std::uint32_t sender, std::uint64_t number) {
  return mixed(mixed(mixed(static_cast<std::uint64_t>(seq)) + sender) + number);
}

std::string words_of(const Payload* payload) {
  if (payload == nullptr) return "something not of this run";
  return fmt::format("message {} of user {}", payload->number, payload->sender);
}

}  // namespace

void Accounts::add(const Accounts& other) {
  expected += other.expected;
  delivered += other.delivered;
  lost += other.lost;
  doubled += other.doubled;
  reordered += other.reordered;
  holes += other.holes;
  unchecked += other.unchecked;
}

DeliveryLedger::View DeliveryLedger::open(ConversationIndex conversation, std::uint32_t user,
                                          std::int64_t position, bool hears_all) {
  if (conversation >= conversations_.size()) conversations_.resize(conversation + std::size_t{1});
  if (hears_all) ++conversations_[conversation].views;
  views_.push_back({.conversation = conversation,
                    .user = user,
                    .start = position,
                    .position = position,
                    .ahead = 0,
                    .own_acked = 0,
                    .hears_all = hears_all});
  return static_cast<View>(views_.size() - 1);
}

void DeliveryLedger::excuse(View view) {
  ViewState& state = views_[view];
  if (!std::exchange(state.hears_all, false)) return;
  --conversation_of(state).views;
}

void DeliveryLedger::heard(View view, std::int64_t seq, const Payload* payload) {
  take_place(view, seq, payload);
}

void DeliveryLedger::acked(View view, std::int64_t seq, std::uint64_t number, bool is_duplicate) {
  ViewState& state = views_[view];
  Conversation& conversation = conversation_of(state);
  const Payload own{.sender = state.user, .number = number};
  const bool is_first = conversation.acked.insert(seq);
  if (is_duplicate) {
    if (const Entry* entry = conversation.find(seq); entry != nullptr && !entry->is(&own)) {
      ++counted_.doubled;
      report(view, fmt::format("a repeated send was answered with seq {}, which is not {}", seq,
                               words_of(&own)));
    }
    return;
  }
  if (is_first && seq > state.start) ++state.own_acked;
  take_place(view, seq, &own);
}

void DeliveryLedger::resumed(View view, std::int64_t position) {
  ViewState& state = views_[view];
  if (position >= state.position) return;
  // The ledger knows nothing of what came before its start, and cannot compare it.
  position = std::max(position, state.start);
  state.ahead = static_cast<std::uint32_t>(state.reach() - position);
  state.position = position;
}

void DeliveryLedger::take_place(View view, std::int64_t seq, const Payload* payload) {
  ViewState& state = views_[view];
  if (seq <= state.position) {
    hear_old(view, seq, payload);
    return;
  }
  if (seq > state.position + 1) pass_over(view, seq);
  const std::int64_t reach = state.reach();
  state.position = seq;
  if (seq <= reach) {
    state.ahead = static_cast<std::uint32_t>(reach - seq);
    take_from_hole(view, seq);
  } else {
    state.ahead = 0;
  }
  compare(view, seq, payload);
}

// A seq that this connection had passed already.
void DeliveryLedger::hear_old(View view, std::int64_t seq, const Payload* payload) {
  const ViewState& state = views_[view];
  Entry* entry = conversation_of(state).find(seq);
  const bool is_late = take_from_hole(view, seq);
  if (is_late || seq <= state.start || (entry != nullptr && !entry->is(payload))) {
    ++counted_.reordered;
    report(view, fmt::format("seq {} ({}) came after {}", seq, words_of(payload), state.position));
    return;
  }
  ++counted_.doubled;
  report(view, fmt::format("seq {} ({}) came twice", seq, words_of(payload)));
}

// From the position to before `seq` nothing was told.
void DeliveryLedger::pass_over(View view, std::int64_t seq) {
  const ViewState& state = views_[view];
  ++counted_.holes;
  report(view, fmt::format("seq {} came after {}, in between is a hole", seq, state.position));
  // What an earlier connection was told is no loss.
  const std::int64_t first = std::max(state.position, state.reach()) + 1;
  if (first < seq) holes_[view].push_back({.first = first, .last = seq - 1});
}

bool DeliveryLedger::take_from_hole(View view, std::int64_t seq) {
  if (holes_.empty()) return false;
  const auto found = holes_.find(view);
  if (found == holes_.end()) return false;
  std::vector<SeqRange>& ranges = found.value();
  const auto range = std::ranges::find_if(
      ranges, [seq](const SeqRange& each) { return each.first <= seq && seq <= each.last; });
  if (range == ranges.end()) return false;
  const SeqRange upper{.first = seq + 1, .last = range->last};
  range->last = seq - 1;
  if (range->last < range->first) ranges.erase(range);
  if (upper.first <= upper.last) ranges.push_back(upper);
  if (ranges.empty()) holes_.erase(found);
  return true;
}

// With what the first who heard it was told.
void DeliveryLedger::compare(View view, std::int64_t seq, const Payload* payload) {
  const ViewState& state = views_[view];
  Conversation& conversation = conversation_of(state);
  Entry* entry = conversation.find(seq);
  if (entry == nullptr && conversation.first != 0 && seq <= conversation.last) {
    if (payload != nullptr) ++counted_.unchecked;
    return;
  }
  if (entry == nullptr) entry = &enter(state, seq, payload);
  ++entry->times_told;
  if (!entry->is(payload)) {
    ++counted_.reordered;
    report(view,
           fmt::format("seq {} is {}; another was told something else", seq, words_of(payload)));
    return;
  }
  if (entry->is_doubled) {
    ++counted_.doubled;
    report(view, fmt::format("seq {} is {}, which had an earlier seq", seq, words_of(payload)));
  }
  if (entry->is_out_of_order) {
    ++counted_.reordered;
    report(view,
           fmt::format("seq {} is {}, after a later one of that user", seq, words_of(payload)));
  }
}

DeliveryLedger::Entry& DeliveryLedger::enter(const ViewState& state, std::int64_t seq,
                                             const Payload* payload) {
  Conversation& conversation = conversation_of(state);
  make_room(conversation, seq);
  if (conversation.first == 0) {
    conversation.first = seq;
  } else if (seq != conversation.last + 1) {
    conversation.has_gaps = true;
    // What lies between was never told; nothing of older rounds of the ring may stand for it.
    const auto size = static_cast<std::int64_t>(conversation.log.size());
    for (std::int64_t each = std::max(conversation.last + 1, seq - size); each < seq; ++each)
      conversation.log[static_cast<std::size_t>(each & (size - 1))] = {};
  }
  conversation.last = seq;
  Entry& entry = conversation.log[static_cast<std::size_t>(seq) & (conversation.log.size() - 1)];
  entry = {};
  if (payload != nullptr) {
    entry.number = payload->number;
    entry.sender = payload->sender;
    const std::uint64_t key = std::uint64_t{state.conversation} << 32 | payload->sender;
    const NumberWindow::Verdict verdict = windows_[key].take(payload->number);
    entry.is_doubled = verdict == NumberWindow::Verdict::kRepeated;
    entry.is_out_of_order = verdict == NumberWindow::Verdict::kLate;
  }
  conversation.digest += digest_of(seq, entry.sender, entry.number);
  return entry;
}

// The ring grows while what it would overwrite was not told to all views yet.
void DeliveryLedger::make_room(Conversation& conversation, std::int64_t seq) {
  std::vector<Entry>& log = conversation.log;
  if (log.empty()) log.resize(kLogEntriesMin);
  const std::size_t size = log.size();
  const auto oldest = seq - static_cast<std::int64_t>(size);
  const Entry* overwritten = conversation.find(oldest);
  if (overwritten == nullptr || overwritten->times_told >= conversation.views ||
      size >= kLogEntriesMax)
    return;
  std::vector<Entry> larger(size * 2);
  for (std::int64_t each = std::max(conversation.first, conversation.last - std::ssize(log) + 1);
       each <= conversation.last; ++each)
    larger[static_cast<std::size_t>(each) & (larger.size() - 1)] =
        log[static_cast<std::size_t>(each) & (size - 1)];
  log = std::move(larger);
}

DeliveryLedger::Entry* DeliveryLedger::Conversation::find(std::int64_t seq) {
  if (first == 0 || seq < first || seq > last || seq <= last - std::ssize(log)) return nullptr;
  Entry& entry = log[static_cast<std::size_t>(seq) & (log.size() - 1)];
  return entry.times_told == 0 ? nullptr : &entry;  // a gap
}

void DeliveryLedger::report(View view, std::string fault) {
  if (findings_.size() >= kFindingsMax) return;
  const ViewState& state = views_[view];
  findings_.push_back(
      fmt::format("user {}, conversation {}: {}", state.user, state.conversation, fault));
}

}  // namespace ringtalk::loadgen
