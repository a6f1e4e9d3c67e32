// /v1/conversations and below, but for the log itself: making, listing, showing and renaming
// conversations, and their members. Each change is an event of the log, published to who listens
// before the answer leaves. Owned by the Api; the shard's thread.
#pragma once

#include "app/protocol/request_bodies.h"
#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class ConversationsRoutes {
 public:
  explicit ConversationsRoutes(const Services& services) : services_(services) {}

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> create(Call& call);
  [[nodiscard]] reactor::Task<Answer> list(Call& call);
  [[nodiscard]] reactor::Task<Answer> get(Call& call);
  [[nodiscard]] reactor::Task<Answer> rename(Call& call);
  [[nodiscard]] reactor::Task<Answer> add_members(Call& call);
  [[nodiscard]] reactor::Task<Answer> remove_member(Call& call);

  [[nodiscard]] reactor::Task<reactor::Result<db::CreateResult>> store_new(
      protocol::CreateConversationBody body, protocol::UserId creator);
  /// Publishes the event of a change, or says what stood in its way.
  [[nodiscard]] std::optional<protocol::Problem> settle(
      const Call& call, const reactor::Result<db::ChangeResult>& change);

  const Services& services_;
};

}  // namespace ringtalk::app::rest
