#include "loadgen/profiles/writers.h"

#include <algorithm>

namespace ringtalk::loadgen {

WriterDriver::WriterDriver(Station& station, const std::vector<Writer>& writers)
    : station_(station) {
  std::ranges::copy_if(writers, std::back_inserter(writers_),
                       [&](const Writer& writer) { return station.owns(writer.user); });
  if (!writers.empty()) {
    share_ = static_cast<double>(writers_.size()) / static_cast<double>(writers.size());
  }
}

std::uint32_t WriterDriver::lanes() const {
  return static_cast<std::uint32_t>(writers_.size()) * station_.plan().in_flight;
}

void WriterDriver::act(reactor::TimePoint intended, Lane lane) {
  const std::uint32_t chosen =
      lane == kNoLane ? station_.random().below(static_cast<std::uint32_t>(writers_.size()))
                      : lane / station_.plan().in_flight;
  const Writer& writer = writers_[chosen];
  Client& client = *station_.client_of(writer.user);
  const auto place = client.place_in(writer.conversation);
  if (!client.send(*place, intended, lane)) station_.finish_act(lane, false);
}

}  // namespace ringtalk::loadgen
