// SimSocket: one connection between a client and a shard, both ends in memory, with back-pressure
// in between. The client's end is here: real frames, masked; read slowly, or not at all, or cut in
// the middle of one. Shared by the shard's tasks and the device; the shard's seat is its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/chat/session.h"
#include "app/protocol/ids.h"
#include "reactor/memory_stream.h"
#include "reactor/send_queue.h"
#include "reactor/task.h"
#include "seat.h"
#include "sim_random.h"
#include "ws/message_assembler.h"
#include "ws/protocol.h"

namespace ringtalk::sim {

class SimSocket : reactor::Pinned {
 public:
  /// Whose the client's end is. Told on the shard's turn.
  class Client {
   public:
    virtual void heard(SimSocket& socket, std::string_view message) = 0;
    virtual void ended(SimSocket& socket) = 0;
    /// The server broke the protocol below.
    virtual void bad_bytes(SimSocket& socket, std::string_view detail) = 0;

   protected:
    ~Client() = default;
  };
  struct Options {
    app::protocol::UserId user;
    std::optional<app::protocol::ConversationId> only;
    std::uint64_t number = 0;
    std::uint64_t seed = 0;
    reactor::MemoryStreamOptions stream;
    std::int64_t read_pause_max_ms = 0;  // between two chunks
  };
  SimSocket(Seat& seat, Client& client, Options options);
  ~SimSocket();

  [[nodiscard]] app::protocol::UserId user() const { return options_.user; }
  [[nodiscard]] std::optional<app::protocol::ConversationId> only() const { return options_.only; }
  [[nodiscard]] std::uint64_t number() const { return options_.number; }
  [[nodiscard]] Seat& seat() { return seat_; }
  [[nodiscard]] reactor::ByteStream& server_end() { return *pair_.one; }
  [[nodiscard]] bool is_over() const { return is_over_; }

  [[nodiscard]] reactor::Task<void> run_client();

  // The client's acts; when the seat has caught up.
  void send_text(std::string_view message);
  void send_close();
  /// Begins a frame that never ends: nothing can be said after it but cut().
  void send_part_of_frame();
  [[nodiscard]] bool is_stuck_in_frame() const { return is_stuck_in_frame_; }
  /// The connection is gone at once.
  void cut();
  void stop_reading() { reads_ = false; }
  void go_on_reading(bool at_full_speed);
  [[nodiscard]] bool reads() const { return reads_; }

  // Of the server's end, by its shard.
  app::chat::Session* session = nullptr;  // while there is one
  ws::CloseCode close_code = ws::CloseCode::kAbnormal;

 private:
  void send_frame(ws::Opcode opcode, std::string_view payload);
  void take(std::span<std::byte> bytes);
  [[nodiscard]] ws::MaskKey draw_mask();

  Seat& seat_;
  Client& client_;
  const Options options_;
  Draw draw_;
  reactor::MemoryPair pair_;  // one: the server's end
  reactor::SendQueue out_;
  ws::MessageAssembler assembler_;
  std::int64_t read_pause_max_ms_;
  bool reads_ = true;
  bool has_said_goodbye_ = false;
  bool is_stuck_in_frame_ = false;
  bool is_over_ = false;
};

}  // namespace ringtalk::sim
