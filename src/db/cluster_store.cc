#include "db/cluster_store.h"

namespace ringtalk::db {
namespace {

constexpr Statement kEpoch{"cluster_epoch", "SELECT epoch FROM cluster"};

}  // namespace

Answer<std::string> ClusterStore::epoch() {
  const auto results = co_await pool_.reader().run(Segment(kEpoch));
  if (!results) co_return std::unexpected(results.error());
  if (results->front().empty()) {
    co_return reactor::fail(reactor::ErrorKind::kProtocol, "the table cluster is empty");
  }
  co_return std::string(results->front().text({0, 0}));
}

}  // namespace ringtalk::db
