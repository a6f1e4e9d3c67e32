// Of a report all is read that judging, showing and comparing need; what is derived from the rest
// (rates, percentiles of histograms, the verdict) is made anew.
#include <simdjson.h>

#include <string>
#include <utility>

#include <fmt/format.h>

#include "loadgen/output/json_report.h"

namespace ringtalk::loadgen {

namespace {

using Element = simdjson::dom::element;

// Notes the first fault, with its path, and goes on with zeros: the caller looks once at the end.
class Reader {
 public:
  explicit Reader(Element element) : element_(element) {}

  [[nodiscard]] Element at(const std::string& path, std::string_view name) {
    return at(element_, path, name);
  }
  Element at(Element parent, const std::string& path, std::string_view name) {
    Element child;
    if (parent[name].get(child) != simdjson::SUCCESS) {
      fail(path + std::string(name), "is missing");
      return {};
    }
    return child;
  }

  template <class T>
  void read(Element parent, const std::string& path, std::string_view name, T& into) {
    if (has_failed()) return;
    const Element child = at(parent, path, name);
    if (!has_failed()) take(child, path + std::string(name), into);
  }

  void take(Element element, const std::string& path, std::string& into) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return fail(path, "is no text");
    into = text;
  }
  void take(Element element, const std::string& path, bool& into) {
    if (element.get(into) != simdjson::SUCCESS) fail(path, "is neither true nor false");
  }
  void take(Element element, const std::string& path, std::uint64_t& into) {
    if (element.get(into) != simdjson::SUCCESS) fail(path, "is no count");
  }
  void take(Element element, const std::string& path, std::int64_t& into) {
    if (element.get(into) != simdjson::SUCCESS) fail(path, "is no whole number");
  }
  void take(Element element, const std::string& path, std::uint32_t& into) {
    std::uint64_t wide = 0;
    take(element, path, wide);
    if (wide > ~std::uint32_t{0}) fail(path, "is too large");
    into = static_cast<std::uint32_t>(wide);
  }
  void take(Element element, const std::string& path, double& into) {
    if (element.get(into) != simdjson::SUCCESS) fail(path, "is no number");
  }
  void take(Element element, const std::string& path, std::chrono::nanoseconds& into) {
    std::int64_t ns = 0;
    take(element, path, ns);
    if (ns < 0) fail(path, "is negative");
    into = std::chrono::nanoseconds(ns);
  }

  template <class Each>
  void each_member(Element parent, std::string_view name, Each each) {
    if (has_failed()) return;
    simdjson::dom::object object;
    const Element child = at(parent, "", name);
    if (has_failed()) return;
    if (child.get(object) != simdjson::SUCCESS) return fail(std::string(name), "is no object");
    for (const auto& [key, value] : object)
      if (!has_failed()) each(key, value, fmt::format("{}.{}", name, key));
  }
  template <class Each>
  void each_item(Element parent, const std::string& path, std::string_view name, Each each) {
    if (has_failed()) return;
    simdjson::dom::array array;
    const Element child = at(parent, path, name);
    if (has_failed()) return;
    if (child.get(array) != simdjson::SUCCESS) return fail(path + std::string(name), "is no list");
    std::size_t index = 0;
    for (const Element item : array) {
      if (has_failed()) return;
      each(item, fmt::format("{}{}[{}]", path, name, index++));
    }
  }

  void fail(std::string path, std::string_view what) {
    if (error_.empty()) error_ = fmt::format("{}: {}", path, what);
  }
  [[nodiscard]] bool has_failed() const { return !error_.empty(); }
  [[nodiscard]] std::string& error() { return error_; }

 private:
  Element element_;
  std::string error_;
};

void read_counters(Reader& reader, Element parent, const std::string& path,
                   std::array<std::uint64_t, kCounterCount>& counters) {
  if (reader.has_failed()) return;
  const Element element = reader.at(parent, path, "counters");
  for (std::size_t index = 0; index < kCounterCount && !reader.has_failed(); ++index)
    reader.read(element, path + "counters.", name_of(static_cast<Counter>(index)), counters[index]);
}

Histogram read_histogram(Reader& reader, Element element, const std::string& path) {
  Histogram::Parts parts{};
  reader.read(element, path, "minNs", parts.min);
  reader.read(element, path, "maxNs", parts.max);
  reader.read(element, path, "sumNs", parts.sum_ns);
  reader.each_item(element, path, "buckets", [&](Element item, const std::string& place) {
    Histogram::Bucket bucket{};
    Element up_to, count;
    if (item.at(0).get(up_to) != simdjson::SUCCESS || item.at(1).get(count) != simdjson::SUCCESS)
      return reader.fail(place, "is no pair of a bound and a count");
    reader.take(up_to, place, bucket.up_to);
    reader.take(count, place, bucket.count);
    parts.buckets.push_back(bucket);
  });
  return Histogram::from_parts(parts);
}

void read_latency(Reader& reader, Element root, Tally& total) {
  for (std::size_t index = 0; index < kSeriesCount && !reader.has_failed(); ++index) {
    const std::string_view name = name_of(static_cast<Series>(index));
    Element element;
    if (root["latency"][name].get(element) != simdjson::SUCCESS) continue;  // had no values
    total.series[index] = read_histogram(reader, element, fmt::format("latency.{}.", name));
  }
}

void read_percentiles(Reader& reader, Element second, const std::string& path,
                      std::string_view name, Percentiles& into) {
  Element element;
  if (second[name].get(element) != simdjson::SUCCESS) return;
  const std::string inner = fmt::format("{}{}.", path, name);
  reader.read(element, inner, "p50Ns", into.p50);
  reader.read(element, inner, "p90Ns", into.p90);
  reader.read(element, inner, "p99Ns", into.p99);
  reader.read(element, inner, "p999Ns", into.p999);
  reader.read(element, inner, "maxNs", into.max);
}

void read_seconds(Reader& reader, Element root, std::vector<Second>& seconds) {
  reader.each_item(root, "", "seconds", [&](Element item, std::string path) {
    path += '.';
    Second& second = seconds.emplace_back();
    reader.read(item, path, "second", second.second);
    reader.read(item, path, "warmup", second.is_warmup);
    read_counters(reader, item, path, second.counters);
    read_percentiles(reader, item, path, "ack", second.ack);
    read_percentiles(reader, item, path, "deliver", second.deliver);
    read_percentiles(reader, item, path, "request", second.request);
    read_percentiles(reader, item, path, "lag", second.lag);
    reader.read(item, path, "connections", second.connections);
    reader.read(item, path, "generatorCpu", second.generator_cpu);
  });
}

void read_environment(Reader& reader, Element root, Environment& into) {
  const Element element = reader.at(root, "", "environment");
  const std::string path = "environment.";
  reader.read(element, path, "version", into.version);
  reader.read(element, path, "commandLine", into.command_line);
  reader.read(element, path, "startedAt", into.started_at);
  reader.read(element, path, "host", into.host);
  reader.read(element, path, "cpu", into.cpu);
  reader.read(element, path, "kernel", into.kernel);
  reader.read(element, path, "cores", into.cores);
}

void read_accounts(Reader& reader, Element root, Accounts& into) {
  if (reader.has_failed()) return;
  const Element element = reader.at(root, "", "accounts");
  const std::string path = "accounts.";
  reader.read(element, path, "expected", into.expected);
  reader.read(element, path, "delivered", into.delivered);
  reader.read(element, path, "lost", into.lost);
  reader.read(element, path, "doubled", into.doubled);
  reader.read(element, path, "reordered", into.reordered);
  reader.read(element, path, "holes", into.holes);
  reader.read(element, path, "unchecked", into.unchecked);
}

void read_generator(Reader& reader, Element root, Generator& into) {
  if (reader.has_failed()) return;
  const Element element = reader.at(root, "", "generator");
  const std::string path = "generator.";
  reader.read(element, path, "threads", into.threads);
  reader.read(element, path, "backend", into.backend);
  reader.read(element, path, "receiveMethod", into.receive_method);
  reader.read(element, path, "cpuOfBusiestThread", into.cpu_of_busiest_thread);
  reader.read(element, path, "cpuTotal", into.cpu_total);
}

void read_texts(Reader& reader, Element root, std::string_view name,
                std::vector<std::string>& into) {
  reader.each_item(root, "", name, [&](Element item, const std::string& path) {
    reader.take(item, path, into.emplace_back());
  });
}

void read_plan(Reader& reader, Element root, RunResult& result) {
  reader.read(root, "", "profile", result.profile);
  reader.read(root, "", "url", result.url);
  std::string loop;
  reader.read(root, "", "loop", loop);
  if (loop != "open" && loop != "closed") reader.fail("loop", "is neither open nor closed");
  result.is_closed_loop = loop == "closed";
  double seconds = 0;
  reader.read(root, "", "measuredSeconds", seconds);
  if (!(seconds >= 0 && seconds < 1e9)) reader.fail("measuredSeconds", "is out of bounds");
  if (!reader.has_failed()) result.measured = std::chrono::nanoseconds(std::llround(seconds * 1e9));
  reader.read(root, "", "wantedRate", result.wanted_rate);
  reader.read(root, "", "wanted", result.wanted);
  reader.each_member(root, "options", [&](auto key, Element value, const std::string& path) {
    reader.take(value, path, result.options[std::string(key)]);
  });
}

void read_judgements(Reader& reader, Element root, RunResult& result) {
  read_texts(reader, root, "findings", result.findings);
  read_texts(reader, root, "invalidBecause", result.invalid_because);
  reader.each_item(root, "", "thresholds", [&](Element item, std::string path) {
    path += '.';
    ThresholdOutcome& outcome = result.thresholds.emplace_back();
    reader.read(item, path, "text", outcome.text);
    reader.read(item, path, "measured", outcome.measured);
    reader.read(item, path, "held", outcome.held);
  });
  reader.read(root, "", "interrupted", result.was_interrupted);
  reader.each_member(root, "errors", [&](auto key, Element value, const std::string& path) {
    reader.take(value, path, result.errors[std::string(key)]);
  });
  reader.each_member(root, "figures", [&](auto key, Element value, const std::string& path) {
    reader.take(value, path, result.figures[std::string(key)]);
  });
}

}  // namespace

std::expected<RunResult, std::string> read_json_report(std::string_view json) {
  simdjson::dom::parser parser;
  Element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root))
    return std::unexpected(fmt::format("is no JSON: {}", simdjson::error_message(error)));
  std::string_view schema;
  if (root["schema"].get(schema) != simdjson::SUCCESS)
    return std::unexpected("schema: is missing; is it a report of ringtalk-loadgen --json?");
  if (schema != kReportSchema)
    return std::unexpected(
        fmt::format("schema: \"{}\" is not known; this reads \"{}\"", schema, kReportSchema));
  Reader reader(root);
  RunResult result;
  read_plan(reader, root, result);
  if (!reader.has_failed()) read_environment(reader, root, result.environment);
  read_counters(reader, root, "", result.total.counters);
  read_latency(reader, root, result.total);
  read_accounts(reader, root, result.accounts);
  read_generator(reader, root, result.generator);
  read_judgements(reader, root, result);
  read_seconds(reader, root, result.seconds);
  if (reader.has_failed()) return std::unexpected(std::move(reader.error()));
  return result;
}

}  // namespace ringtalk::loadgen
