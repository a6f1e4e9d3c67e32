// GET /metrics: asks every shard for its figures and shows their sum to Prometheus. Owned by the
// Api; the shard's thread.
#pragma once

#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class MetricsRoute {
 public:
  explicit MetricsRoute(const Services& services) : services_(services) {}

  void add_to(Routes& routes);

 private:
  [[nodiscard]] reactor::Task<Answer> get(Call& call);

  const Services& services_;
};

}  // namespace ringtalk::app::rest
