// GET /v1/ws and /ws/{conversationId} by somebody who does not ask for a WebSocket: 426. Upgrades
// themselves never come here, they leave HTTP before. Owned by the Api; the shard's thread.
#pragma once

#include "app/rest/call.h"
#include "app/rest/routes.h"

namespace ringtalk::app::rest {

class UpgradeRoutes {
 public:
  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> ask_for_upgrade(Call& call);
};

}  // namespace ringtalk::app::rest
