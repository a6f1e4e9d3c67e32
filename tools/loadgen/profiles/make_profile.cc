#include <utility>

#include "loadgen/profiles/connect.h"
#include "loadgen/profiles/fan_out.h"
#include "loadgen/profiles/history.h"
#include "loadgen/profiles/idle.h"
#include "loadgen/profiles/mixed.h"
#include "loadgen/profiles/mvp.h"
#include "loadgen/profiles/reconnect.h"
#include "loadgen/profiles/rest.h"
#include "loadgen/profiles/send.h"
#include "loadgen/profiles/slow_reader.h"
#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

std::unique_ptr<TrafficProfile> make_profile(Profile profile) {
  switch (profile) {
    case Profile::kConnect:
      return std::make_unique<ConnectProfile>();
    case Profile::kIdle:
      return std::make_unique<IdleProfile>();
    case Profile::kSend:
      return std::make_unique<SendProfile>();
    case Profile::kFanOut:
      return std::make_unique<FanOutProfile>();
    case Profile::kMixed:
      return std::make_unique<MixedProfile>();
    case Profile::kRest:
      return std::make_unique<RestProfile>();
    case Profile::kHistory:
      return std::make_unique<HistoryProfile>();
    case Profile::kReconnect:
      return std::make_unique<ReconnectProfile>();
    case Profile::kSlowReader:
      return std::make_unique<SlowReaderProfile>();
    case Profile::kSoak:
      return std::make_unique<SoakProfile>();
    case Profile::kMvp:
      return std::make_unique<MvpProfile>();
  }
  std::unreachable();
}

}  // namespace ringtalk::loadgen
