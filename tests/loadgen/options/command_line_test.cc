#include "loadgen/options/command_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "loadgen/options/option_table.h"
#include "loadgen/options/profile_names.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

Plan plan_of(const Arguments& arguments) {
  const auto command = read_command_line(arguments);
  EXPECT_TRUE(command.has_value()) << command.error();
  if (!command || !std::holds_alternative<Plan>(*command)) return {};
  return std::get<Plan>(*command);
}

std::string error_of(const Arguments& arguments) {
  const auto command = read_command_line(arguments);
  return command ? "understood" : command.error();
}

TEST(CommandLine, a_profile_alone_is_a_plan_with_defaults) {
  for (const ProfileWords& profile : profiles()) {
    const Plan plan = plan_of({std::string(profile.name)});
    EXPECT_EQ(plan.profile, profile.profile);
    EXPECT_EQ(plan.url, "http://127.0.0.1:8080");
    EXPECT_EQ(plan.duration, 10s);
    EXPECT_EQ(plan.warmup, 2s);
    EXPECT_FALSE(plan.is_closed_loop);
    EXPECT_TRUE(plan.verifies_all);
  }
}

TEST(CommandLine, every_option_gets_into_the_plan) {
  const Plan plan = plan_of({"fanout",      "--url",      "http://chat:1",   "--for=30s",
                             "--warmup",    "500ms",      "--ramp",          "5min",
                             "--rate",      "12.5",       "--users",         "101",
                             "--senders",   "3",          "--conversations", "7",
                             "--members",   "100",        "--payload",       "1KiB",
                             "--seed",      "9",          "--threads",       "4",
                             "--backend",   "epoll",      "--source-ips",    "127.0.0.2,127.0.0.3",
                             "--verify",    "sample",     "--threshold",     "lost=0",
                             "--threshold", "ack.p99<1s", "--find-max",      "p99<20ms",
                             "--json",      "-",          "--csv",           "a.csv",
                             "--html",      "a.html"});
  EXPECT_EQ(plan.url, "http://chat:1");
  EXPECT_EQ(plan.duration, 30s);
  EXPECT_EQ(plan.warmup, 500ms);
  EXPECT_EQ(plan.ramp, 5min);
  EXPECT_EQ(plan.rate, 12.5);
  EXPECT_EQ(plan.users, 101u);
  EXPECT_EQ(plan.senders, 3u);
  EXPECT_EQ(plan.conversations, 7u);
  EXPECT_EQ(plan.members, 100u);
  EXPECT_EQ(plan.payload_bytes, 1'024u);
  EXPECT_EQ(plan.seed, 9u);
  EXPECT_EQ(plan.threads, 4u);
  EXPECT_EQ(plan.backend, "epoll");
  EXPECT_EQ(plan.source_ips, (Arguments{"127.0.0.2", "127.0.0.3"}));
  EXPECT_FALSE(plan.verifies_all);
  EXPECT_EQ(plan.thresholds, (Arguments{"lost=0", "ack.p99<1s"}));
  EXPECT_EQ(plan.find_max, "p99<20ms");
  EXPECT_EQ(plan.json_path, "-");
  EXPECT_EQ(plan.csv_path, "a.csv");
  EXPECT_EQ(plan.html_path, "a.html");
  EXPECT_EQ(plan_of({"send", "--closed", "--in-flight", "8"}).in_flight, 8u);
  EXPECT_TRUE(plan_of({"send", "--closed"}).is_closed_loop);
  EXPECT_EQ(plan_of({"mvp", "--day-factor", "24"}).day_factor, 24);
  EXPECT_EQ(plan_of({"mvp", "--connected", "50"}).connected, 50u);
  EXPECT_EQ(plan_of({"history", "--messages", "60"}).messages, 60u);
  EXPECT_EQ(plan_of({"reconnect", "--drop-rate", "2.5"}).drop_rate, 2.5);
}

struct Bound {
  std::string_view profile, option;
  Arguments good, bad;
};

TEST(CommandLine, bounds_hold_at_their_ends_and_not_one_past_them) {
  const std::vector<Bound> bounds{
      {"send", "for", {"100ms", "7d"}, {"99ms", "169h", "0s", "10", ""}},
      {"send", "warmup", {"0s", "1h"}, {"61min", "-1s"}},
      {"send", "ramp", {"0s", "1h"}, {"61min"}},
      {"send", "rate", {"0.01", "10000000"}, {"0.009", "10000001", "0", "1e3"}},
      {"send", "users", {"1", "1000000"}, {"0", "1000001", "many"}},
      {"send", "senders", {"1", "1000000"}, {"0", "1000001"}},
      {"fanout", "conversations", {"1", "1000000"}, {"0", "1000001"}},
      {"fanout", "members", {"1", "100000"}, {"0", "100001"}},
      {"history", "messages", {"1", "1000000"}, {"0", "1000001"}},
      {"mvp", "connected", {"1", "1000000"}, {"0", "1000001"}},
      {"mvp", "day-factor", {"0.1", "10000"}, {"0.09", "10001"}},
      {"reconnect", "drop-rate", {"0.01", "100000"}, {"0.009", "100001"}},
      {"send", "payload", {"64", "4KiB"}, {"63", "4097"}},
      {"send", "seed", {"0", "18446744073709551615"}, {"18446744073709551616", "-1"}},
      {"send", "threads", {"1", "256"}, {"0", "257"}},
      {"send", "backend", {"auto", "io_uring", "epoll"}, {"select", ""}},
      {"send", "verify", {"all", "sample"}, {"none"}},
      {"send", "source-ips", {"127.0.0.2"}, {"localhost"}},
      {"send", "url", {"https://x"}, {"x"}},
      {"send", "threshold", {"lost=0"}, {"lost", "lots=0"}},
      {"send", "find-max", {"p99<1s", "deliver.p50<1s"}, {"99<1s"}},
      {"send", "json", {"-", "a.json"}, {""}},
      {"send", "csv", {"-", "a.csv"}, {""}},
      {"send", "html", {"a.html"}, {"-", ""}},
  };
  const auto with = [](const Bound& bound, const std::string& value) {
    return Arguments{std::string(bound.profile), fmt::format("--{}", bound.option), value};
  };
  for (const Bound& bound : bounds) {
    for (const std::string& good : bound.good)
      EXPECT_EQ(error_of(with(bound, good)), "understood") << bound.option << good;
    for (const std::string& bad : bound.bad)
      EXPECT_NE(error_of(with(bound, bad)).find(fmt::format("--{}", bound.option)),
                std::string::npos)
          << bad << ": " << error_of(with(bound, bad));
  }
  EXPECT_EQ(error_of({"send", "--closed", "--in-flight", "10000"}), "understood");
  EXPECT_NE(error_of({"send", "--closed", "--in-flight", "10001"}), "understood");
  EXPECT_NE(error_of({"send", "--closed", "--in-flight", "0"}), "understood");
  // Each option is in the list above, or has no bound.
  for (const Option& option : option_table())
    EXPECT_TRUE(std::ranges::find(bounds, option.name, &Bound::option) != bounds.end() ||
                option.name == "in-flight" || option.form.empty())
        << option.name;
}

TEST(CommandLine, errors_say_what_is_wrong_where_and_what_is_allowed) {
  EXPECT_EQ(error_of({"send", "--users", "0"}),
            "ringtalk-loadgen send: --users: 0 is out of bounds; allowed is 1 to 1000000\n"
            "ringtalk-loadgen send --help tells more.\n");
  EXPECT_EQ(error_of({"send", "--threshold", "ack.x<1s"}),
            "ringtalk-loadgen send: --threshold: 'ack.x<1s': at character 5: \"x\" is no "
            "statistic; allowed are p50, p99, p99.9 (any percentile), min, mean, max\n"
            "ringtalk-loadgen send --help tells more.\n");
  EXPECT_EQ(error_of({"sned"}),
            "ringtalk-loadgen: \"sned\" is no profile; there are connect, idle, send, fanout, "
            "mixed, rest, history, reconnect, slow-reader, soak, mvp, and report, compare.\n"
            "ringtalk-loadgen --help tells more.\n");
}

TEST(CommandLine, refuses_what_does_not_belong) {
  for (const auto& [arguments, words] : std::vector<std::pair<Arguments, std::string>>{
           {{"send", "--members", "5"}, "no option --members here"},
           {{"send", "--bogus=1"}, "no option --bogus here"},
           {{"mvp", "--rate", "5"}, "no option --rate here"},
           {{"idle", "--closed"}, "no option --closed here"},
           {{"send", "extra"}, "\"extra\" is one word too many"},
           {{"send", "--rate"}, "--rate"},
           {{"send", "--rate", "--closed"}, "--rate"},
           {{"send", "--rate", "5", "--rate", "6"}, "--rate: is there twice"},
           {{"send", "--closed", "--rate", "5"}, "a closed loop has no --rate"},
           {{"send", "--closed", "--find-max", "p99<1s"}, "which --closed has not"},
           {{"send", "--in-flight", "2"}, "add --closed"},
           {{"send", "--json", "-", "--csv", "-"}, "taken by --json"},
           {{}, "a profile is wanted"}})
    EXPECT_NE(error_of(arguments).find(words), std::string::npos) << error_of(arguments);
}

TEST(CommandLine, help_and_version_are_printed) {
  const auto print = [](const Arguments& arguments) {
    const auto command = read_command_line(arguments);
    return command && std::holds_alternative<PrintCommand>(*command)
               ? std::get<PrintCommand>(*command).text
               : "not printed";
  };
  EXPECT_EQ(print({"--help"}), help_text());
  EXPECT_EQ(print({"help"}), help_text());
  EXPECT_EQ(print({"send", "-h", "--rate", "0"}), help_text(Profile::kSend));
  EXPECT_EQ(print({"report", "--help"}), report_help_text());
  EXPECT_EQ(print({"compare", "--help"}), compare_help_text());
  EXPECT_TRUE(print({"--version"}).starts_with("ringtalk-loadgen "));
}

TEST(CommandLine, report_takes_files) {
  const auto command =
      read_command_line(Arguments{"report", "a.json", "b.json", "--html", "out.html"});
  ASSERT_TRUE(command.has_value());
  const auto& report = std::get<ReportCommand>(*command);
  EXPECT_EQ(report.files, (Arguments{"a.json", "b.json"}));
  EXPECT_EQ(report.html_path, "out.html");
  EXPECT_NE(error_of({"report"}).find("which report?"), std::string::npos);
  EXPECT_NE(error_of({"report", "a", "b", "--csv", "-"}).find("one report only"),
            std::string::npos);
  EXPECT_EQ(error_of({"report", "a", "--csv", "-"}), "understood");
  EXPECT_NE(error_of({"report", "a", "--html", "-"}).find("--html"), std::string::npos);
  EXPECT_NE(error_of({"report", "a", "--rate", "5"}).find("no option --rate"), std::string::npos);
}

TEST(CommandLine, compare_takes_two_files) {
  const auto command =
      read_command_line(Arguments{"compare", "a.json", "--fail-if", "ack.p99>+10%", "b.json",
                                  "--fail-if", "acked.rate<-5%", "--anyway"});
  ASSERT_TRUE(command.has_value());
  const auto& compare = std::get<CompareCommand>(*command);
  EXPECT_EQ(compare.before, "a.json");
  EXPECT_EQ(compare.after, "b.json");
  EXPECT_EQ(compare.fail_if, (Arguments{"ack.p99>+10%", "acked.rate<-5%"}));
  EXPECT_TRUE(compare.compares_anyway);
  EXPECT_NE(error_of({"compare", "a"}).find("two reports are compared, and 1 is named"),
            std::string::npos);
  EXPECT_NE(error_of({"compare", "a", "b", "c"}).find("3 are named"), std::string::npos);
}

}  // namespace
}  // namespace ringtalk::loadgen
