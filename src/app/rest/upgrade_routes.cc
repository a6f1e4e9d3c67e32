#include "app/rest/upgrade_routes.h"

#include "app/rest/failures.h"

namespace ringtalk::app::rest {

void UpgradeRoutes::add_to(Routes& routes) {
  const Handler handler = Handler::of<&UpgradeRoutes::ask_for_upgrade>(*this);
  routes.add(http::Method::kGet, "/v1/ws", handler, {});
  routes.add(http::Method::kGet, "/ws/{conversationId}", handler, {});
}

reactor::Task<Answer> UpgradeRoutes::ask_for_upgrade(Call&) {
  co_return refusal(protocol::ErrorCode::kUpgradeRequired);
}

}  // namespace ringtalk::app::rest
