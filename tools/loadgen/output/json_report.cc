#include "loadgen/output/json_report.h"

#include <cmath>

#include <fmt/format.h>

#include "app/protocol/json_writer.h"
#include "loadgen/measure/validity.h"
#include "loadgen/output/verdict.h"

namespace ringtalk::loadgen {

namespace {

using app::protocol::JsonWriter;

// The shortest text that reads back as the same number.
void put(JsonWriter& json, std::string_view name, double value) {
  json.key(name);
  if (std::isfinite(value))
    json.raw(fmt::format("{}", value));
  else
    json.null();
}

void put(JsonWriter& json, std::string_view name, std::uint64_t value) {
  json.number(name, static_cast<std::int64_t>(value));
}

// Keys that others chose: the writer trusts its keys.
void put_key(JsonWriter& json, std::string_view name) {
  std::string quoted;
  app::protocol::append_json_text(quoted, name);
  json.key(std::string_view(quoted).substr(1, quoted.size() - 2));
}

void put_environment(JsonWriter& json, const Environment& environment) {
  json.key("environment").begin_object();
  json.text("version", environment.version);
  json.text("commandLine", environment.command_line);
  json.text("startedAt", environment.started_at);
  json.text("host", environment.host);
  json.text("cpu", environment.cpu);
  json.text("kernel", environment.kernel);
  json.number("cores", environment.cores);
  json.end_object();
}

void put_counters(JsonWriter& json, const std::array<std::uint64_t, kCounterCount>& counters) {
  json.key("counters").begin_object();
  for (std::size_t index = 0; index < kCounterCount; ++index)
    put(json, name_of(static_cast<Counter>(index)), counters[index]);
  json.end_object();
}

void put_histogram(JsonWriter& json, const Histogram& histogram) {
  const Histogram::Parts parts = histogram.parts();
  json.begin_object();
  put(json, "count", histogram.count());
  json.number("minNs", parts.min.count());
  put(json, "meanNs", parts.sum_ns / static_cast<double>(histogram.count()));
  for (const auto& [name, percent] : {std::pair{"p50Ns", 50.0},
                                      {"p90Ns", 90.0},
                                      {"p99Ns", 99.0},
                                      {"p999Ns", 99.9},
                                      {"p9999Ns", 99.99}})
    json.number(name, histogram.percentile(percent).count());
  json.number("maxNs", parts.max.count());
  put(json, "sumNs", parts.sum_ns);
  json.key("buckets").begin_array();
  for (const Histogram::Bucket& bucket : parts.buckets) {
    json.begin_array().number(bucket.up_to.count());
    json.number(static_cast<std::int64_t>(bucket.count)).end_array();
  }
  json.end_array();
  json.end_object();
}

void put_latency(JsonWriter& json, const Tally& total) {
  json.key("latency").begin_object();
  for (std::size_t index = 0; index < kSeriesCount; ++index) {
    if (total.series[index].count() == 0) continue;
    json.key(name_of(static_cast<Series>(index)));
    put_histogram(json, total.series[index]);
  }
  json.end_object();
}

void put_accounts(JsonWriter& json, const Accounts& accounts) {
  json.key("accounts").begin_object();
  put(json, "expected", accounts.expected);
  put(json, "delivered", accounts.delivered);
  put(json, "lost", accounts.lost);
  put(json, "doubled", accounts.doubled);
  put(json, "reordered", accounts.reordered);
  put(json, "holes", accounts.holes);
  put(json, "unchecked", accounts.unchecked);
  json.end_object();
}

void put_percentiles(JsonWriter& json, std::string_view name, const Percentiles& percentiles) {
  if (percentiles.max == std::chrono::nanoseconds{}) return;
  json.key(name).begin_object();
  json.number("p50Ns", percentiles.p50.count());
  json.number("p90Ns", percentiles.p90.count());
  json.number("p99Ns", percentiles.p99.count());
  json.number("p999Ns", percentiles.p999.count());
  json.number("maxNs", percentiles.max.count());
  json.end_object();
}

void put_second(JsonWriter& json, const Second& second) {
  json.begin_object();
  json.number("second", second.second);
  json.boolean("warmup", second.is_warmup);
  put_counters(json, second.counters);
  put_percentiles(json, "ack", second.ack);
  put_percentiles(json, "deliver", second.deliver);
  put_percentiles(json, "request", second.request);
  put_percentiles(json, "lag", second.lag);
  put(json, "connections", second.connections);
  put(json, "generatorCpu", second.generator_cpu);
  json.end_object();
}

void put_generator(JsonWriter& json, const Generator& generator) {
  json.key("generator").begin_object();
  json.number("threads", generator.threads);
  json.text("backend", generator.backend);
  json.text("receiveMethod", generator.receive_method);
  put(json, "cpuOfBusiestThread", generator.cpu_of_busiest_thread);
  put(json, "cpuTotal", generator.cpu_total);
  json.end_object();
}

void put_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void put_judgements(JsonWriter& json, const RunResult& result) {
  put_texts(json, "invalidBecause", result.invalid_because);
  json.key("thresholds").begin_array();
  for (const ThresholdOutcome& threshold : result.thresholds) {
    json.begin_object().text("text", threshold.text).text("measured", threshold.measured);
    json.boolean("held", threshold.held).end_object();
  }
  json.end_array();
  json.boolean("interrupted", result.was_interrupted);
}

void put_plan(JsonWriter& json, const RunResult& result) {
  json.text("profile", result.profile);
  json.text("url", result.url);
  json.text("loop", result.is_closed_loop ? "closed" : "open");
  json.key("options").begin_object();
  for (const auto& [name, value] : result.options) {
    put_key(json, name);
    json.text(value);
  }
  json.end_object();
  put(json, "measuredSeconds", std::chrono::duration<double>(result.measured).count());
  put(json, "wantedRate", result.wanted_rate);
  put(json, "wanted", result.wanted);
}

}  // namespace

std::string json_report(const RunResult& result) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.text("schema", kReportSchema);
  json.text("verdict", name_of(verdict_of(result)));
  json.number("exitCode", exit_code(result));
  put_plan(json, result);
  put_environment(json, result.environment);
  put_counters(json, result.total.counters);
  put_latency(json, result.total);
  json.key("errors").begin_object();
  for (const auto& [code, times] : result.errors) {
    put_key(json, code);
    json.number(static_cast<std::int64_t>(times));
  }
  json.end_object();
  put_accounts(json, result.accounts);
  put_texts(json, "findings", result.findings);
  put_generator(json, result.generator);
  put_judgements(json, result);
  json.key("figures").begin_object();
  for (const auto& [name, value] : result.figures) {
    if (!std::isfinite(value)) continue;
    put_key(json, name);
    json.raw(fmt::format("{}", value));
  }
  json.end_object();
  json.key("seconds").begin_array();
  for (const Second& second : result.seconds) put_second(json, second);
  json.end_array();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace ringtalk::loadgen
