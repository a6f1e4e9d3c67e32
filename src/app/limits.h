// Every bound of the server in one place: what it bounds, its unit, and why it has that size.
// Constants, any thread. What the contract sets for clients stands in protocol/bounds.h; what an
// operator may choose (timeouts, worker queue) in config/option_table.cc. The relations below must
// hold or the server would break a promise, so the compiler checks them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "app/protocol/bounds.h"

namespace ringtalk::app::limits {

using namespace std::chrono_literals;

// ── From a client ───────────────────────────────────────────────────────────────────────────────
// A body or a WebSocket message: the longest content with every code point escaped is 24 KiB.
inline constexpr std::size_t kBodyBytesMax = protocol::kJsonBytesMax;
inline constexpr std::size_t kMessageBytesMax = protocol::kJsonBytesMax;
inline constexpr std::size_t kRequestLineBytesMax = 8 * 1024;
inline constexpr std::size_t kHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kHeadersMax = 100;
// A browser needs one fragment; a hostile client would send a byte in each.
inline constexpr std::size_t kFragmentsMax = 1024;
// Only behind --test-endpoints: conformance suites send messages of 16 MiB.
inline constexpr std::size_t kTestMessageBytesMax = 16 * 1024 * 1024;

// ── A session ───────────────────────────────────────────────────────────────────────────────────
// Commands of one session that are not answered yet. Past it we stop reading from its socket, which
// is backpressure that TCP carries to the client.
inline constexpr std::size_t kCommandsInFlightMax = 64;
// What `ready` tells and what follows it by itself, for each conversation.
inline constexpr std::size_t kReadyConversationsMax = protocol::kReadyConversationsMax;
inline constexpr std::int64_t kCatchUpEventsMax = 200;
// Bytes that wait for a socket. Above high, typing, presence and receipts are dropped; below low
// they flow again; above hard the connection closes with 4008. High is a few full messages; hard is
// a whole batch and then some, so that a `sync` never closes the connection that asked.
inline constexpr std::size_t kOutboxLowBytes = 64 * 1024;
inline constexpr std::size_t kOutboxHighBytes = 256 * 1024;
inline constexpr std::size_t kOutboxHardBytes = 1024 * 1024;
// A close handshake that the peer does not finish.
inline constexpr auto kCloseTimeout = 3s;
// `bye` asks clients to come back after a time drawn from 0 to this, so that they do not come at
// once.
inline constexpr auto kReconnectSpread = 5s;

// `typing` of one session in one conversation is passed on once in this time (CONTRACT §3).
inline constexpr auto kTypingPause = 2s;
// Conversations of which that is remembered: a person types in one, and turns to another now and
// then. Who fills them all is not heard until the oldest has rested.
inline constexpr std::size_t kTypingPlacesMax = 16;

// ── A shard ─────────────────────────────────────────────────────────────────────────────────────
// Sockets of one shard; more are closed as they are accepted. A process has 20,000 descriptors on a
// plain machine, so the kernel's limit is often met first.
inline constexpr std::size_t kConnectionsMax = 200'000;
// Letters that wait in a mailbox. What fan-out posts to a full one is lost, and the feeds fetch it
// from the database; answers to what the owner itself has asked for are not counted.
inline constexpr std::size_t kMailboxLettersMax = 64 * 1024;
// The tail of a conversation with listeners: frames that sessions still have to send, and what
// `sync` is answered from. Past either bound its oldest frames go, and laggards read from the
// database.
inline constexpr std::size_t kTailEventsMax = 256;
inline constexpr std::size_t kTailBytesMax = 512 * 1024;

// From so many listeners on, what a turn brings is given to them in one round at its end.
inline constexpr std::size_t kGatheredListenersMin = 32;
// From so many on, the next round waits until so long after the last one began. A send costs some
// 3.5 us, so a round leaves a third of this time for others, and for events to gather. Timers are
// exact to 1 ms: fewer listeners need no rest.
inline constexpr std::size_t kRestingListenersMin = 200;
inline constexpr auto kRestPerListener = 5us;
inline constexpr auto kRestMax = 5ms;

// ── The cached tails ────────────────────────────────────────────────────────────────────────────
// The last events of a conversation in Redis: the last 50 messages, with as many other events
// between them; some 30 KiB.
inline constexpr std::int64_t kCachedTailEvents = 100;
// A page of so many messages, the newest, may come from there, with so many other events in it.
inline constexpr std::int64_t kCachedPageMessagesMax = 50;
inline constexpr std::int64_t kCachedPageMargin = 10;
// A tail is loaded when it was missed so often within the time: once is by chance.
inline constexpr int kTailMissesToLoad = 2;
inline constexpr auto kTailMissTime = 10s;
// Conversations whose misses a shard remembers.
inline constexpr std::size_t kTailMissesMax = 4 * 1024;

// ── Heads and members ───────────────────────────────────────────────────────────────────────────
// Conversations whose heads are compared with the database's in one question: some 50 µs of it, and
// an answer of 8 KiB.
inline constexpr std::size_t kHeadsComparedMax = 500;
// While the bus is away heads are compared this often in its place: what a person takes for "soon".
inline constexpr auto kHeadsInsteadOfBus = 1s;

// Users whose memberships are summed up in one question, some 10 rows each.
inline constexpr std::size_t kMembershipsComparedMax = 200;
// While the bus is away: nobody is told of a new conversation but by this.
inline constexpr auto kMembershipsInsteadOfBus = 5s;

// Who has lately ceased to be a member is asked for this often: `removed` has 1 s (CONTRACT §3),
// for this, the answer, the mail to the shards, and a look at the membership.
inline constexpr auto kDeparturesPause = 500ms;
// What is asked for again each time: a departure is seen only after its commit.
inline constexpr auto kDeparturesOverlap = 5s;
// The membership could not be read.
inline constexpr auto kMembershipRetry = 250ms;
// Conversations that a session was told to be out of without having listened to them. Past it the
// oldest is forgotten, and may be told twice.
inline constexpr std::size_t kRemovalsRememberedMax = 1'000;

// ── The committer ───────────────────────────────────────────────────────────────────────────────
// Bytes of their contents in one transaction, so that a batch of long messages stays short.
inline constexpr std::size_t kCommitBatchBytesMax = 1024 * 1024;
// Drafts that wait for a batch: at 40,000 a second about 0.2 s. More are refused as unavailable,
// for a queue that only grows makes everyone late.
inline constexpr std::size_t kCommitQueueMax = 8 * 1024;
// The longest hold of a draft in memory while the database is away; then it is refused as
// unavailable.
inline constexpr auto kCommitTimeout = 5s;

// ── Receipts ────────────────────────────────────────────────────────────────────────────────────
// From the first mark of an entry to its writing. The contract allows 1 s for read marks and own
// messages, and for others to see them on another instance; 5 s for delivered ones. Each is half of
// that or less: the rest is for the write in front of this one, for its own, and for another try.
inline constexpr auto kReadMarkDelay = 500ms;
inline constexpr auto kDeliveredMarkDelay = 2s;
// Entries in one transaction: some 10 ms of the database, which a commit of messages behind it on
// the same connection waits for. A mark costs 16 µs there, and 120 µs alone.
inline constexpr std::size_t kMarkBatchMax = 500;
// Entries that wait, some 200 bytes each; a shard writes as many in 2 s. Past it marks are written
// one by one, and those of own messages are forgotten until their sender reads.
inline constexpr std::size_t kPendingMarksMax = 64 * 1024;
// Runs of own messages in one entry: so many turns of a talk within 500 ms, while no `delivered`
// comes, are a load test. Past it the oldest is forgotten, and the delivered mark stays behind.
inline constexpr std::size_t kOwnRunsMax = 32;

// ── Presence ────────────────────────────────────────────────────────────────────────────────────
// Whoever comes back within it was never gone: a changed network, a reloaded page.
inline constexpr auto kOfflineGrace = 5s;
// Changes reach a session in batches, this far apart.
inline constexpr auto kPresenceBatchPause = 1s;
// After a break with Redis, or a loss of all that it held: in so long the others have beaten again
// and written their users anew (100,000 of a shard, by the two bounds below).
inline constexpr auto kPresenceSettling = 10s;
// Users written in one step, and the pause between two: 10,000 a second, some 3 % of a Redis.
inline constexpr std::size_t kPresenceWritesMax = 500;
inline constexpr auto kBetweenPresenceRounds = 50ms;
// All watched users are read again this often, in rounds: letters may get lost without a word.
inline constexpr auto kWatchedReread = 60s;
// Redis did not take a beat: an instance is not seen before its first one.
inline constexpr auto kBeatRetry = 100ms;
// Users of whom a write to Redis was lost, until they are written again; past it their entries
// expire by themselves.
inline constexpr std::size_t kUnsurePresenceMax = 64 * 1024;
// Dead instances remembered, so that they are asked for once in a while alone: as many restarts in
// an hour are a crash loop.
inline constexpr std::size_t kDeadInstancesMax = 1'000;
// When users went offline is gathered for so long, and written in transactions of so many. While
// the database is away it is kept for so many.
inline constexpr auto kLastSeenDelay = 250ms;
inline constexpr std::size_t kLastSeenBatchMax = 500;
inline constexpr std::size_t kPendingLastSeenMax = 64 * 1024;
// The members of a conversation could not be read.
inline constexpr auto kMembersRetry = 1s;

// ── The database ────────────────────────────────────────────────────────────────────────────────
// Queries in flight on one pipelined connection, each of them waited for; past it: unavailable.
inline constexpr std::size_t kQueriesInFlightMax = 4 * 1024;
inline constexpr auto kReconnectDelayMin = 50ms;
inline constexpr auto kReconnectDelayMax = 1s;
// Told in Retry-After with every 503: longer than one attempt to reconnect.
inline constexpr auto kRetryAfter = 2s;

// ── Relations ───────────────────────────────────────────────────────────────────────────────────
static_assert(kOutboxLowBytes < kOutboxHighBytes && kOutboxHighBytes < kOutboxHardBytes);
static_assert(kOutboxHighBytes + protocol::kPageBytesMax < kOutboxHardBytes,
              "a batch must not close a connection that is not slow yet");
static_assert(kTailBytesMax <= kOutboxHardBytes, "a tail can be sent whole");
static_assert(kTailEventsMax >= kCatchUpEventsMax, "catching up is answered from the tail");
static_assert(kCatchUpEventsMax <= protocol::kEventPage.limit_max, "a client can ask for as many");
static_assert(kCachedPageMessagesMax + kCachedPageMargin <= kCachedTailEvents);
static_assert(kTailBytesMax > 8 * protocol::kMessageJsonBytesMax);
static_assert(protocol::kConversationJsonBytesMax < kOutboxHighBytes);
static_assert(kCommitBatchBytesMax > 4 * protocol::kContentMax, "one draft always fits");
static_assert(2 * kReadMarkDelay <= 1s && 2 * kDeliveredMarkDelay < 5s, "one try may fail");
static_assert(kDeparturesPause <= 500ms, "half of the second is for what comes after the question");
static_assert(kMarkBatchMax < kPendingMarksMax);
static_assert(kReconnectSpread <= kOfflineGrace, "a drained client is back before it is missed");
static_assert(kLastSeenBatchMax < kPendingLastSeenMax);
static_assert(kReconnectDelayMax < kRetryAfter && kReconnectDelayMax < kCommitTimeout);
static_assert(protocol::kTokenBytesMax < kHeaderBytesMax, "a token fits a header");
static_assert(protocol::kTokenBytesMax < kRequestLineBytesMax, "and a query, as ?token=");

}  // namespace ringtalk::app::limits
