#include "trace.h"

namespace ringtalk::sim {

void Trace::add(std::string&& text) {
  const std::string line = fmt::format("{:>9} {}", clock_.unix_milliseconds() % 100'000'000, text);
  for (const char byte : line) {
    hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;  // FNV-1a
  }
  lines_.push_back(line);
  if (lines_.size() > kLinesKept) lines_.pop_front();
}

}  // namespace ringtalk::sim
