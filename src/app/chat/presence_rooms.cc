#include "app/chat/presence_rooms.h"

namespace ringtalk::app::chat {

PresenceRooms::PresenceRooms(const Environment& environment)
    : store(environment.store),
      online_users(environment.reactor, environment.directory, environment.link),
      last_seen_writer(environment.reactor, environment.last_seen),
      instances(environment.reactor, environment.store, environment.instance),
      watched_users({.reactor = environment.reactor,
                     .directory = environment.directory,
                     .link = environment.link,
                     .store = environment.store,
                     .instances = instances,
                     .online_users = online_users,
                     .last_seen = environment.last_seen,
                     .last_seen_writer = last_seen_writer}),
      watchers(environment.directory, environment.shard),
      presence({.reactor = environment.reactor,
                .online_users = online_users,
                .link = environment.link,
                .store = environment.store,
                .instances = instances,
                .watched_users = watched_users,
                .last_seen_writer = last_seen_writer}) {
  if (environment.shard != 0 || environment.store == nullptr) return;
  heartbeat.emplace(Heartbeat::Environment{.reactor = environment.reactor,
                                           .directory = environment.directory,
                                           .store = *environment.store,
                                           .instance = environment.instance});
}

void PresenceRooms::add_to(ShardPort& port) {
  port.heartbeat = heartbeat ? &*heartbeat : nullptr;
  port.online_users = &online_users;
  port.presence = &presence;
  port.watched_users = &watched_users;
  port.watchers = &watchers;
}

void PresenceRooms::open() {
  if (store != nullptr) store->listen(*this);
  watched_users.open();
  presence.open();
  if (heartbeat) heartbeat->open();
}

// The beat first: entries of an instance that has not beaten are taken for left over.
void PresenceRooms::store_came_up() {
  if (heartbeat) heartbeat->hurry();
  presence.write_all();
  watched_users.read_all_soon();
}

void PresenceRooms::write_lost(std::int64_t user) {
  presence.write_lost({user});
}

void PresenceRooms::hush() {
  if (heartbeat) heartbeat->hush();
}

reactor::Task<void> PresenceRooms::close() {
  co_await presence.close();
  co_await watched_users.close();
  co_await last_seen_writer.close();
  if (heartbeat) co_await heartbeat->close();
}

}  // namespace ringtalk::app::chat
