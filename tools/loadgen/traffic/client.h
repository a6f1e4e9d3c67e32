// Client: one user's WebSocket through all of its connections: it connects, comes back when the
// connection ends, sends, repeats what has no answer yet under the same clientId, and tells the
// ledger all it hears. Owned by a Station; the station's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

#include "loadgen/measure/delivery_ledger.h"
#include "loadgen/traffic/driver.h"
#include "loadgen/traffic/full_words.h"
#include "reactor/pause.h"
#include "reactor/tcp_stream.h"
#include "ws/connection.h"

namespace ringtalk::loadgen {

class Station;

class Client : reactor::Pinned {
 public:
  Client(Station& station, std::uint32_t user, const ClientHabits& habits);

  /// Begins to live: spawned once. `intended`: when connecting should begin.
  [[nodiscard]] reactor::Task<void> live(reactor::TimePoint intended);
  /// The last connection ends; live() returns.
  void end();

  /// Sends to the conversation at `place`, now or as soon as there is a connection. False: too much
  /// is unanswered already, and nothing was sent.
  bool send(std::uint32_t place, reactor::TimePoint intended, Lane lane);
  void mark_read(std::uint32_t place);
  void type(std::uint32_t place, bool is_on);
  /// Sends the marks of what was heard since the last time.
  void mark_delivered();
  /// Tells the connection a fresh token.
  void renew(std::string_view token);
  /// Ends the connection without a word, as a lost network does, and comes back at once.
  void drop();
  /// Nothing is taken from the socket until it is set again.
  void set_reading(bool reads);

  [[nodiscard]] std::uint32_t user() const { return user_; }
  [[nodiscard]] std::size_t places() const { return places_.size(); }
  [[nodiscard]] std::uint32_t conversation_at(std::uint32_t place) const {
    return places_[place].conversation;
  }
  /// The place of the conversation of that index, if the user is a member.
  [[nodiscard]] std::optional<std::uint32_t> place_in(std::uint32_t conversation) const;
  [[nodiscard]] bool is_ready() const { return is_ready_; }
  /// Has begun to live and has no connection.
  [[nodiscard]] bool is_away() const { return has_begun_ && !is_ready_; }
  [[nodiscard]] std::size_t unanswered() const { return unanswered_; }
  /// Has heard all up to `heads` (by conversation), where it is to hear all.
  [[nodiscard]] bool knows(const std::vector<std::int64_t>& heads) const;
  [[nodiscard]] const ClientHabits& habits() const { return habits_; }
  [[nodiscard]] std::uint16_t last_close_code() const { return last_close_code_; }

 private:
  struct Place {  // a conversation, as this user sees it
    std::uint32_t conversation = 0;
    DeliveryLedger::View view = 0;
    std::uint64_t sent = 0;         // the number of the last own message
    std::int64_t known = 0;         // all up to here was heard on one connection or another
    std::int64_t position = 0;      // of this connection: behind `known` where it tells again
    std::int64_t marked = 0;        // what was said by `delivered` or `read`
    std::int64_t sync_at = 0;       // where the server stops to send by itself; 0: nowhere
    bool is_held = false;           // until a batch has reached the head
    bool was_held = false;          // on this connection
    std::int64_t resume_until = 0;  // what was missed while away
    bool is_behind = false;         // that has not come yet
    bool is_dirty = false;          // something to mark
  };
  struct Outgoing {
    std::uint32_t place = 0;
    std::uint64_t number = 0;
    std::uint64_t stamp = 0;  // in the order of sending; 0: the slot is free
    reactor::TimePoint intended;
    Lane lane = kNoLane;
    bool has_left = false;
  };

  [[nodiscard]] reactor::Task<bool> visit();
  [[nodiscard]] reactor::Task<void> talk();
  [[nodiscard]] reactor::Task<reactor::Result<reactor::Chunk>> upgrade();
  [[nodiscard]] reactor::Task<void> rest_from_reading();
  void note_end();
  void set_receive_buffer(int bytes);

  void take(std::string_view text);
  void take_fully(std::string_view text);
  void hear(std::uint32_t place, std::int64_t seq, const Payload* payload);
  void take_ack(const AckWord& ack);
  void take_ready(const ReadyWord& ready);
  void take_batch(const BatchWord& batch);
  void take_error(const ErrorWord& error);
  void end_resume();
  void transmit(std::uint32_t slot);
  void repeat_unanswered();
  void claim_own(std::uint32_t place, std::int64_t until);
  [[nodiscard]] std::vector<std::uint32_t> unanswered_in_order() const;
  [[nodiscard]] static bool has_place(const Place& place, const AckWord& ack);
  void release(std::uint32_t slot, bool is_good);
  void say(std::string_view text);
  [[nodiscard]] std::optional<std::uint32_t> find_place(std::int64_t key);

  Station& station_;
  const std::uint32_t user_;
  const ClientHabits habits_;
  const bool is_verified_;  // by the ledger: all it hears
  std::vector<Place> places_;
  tsl::robin_map<std::int64_t, std::uint32_t> place_of_key_;
  std::int64_t last_key_ = 0;  // of the conversation that was heard of last
  std::uint32_t last_place_ = 0;

  std::vector<Outgoing> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t unanswered_ = 0;
  std::uint64_t stamp_ = 0;

  int descriptor_ = -1;  // of the stream, which owns it
  std::optional<reactor::TcpStream> stream_;
  std::optional<ws::Connection> connection_;
  reactor::Pause pause_;
  reactor::Pause reading_pause_;
  reactor::TimePoint began_;  // to connect
  reactor::TimePoint upgraded_;
  reactor::TimePoint dropped_;
  std::size_t behind_ = 0;  // places
  std::uint16_t last_close_code_ = 0;
  bool has_begun_ = false;
  bool is_ready_ = false;
  bool was_dropped_ = false;
  bool is_resuming_ = false;
  bool is_ending_ = false;
  bool reads_ = true;
};

}  // namespace ringtalk::loadgen
