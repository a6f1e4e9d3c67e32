#include "app/rest/metrics_route.h"

#include <optional>
#include <utility>

#include "app/metrics/exposition.h"
#include "app/metrics/shard_figures.h"

namespace ringtalk::app::rest {

using reactor::Task;

void MetricsRoute::add_to(Routes& routes) {
  RouteRules rules = kPublicRules;
  rules.is_quiet = true;
  routes.add(http::Method::kGet, "/metrics", Handler::of<&MetricsRoute::get>(*this), rules);
}

Task<Answer> MetricsRoute::get(Call&) {
  std::optional<metrics::ShardFigures> sum;
  for (std::size_t shard = 0; shard < services_.directory.size(); ++shard) {
    const auto read = [](ShardPort& port) { return metrics::read_shard(port); };
    auto figures = co_await services_.directory.ask(services_.reactor, shard, read);
    if (sum) {
      sum->add(figures);
    } else {
      sum = std::move(figures);
    }
  }
  http::Response response;
  response.headers.add("Content-Type", metrics::kExpositionType);
  response.headers.add("Cache-Control", "no-store");
  metrics::append_exposition(
      response.body, *sum,
      {.version = RINGTALK_VERSION,
       .backend = services_.reactor.backend().name(),
       .shards = services_.directory.size(),
       .worker_jobs_waiting = services_.workers.waiting(),
       .log_events_dropped = services_.logger == nullptr ? 0 : services_.logger->dropped(),
       .process = metrics::read_process_figures()});
  co_return response;
}

}  // namespace ringtalk::app::rest
