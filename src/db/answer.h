// Answer<T>: what every store function returns: a task that ends with a value or an error.
// Owned by its caller, awaited once, on the thread of the pool that it asks.
//
// Errors of all of them: kUnavailable (the database is away: nothing was sent, or the connection
// broke and the fate of a write is unknown), kTimedOut (the deadline passed: fate unknown too),
// kOverloaded (too many segments in flight, or a lock could not be had in time), kInvalid (the
// values break a constraint), kClosed (our own close), kProtocol (anything else the server says).
// `code` is the SQLSTATE where the server gave one.
#pragma once

#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::db {

template <class T>
using Answer = reactor::Task<reactor::Result<T>>;

}  // namespace ringtalk::db
