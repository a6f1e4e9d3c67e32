#include "loadgen/options/option_table.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/protocol/bounds.h"
#include "loadgen/measure/payload.h"
#include "loadgen/measure/threshold.h"
#include "loadgen/options/option_values.h"
#include "loadgen/options/profile_names.h"

namespace ringtalk::loadgen {

namespace {

using namespace std::chrono_literals;
using Text = const std::string&;

constexpr std::uint32_t bit(Profile profile) {
  return 1U << static_cast<unsigned>(profile);
}

constexpr std::uint32_t kAll = (1U << kProfileCount) - 1;
constexpr std::uint32_t kConnectOnly = bit(Profile::kConnect);
constexpr std::uint32_t kIdleOnly = bit(Profile::kIdle);
constexpr std::uint32_t kMvpOnly = bit(Profile::kMvp);
constexpr std::uint32_t kRated = kAll & ~kIdleOnly & ~kMvpOnly;
constexpr std::uint32_t kWriting = kAll & ~kConnectOnly & ~kIdleOnly;
constexpr std::uint32_t kLooped = kRated & ~kConnectOnly;
constexpr std::uint32_t kSearched = bit(Profile::kConnect) | bit(Profile::kSend) |
                                    bit(Profile::kFanOut) | bit(Profile::kMixed) |
                                    bit(Profile::kRest) | bit(Profile::kHistory);
constexpr std::uint32_t kGrouped = kAll & ~kConnectOnly & ~bit(Profile::kSend);
constexpr std::uint32_t kWithSenders = bit(Profile::kSend) | bit(Profile::kFanOut) |
                                       bit(Profile::kReconnect) | bit(Profile::kSlowReader);

// Into the plan's member, or the fault.
template <class T, class Value>
Applied put(T& member, std::expected<Value, std::string> value) {
  if (!value) return std::unexpected(std::move(value.error()));
  member = static_cast<T>(std::move(*value));
  return {};
}

Applied put_path(std::string& member, Text text) {
  if (text.empty()) return std::unexpected("the name of a file is wanted");
  member = text;
  return {};
}

constexpr Bounds<std::uint64_t> kManyBounds{.min = 1, .max = 1'000'000};
constexpr std::string_view kMany = "1 to 1000000";

template <std::uint32_t Plan::* kMember, std::uint64_t kMax = kManyBounds.max>
Applied count_into(Plan& plan, Text text) {
  return put(plan.*kMember, read_count(text, {.min = 1, .max = kMax}));
}

template <std::chrono::nanoseconds Plan::* kMember, std::int64_t kMinMs, std::int64_t kMaxHours>
Applied time_into(Plan& plan, Text text) {
  return put(plan.*kMember, read_time(text, {.min = std::chrono::milliseconds(kMinMs),
                                             .max = std::chrono::hours(kMaxHours)}));
}

Applied apply_backend(Plan& plan, Text text) {
  if (text != "auto" && text != "io_uring" && text != "epoll")
    return std::unexpected(fmt::format("\"{}\" is none", text));
  plan.backend = text;
  return {};
}

Applied apply_verify(Plan& plan, Text text) {
  if (text != "all" && text != "sample")
    return std::unexpected(fmt::format("\"{}\" is none", text));
  plan.verifies_all = text == "all";
  return {};
}

Applied apply_threshold(Plan& plan, Text text) {
  const auto threshold = parse_threshold(text);
  if (!threshold)
    return std::unexpected(fmt::format("'{}': at character {}: {}", text,
                                       threshold.error().position + 1, threshold.error().words));
  plan.thresholds.push_back(text);
  return {};
}

Applied apply_find_max(Plan& plan, Text text) {
  const auto threshold = parse_threshold(text, words_of(plan.profile).default_series);
  if (!threshold)
    return std::unexpected(fmt::format("'{}': at character {}: {}", text,
                                       threshold.error().position + 1, threshold.error().words));
  plan.find_max = text;
  return {};
}

Applied apply_html(Plan& plan, Text text) {
  if (text == "-") return std::unexpected("a page does not go to standard output; name a file");
  return put_path(plan.html_path, text);
}

// In the order in which help shows them.
constexpr std::array kOptions{
    Option{"url", "URL", "the server (default http://127.0.0.1:8080)", "", kAll, false,
           [](Plan& plan, Text text) { return put(plan.url, read_url(text)); }},
    Option{"for", "TIME", "the measured time (default 10s)", "100ms to 7d", kAll, false,
           time_into<&Plan::duration, 100, 168>},
    Option{"warmup", "TIME", "traffic before that (default 2s)", "0s to 1h", kAll, false,
           time_into<&Plan::warmup, 0, 1>},
    Option{"ramp", "TIME", "the rate rises for so long, before the warm-up", "0s to 1h", kRated,
           false, time_into<&Plan::ramp, 0, 1>},
    Option{"rate", "N", "* a second in all", "0.01 to 10000000", kRated, false,
           [](Plan& plan, Text text) {
             return put(plan.rate, read_rate(text, {.min = 0.01, .max = 1e7}));
           }},
    Option{"closed", "", "closed loop: the next one only after the answer", "", kLooped, false,
           [](Plan& plan, Text) -> Applied {
             plan.is_closed_loop = true;
             return {};
           }},
    Option{"in-flight", "N", "closed loop: of each sender", "1 to 10000", kLooped, false,
           count_into<&Plan::in_flight, 10'000>},
    Option{"find-max", "COND", "search the highest rate at which this holds", "", kSearched, false,
           apply_find_max},
    Option{"day-factor", "N", "how much faster than a day (default 1)", "0.1 to 10000", kMvpOnly,
           false,
           [](Plan& plan, Text text) {
             return put(plan.day_factor, read_rate(text, {.min = 0.1, .max = 1e4}));
           }},
    Option{"drop-rate", "N", "connections a second that drop", "0.01 to 100000",
           bit(Profile::kReconnect), false,
           [](Plan& plan, Text text) {
             return put(plan.drop_rate, read_rate(text, {.min = 0.01, .max = 1e5}));
           }},
    Option{"users", "N", "", kMany, kAll, false, count_into<&Plan::users>},
    Option{"connected", "N", "of the users", kMany, kMvpOnly, false, count_into<&Plan::connected>},
    Option{"senders", "N", "who write", kMany, kWithSenders, false, count_into<&Plan::senders>},
    Option{"conversations", "N", "", kMany, kGrouped, false, count_into<&Plan::conversations>},
    Option{"members", "N", "in each conversation", "1 to 100000", kGrouped, false,
           count_into<&Plan::members, 100'000>},
    Option{"messages", "N", "in each conversation, made before", kMany, bit(Profile::kHistory),
           false, count_into<&Plan::messages>},
    Option{"payload", "SIZE", "of a message (default 64)", "64 to 4KiB", kWriting, false,
           [](Plan& plan, Text text) {
             return put(plan.payload_bytes, read_size(text, {.min = kPayloadBytesMin,
                                                             .max = app::protocol::kContentMax}));
           }},
    Option{"seed", "N", "the same seed makes the same traffic (default 1)", "", kAll, false,
           [](Plan& plan, Text text) {
             return put(plan.seed, read_count(text, {.min = 0, .max = ~std::uint64_t{0}}));
           }},
    Option{"threads", "N", "of the generator (default 1)", "1 to 256", kAll, false,
           count_into<&Plan::threads, 256>},
    Option{"backend", "NAME", "(default auto)", "auto, io_uring, epoll", kAll, false,
           apply_backend},
    Option{"source-ips", "LIST", "own addresses, for more than 28,000 sockets", "up to 256", kAll,
           false, [](Plan& plan, Text text) { return put(plan.source_ips, read_addresses(text)); }},
    Option{"verify", "WHICH", "whole frames are read of (default all)", "all, sample", kWriting,
           false, apply_verify},
    Option{"threshold", "COND", "exit 99 unless this holds; may be repeated", "", kAll, true,
           apply_threshold},
    Option{"json", "FILE", "write the report as JSON (- is standard output)", "", kAll, false,
           [](Plan& plan, Text text) { return put_path(plan.json_path, text); }},
    Option{"csv", "FILE", "write a row for each second (- is standard output)", "", kAll, false,
           [](Plan& plan, Text text) { return put_path(plan.csv_path, text); }},
    Option{"html", "FILE", "write a page with plots", "", kAll, false, apply_html},
};

}  // namespace

std::span<const Option> option_table() {
  return kOptions;
}

Applied check_together(const Plan& plan, bool has_rate, bool has_in_flight) {
  if (plan.is_closed_loop && has_rate)
    return std::unexpected(
        "--closed: a closed loop has no --rate; its load is --in-flight and the senders");
  if (plan.is_closed_loop && plan.find_max)
    return std::unexpected("--find-max: searches a rate, which --closed has not; leave one out");
  if (!plan.is_closed_loop && has_in_flight)
    return std::unexpected("--in-flight: only a closed loop has it; add --closed or leave it out");
  if (plan.json_path == "-" && plan.csv_path == "-")
    return std::unexpected("--csv: standard output is taken by --json; name a file");
  return {};
}

}  // namespace ringtalk::loadgen
