// Device: one client of one user: it connects to any instance, talks, marks, falls silent, is cut,
// comes back, and keeps what it has seen. What the server tells it is checked at once. Owned by the
// world, on whose reactor it lives; what it hears and says runs on the turns of the shard that it
// is connected to.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/protocol/ids.h"
#include "out_send.h"
#include "reactor/task.h"
#include "sim_environment.h"
#include "sim_random.h"
#include "sim_socket.h"

namespace ringtalk::sim {

class Instances;
class SimShard;

class Device final : reactor::Pinned, SimSocket::Client {
 public:
  struct Name {
    std::int64_t user = 0;
    int number = 0;
  };
  Device(SimEnvironment& environment, Instances& instances, const Name& name);
  ~Device();

  /// Acts by chance until stop(), and tends to what it owes.
  [[nodiscard]] reactor::Task<void> live();
  /// No more acts of its own: it connects, repeats, catches up.
  void calm_down();
  void stop();

  /// What is not as it must be when all is calm; empty when all is well. `is_last`: each is a
  /// finding.
  [[nodiscard]] bool is_settled(bool is_last);
  void check_sender_order();
  /// For the world: it belongs to the tables that it has everything.
  [[nodiscard]] std::int64_t user() const { return name_.user; }

 private:
  // Acts, device.cc.
  void act();
  void tend();
  void connect();
  void send_new(std::int64_t conversation);
  void send(OutSend& send);
  void repeat_one();
  void send_by_rest(OutSend& send);
  [[nodiscard]] reactor::Task<void> rest_story(SimShard& shard, std::size_t number);
  void mark();
  void sync(std::int64_t conversation, std::int64_t after);
  void repeat_marks(std::int64_t conversation);
  void type();
  void note_surely_read();
  void say(const std::string& text);
  [[nodiscard]] bool is_talkable();

  // What it hears, device_hearing.cc.
  void heard(SimSocket& socket, std::string_view message) override;
  void ended(SimSocket& socket) override;
  void bad_bytes(SimSocket& socket, std::string_view detail) override;
  void on_ready(simdjson::dom::element message);
  void on_conversation(simdjson::dom::element message);
  void on_event(simdjson::dom::element message);
  void on_batch(simdjson::dom::element message);
  void on_ack(simdjson::dom::element message);
  void on_error(simdjson::dom::element message);
  void on_removed(simdjson::dom::element message);
  void on_receipt(simdjson::dom::element message);
  void check_event(std::int64_t conversation, simdjson::dom::element event);
  void check_ack_place(const OutSend& send, std::int64_t seq, bool is_duplicate);
  void check_echo(std::int64_t conversation, std::int64_t seq, simdjson::dom::element event);
  void acknowledged(OutSend& send, std::int64_t seq);
  void open_view(std::int64_t conversation, std::int64_t last, std::int64_t delivered);
  void check_shown_marks(std::int64_t conversation, std::int64_t delivered, std::int64_t read);
  void saw(std::int64_t conversation, std::int64_t seq);
  [[nodiscard]] LogView* view(std::int64_t conversation);
  [[nodiscard]] OutSend* send_of(std::string_view ref);

  /// Up to it the device has everything.
  [[nodiscard]] std::int64_t has_to(std::int64_t conversation) const;
  [[nodiscard]] bool complain(bool is_last, std::string_view rule, const std::string& text);

  struct Known {
    std::vector<bool> seen;  // by seq − 1
    std::int64_t has_to = 0;
    std::int64_t delivered = 0;  // as it has told the server
    std::int64_t read = 0;
    bool marks_are_dirty = false;
    std::int64_t own_acked = 0;  // the highest
    std::int64_t own_acked_at_ms = 0;
  };

  SimEnvironment& environment_;
  Instances& instances_;
  const Name name_;
  Draw draw_;
  simdjson::dom::parser parser_;
  std::map<std::int64_t, Known> known_;  // by conversation
  std::deque<OutSend> sends_;            // addresses hold
  struct FirstTry {
    std::uint64_t socket = 0;
    std::size_t send = 0;
  };
  std::vector<FirstTry> first_tries_;  // over a WebSocket, in their order
  std::shared_ptr<SimSocket> socket_;
  bool is_ready_ = false;
  std::map<std::int64_t, LogView> views_;             // of the connection
  std::map<std::int64_t, std::int64_t> surely_read_;  // own messages, before it connected
  std::uint64_t sockets_ = 0;
  bool is_calm_ = false;
  bool is_stopped_ = false;
};

}  // namespace ringtalk::sim
