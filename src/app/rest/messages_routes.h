// /v1/conversations/{id}/messages, events and receipts: the log of a conversation, written and
// read. Who is no member hears 404, whatever else may be wrong. Owned by the Api; the shard's
// thread.
#pragma once

#include "app/protocol/query_values.h"
#include "app/protocol/request_bodies.h"
#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class MessagesRoutes {
 public:
  explicit MessagesRoutes(const Services& services) : services_(services) {}

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> send(Call& call);
  [[nodiscard]] reactor::Task<Answer> history(Call& call);
  [[nodiscard]] reactor::Task<Answer> events(Call& call);
  [[nodiscard]] reactor::Task<Answer> raise_marks(Call& call);

  [[nodiscard]] protocol::Parsed<protocol::SendMessageBody> parse_send(const Call& call);
  [[nodiscard]] reactor::Task<Answer> answer_duplicate(Call& call, protocol::MessageId id);
  [[nodiscard]] reactor::Task<reactor::Result<db::HistoryRequest>> history_request(
      protocol::ConversationId conversation_id, protocol::HistoryQuery query);

  const Services& services_;
};

}  // namespace ringtalk::app::rest
