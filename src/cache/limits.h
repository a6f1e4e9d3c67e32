// Every bound of the room cache in one place: what it bounds, its unit, and why it has that size.
// Constants, any thread. What an operator may choose stands in redis_options.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringtalk::cache::limits {

using namespace std::chrono_literals;

// ── Any connection to Redis ─────────────────────────────────────────────────────────────────────
// One answer. Ours are pages of a tail: some MiB; a server that says more is not ours to wait for.
inline constexpr std::size_t kReplyBytesMax = 64UL * 1024 * 1024;
// Elements of one array of an answer; hiredis itself stops at seven nested arrays.
inline constexpr std::size_t kReplyElementsMax = 64UL * 1024;
// How long Redis may take to read one write of at most 1 MiB; longer and it is dead or stopped.
inline constexpr auto kSendTimeout = 2s;

// ── The connection for commands ─────────────────────────────────────────────────────────────────
// Commands whose answers are outstanding: 40 bytes each here, and at 100,000 a second two thirds of
// a second. Past it Redis is not keeping up, and waiting would only make all of them late.
inline constexpr std::size_t kCommandsInFlightMax = 64UL * 1024;
// Bytes of commands that wait for the socket. While Redis stands still they fill at the rate of the
// messages: 8 MiB hold some 20,000 of them, more than it may miss before it is declared stuck.
inline constexpr std::size_t kUnsentBytesMax = 8UL * 1024 * 1024;
// Looks for what is stuck, and asks again while the breaker is open: four times a second.
inline constexpr auto kCheckInterval = 250ms;

// ── The bus ─────────────────────────────────────────────────────────────────────────────────────
// Channels named in one SUBSCRIBE: some 12 KiB, which Redis answers within a millisecond.
inline constexpr std::size_t kChannelsPerCommandMax = 500;
// Subscriptions that are not confirmed yet: after a reconnect 100,000 of them go out in steps, and
// messages come in between.
inline constexpr std::size_t kConfirmationsDueMax = 2'000;
static_assert(kConfirmationsDueMax >= 2 * kChannelsPerCommandMax);

// ── The tails of conversations ──────────────────────────────────────────────────────────────────
// Records of one tail: the last fifty messages and what usually lies between them, several times.
inline constexpr std::int64_t kTailRecordsMax = 512;
// Tails are trimmed at every eighth seq: a command less for the others, and at most seven too many.
inline constexpr std::int64_t kTailTrimEvery = 8;
// The longest message is 24 KiB when all of it is escaped; its envelope is small.
inline constexpr std::size_t kTailRecordBytesMax = 64UL * 1024;
// From the last write; less by chance of up to a quarter, so that tails written together do not
// end together. After an hour of rest one read of the database is no burden.
inline constexpr auto kTailLifetime = 1h;
// From a reconnect until distrusted keys are deleted: Redis reads what an old socket still holds
// within milliseconds of its first answer.
inline constexpr auto kTailSettleTime = 1s;
// Distrusted conversations, some 32 bytes each; past it all are.
inline constexpr std::size_t kTailDistrustedMax = 64UL * 1024;
// Keys deleted in one go, and the pause after it: 100,000 a second at the most, a burst of 60 KiB.
inline constexpr std::size_t kTailSweepMax = 1'000;
inline constexpr auto kTailSweepInterval = 10ms;

// ── Presence ────────────────────────────────────────────────────────────────────────────────────
// An instance says that it is alive, and looks who else is, this often: two keys each time.
inline constexpr auto kBeatInterval = 5s;
// And is taken for dead so long after its last beat: three may be late. With the look of the others
// its users are offline within 25 s; the contract allows 30 s.
inline constexpr auto kInstanceLife = 20s;
// One that ends in peace lives on for so long: its clients come back elsewhere within 5 s, and are
// not offline meanwhile.
inline constexpr auto kInstanceFarewell = 10s;
// The entry of a user is renewed this often by each instance that he is on, and expires when nobody
// does: a last resort against what nobody has removed.
inline constexpr auto kPresenceRenewal = 240s;
inline constexpr auto kPresenceEntryLife = 600s;
// Users asked for in one round: an answer of some 5 KiB, which Redis has within a millisecond.
inline constexpr std::size_t kPresenceRoundMax = 100;
static_assert(kInstanceLife >= 3 * kBeatInterval && kInstanceLife + 2 * kBeatInterval <= 30s);
static_assert(kInstanceFarewell < kInstanceLife);
static_assert(2 * kPresenceRenewal < kPresenceEntryLife, "one renewal may be lost");

}  // namespace ringtalk::cache::limits
