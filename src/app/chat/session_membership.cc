// How a session learns that its user has become a member or ceased to be one: by a notice, by the
// log itself, and by asking the database when both were lost.
#include <algorithm>
#include <string>
#include <vector>

#include <tsl/robin_set.h>

#include "app/chat/session.h"
#include "app/chat/view_rows.h"
#include "app/limits.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {

using protocol::ConversationId;
using reactor::Task;

void Session::became_member(ConversationId id) {
  if (!covers(id) || !feeds_.add(id)) return;
  std::erase(removed_, id);
  if (is_ready_) {
    scope_.spawn(greet(id));
  } else {
    joined_before_ready_.push_back(id);
  }
}

// The conversation first, then its log from the user's mark on.
Task<void> Session::greet(ConversationId id) {
  co_await environment_.receipts.settle(user_id());
  const auto row = co_await environment_.conversations.find(id.value, user_id().value);
  if (!row || !*row) {
    feeds_.remove(id);  // away, or already gone again: the client finds it by REST
    co_return;
  }
  if (!feeds_.is_starting(id)) co_return;  // ceased to be one meanwhile, or is greeted already
  std::string payload;
  protocol::append_conversation_message(payload, conversation_view(**row));
  connection_.send_text(payload);
  feeds_.start(id, (*row)->delivered_seq, (*row)->last_seq);
}

// By the log, by the notice to the user or by the database, whichever is first.
void Session::ceased_to_be_member(ConversationId id) {
  if (!has_news_of_leaving(id)) return;
  feeds_.remove(id);
  // Nothing goes before `ready`. Should that tell of it still, the log says that he has left.
  if (!is_ready_) return;
  note_removal(id);
  std::string payload;
  protocol::append_removed_message(payload, id);
  connection_.send_text(payload);
  if (only_) {
    connection_.close(ws::CloseCode::kRemoved, "no longer a member");
  } else {
    scope_.spawn(come_back(id));
  }
}

// What it listens to no more was told. Of what it never listened to only this list can tell.
bool Session::has_news_of_leaving(ConversationId id) const {
  if (!covers(id)) return false;
  return feeds_.contains(id) || (has_more_ && std::ranges::find(removed_, id) == removed_.end());
}

void Session::note_removal(ConversationId id) {
  if (!has_more_) return;
  removed_.push_back(id);
  if (removed_.size() > limits::kRemovalsRememberedMax) removed_.erase(removed_.begin());
}

// Who was added again at once may have been told of that before the leaving.
Task<void> Session::come_back(ConversationId id) {
  const auto is_member = co_await environment_.conversations.is_member(id.value, user_id().value);
  if (is_member && *is_member) became_member(id);
}

// --- the nets under the notices ---

void Session::may_have_left(ConversationId id) {
  if (has_news_of_leaving(id)) scope_.spawn(find_out_membership(id));
}

// Nobody will ask for this departure again.
Task<void> Session::find_out_membership(ConversationId id) {
  while (!is_ending_ && !(co_await leave_unless_member(id))) {
    co_await environment_.feeds.reactor.sleep_for(limits::kMembershipRetry);
  }
}

void Session::compare_memberships(const db::MembershipSum& sum) {
  // Who does not listen to all that the user has can't compare.
  if (only_ || has_more_ || !is_ready_ || is_rereading_) return;
  std::int64_t ids_xor = 0;
  for (const ConversationId id : feeds_.conversation_ids()) ids_xor ^= id.value;
  if (std::cmp_equal(sum.count, feeds_.size()) && sum.ids_xor == ids_xor) return;
  is_rereading_ = true;
  scope_.spawn(reread_memberships());
}

// Notices may come meanwhile: what this finds is done only if it still holds.
Task<void> Session::reread_memberships() {
  const auto heads =
      co_await environment_.conversations.heads(user_id().value, limits::kReadyConversationsMax);
  is_rereading_ = false;
  if (!heads) co_return;  // away: it will differ in the next round too
  ++environment_.feeds.metrics.memberships_reread;
  has_more_ = heads->has_more;
  tsl::robin_set<ConversationId> present;
  for (const db::HeadRow& head : heads->heads) {
    present.insert({head.conversation_id});
    became_member({head.conversation_id});
  }
  if (has_more_) co_return;
  for (const ConversationId id : feeds_.conversation_ids()) {
    if (!present.contains(id)) (void)co_await leave_unless_member(id);  // or in the next round
  }
}

// False when the database does not answer. An answer is old when he was told meanwhile: if he has
// come again since, he would be told of the same removal twice.
Task<bool> Session::leave_unless_member(ConversationId id) {
  while (has_news_of_leaving(id)) {
    const std::uint64_t additions = feeds_.additions();
    const auto is_member = co_await environment_.conversations.is_member(id.value, user_id().value);
    if (!is_member) co_return false;
    if (*is_member) co_return true;
    if (feeds_.additions() != additions || !has_news_of_leaving(id)) continue;
    ++environment_.feeds.metrics.removals_found;
    ceased_to_be_member(id);
  }
  co_return true;
}

}  // namespace ringtalk::app::chat
