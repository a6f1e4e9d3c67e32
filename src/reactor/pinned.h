// A base for resources: neither copied nor moved, because their address sits in an operation, a
// timer wheel or somebody's reference (docs/ARCHITECTURE.md, lifetimes).
#pragma once

namespace ringtalk::reactor {

class Pinned {
 public:
  Pinned() = default;
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
};

}  // namespace ringtalk::reactor
