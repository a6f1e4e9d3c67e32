// The bare fan-out: waits for N sockets (bare_drain makes and reads them), then sends the same
// bytes to one after the other, round after round: one send() a delivery and nothing else. Sockets
// block, so the reader's pace is kept where it is the slower one. Prints one line of JSON.
//
//   bare_fan_out [--port 0] [--core -1] [--sockets 999] [--bytes 64] [--seconds 5]
#include <cstdio>
#include <vector>

#include "bare.h"

namespace {

using namespace ringtalk::bench::bare;

class FanOut {
 public:
  FanOut(int listener, long sockets, long bytes) : frame_(static_cast<std::size_t>(bytes), 'x') {
    for (long i = 0; i < sockets; ++i) sockets_.push_back(accept_from(listener));
  }

  /// Whole rounds until the time is over; the number of deliveries.
  long send_for(double seconds) const {
    const double end = seconds_now() + seconds;
    long deliveries = 0;
    while (seconds_now() < end) {
      for (const int socket : sockets_) {
        if (!send_all(socket, frame_.data(), frame_.size())) fail("a reader has gone");
      }
      deliveries += static_cast<long>(sockets_.size());
    }
    return deliveries;
  }

 private:
  std::string frame_;
  std::vector<int> sockets_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options(argc, argv);
  const long port = options.number("--port", {.otherwise = 0, .min = 0, .max = 65535});
  const long core = options.number("--core", {.otherwise = -1, .min = -1, .max = 1023});
  const long sockets = options.number("--sockets", {.otherwise = 999, .min = 1, .max = 15'000});
  const long bytes = options.number("--bytes", {.otherwise = 64, .min = 1, .max = 65'536});
  const long seconds = options.number("--seconds", {.otherwise = 5, .min = 1, .max = 3600});
  options.reject_others();
  pin_to_core(core);
  const FanOut fan_out(listen_on(port), sockets, bytes);
  fan_out.send_for(0.5);  // until buffers and caches are what they will be
  const double begun_at = seconds_now();
  const double cpu_before = cpu_seconds();
  const long deliveries = fan_out.send_for(static_cast<double>(seconds));
  const double cpu = cpu_seconds() - cpu_before;
  const double took = seconds_now() - begun_at;
  const auto each = static_cast<double>(deliveries);
  std::printf(
      "{\"deliveries\":%ld,\"deliveriesPerSecond\":%.0f,\"nanosecondsEach\":%.0f,"
      "\"cpuNanosecondsEach\":%.0f}\n",
      deliveries, each / took, took * 1e9 / each, cpu * 1e9 / each);
}
