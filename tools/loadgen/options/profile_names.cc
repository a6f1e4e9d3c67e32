#include "loadgen/options/profile_names.h"

#include <algorithm>

namespace ringtalk::loadgen {

namespace {

constexpr std::array<ProfileWords, kProfileCount> kProfiles{{
    {Profile::kConnect,
     "connect",
     "open connections at a rate",
     "connections",
     "ready",
     {"--rate 500 --users 5000", "--users 50000 --source-ips 127.0.0.2,127.0.0.3",
      "--find-max 'p99<50ms'"}},
    {Profile::kIdle,
     "idle",
     "hold connections and do nothing",
     "",
     "ready",
     {"--users 10000 --for 5min", "--threshold 'figure:bytes_per_connection<8192'"}},
    {Profile::kSend,
     "send",
     "messages in conversations of two",
     "messages",
     "ack",
     {"--rate 4000 --for 30s --threshold 'deliver.p99<25ms'", "--find-max 'p99<20ms'",
      "--closed --in-flight 4 --json closed.json"}},
    {Profile::kFanOut,
     "fanout",
     "one writes, many members are told",
     "messages",
     "deliver",
     {"--members 1000 --rate 20", "--conversations 10 --members 100 --rate 200",
      "--members 500 --find-max 'p99<50ms'"}},
    {Profile::kMixed,
     "mixed",
     "everything in everyday shares",
     "acts",
     "ack",
     {"--users 1000 --rate 2000 --for 1min --html mixed.html",
      "--threshold 'errors<0.1%' --threshold 'ack.p99<50ms'"}},
    {Profile::kRest,
     "rest",
     "REST calls in everyday shares",
     "requests",
     "request",
     {"--rate 1000 --for 30s", "--closed --users 64", "--find-max 'p99.9<100ms'"}},
    {Profile::kHistory,
     "history",
     "pages of history",
     "pages",
     "page",
     {"--messages 5000 --rate 500", "--users 100 --conversations 20 --rate 200"}},
    {Profile::kReconnect,
     "reconnect",
     "connections drop and resume under traffic",
     "messages",
     "resume",
     {"--rate 500 --drop-rate 20", "--drop-rate 200 --threshold 'resume.p99<1s'"}},
    {Profile::kSlowReader,
     "slow-reader",
     "some members do not read",
     "messages",
     "deliver",
     {"--members 100 --rate 400", "--threshold 'deliver.p99<50ms'"}},
    {Profile::kSoak,
     "soak",
     "mixed for long, with the server's memory watched",
     "acts",
     "ack",
     {"--for 8h --rate 300 --csv soak.csv --html soak.html",
      "--for 1h --threshold 'figure:server_rss_growth<50000000'"}},
    {Profile::kMvp,
     "mvp",
     "two million messages a day, shaped as a day",
     "",
     "ack",
     {"--for 1d", "--day-factor 24 --for 1h --html day.html",
      "--day-factor 144 --for 10min --threshold 'ack.p99<50ms'"}},
}};

}  // namespace

const std::array<ProfileWords, kProfileCount>& profiles() {
  return kProfiles;
}

const ProfileWords& words_of(Profile profile) {
  return *std::ranges::find(profiles(), profile, &ProfileWords::profile);
}

std::string_view name_of(Profile profile) {
  return words_of(profile).name;
}

std::optional<Profile> profile_named(std::string_view name) {
  const auto* const found = std::ranges::find(profiles(), name, &ProfileWords::name);
  return found == profiles().end() ? std::nullopt : std::optional(found->profile);
}

}  // namespace ringtalk::loadgen
