// /healthz, /livez and /readyz, for whoever supervises the server: the first two say that it runs,
// the last whether it can do its work (the database is there, and it is not about to stop). Owned
// by the Api; the shard's thread.
#pragma once

#include "app/rest/call.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"

namespace ringtalk::app::rest {

class HealthRoutes {
 public:
  explicit HealthRoutes(const Services& services) : services_(services) {}

  void add_to(Routes& routes);
  void drain() { is_draining_ = true; }

 private:
  [[nodiscard]] reactor::Task<Answer> is_alive(Call& call);
  [[nodiscard]] reactor::Task<Answer> is_ready(Call& call);
  [[nodiscard]] reactor::Task<bool> has_database();

  const Services& services_;
  bool is_draining_ = false;
};

}  // namespace ringtalk::app::rest
