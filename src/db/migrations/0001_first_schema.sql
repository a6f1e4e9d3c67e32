-- The first schema: users, logins, conversations and their logs.
--
-- Ids are made by the application (63 bits); nothing here generates one. Every key of conversations,
-- members and events begins with the conversation's id, so that a store can be split by it. Times
-- are whole milliseconds.

CREATE TABLE users (
  id bigint PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
  email text NOT NULL CHECK (char_length(email) <= 254),
  email_folded text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz
);
CREATE INDEX users_name ON users (lower(name) text_pattern_ops);

-- One row a token, kept until it expires, so that the reuse of a void one is seen.
CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  family_id bigint NOT NULL,
  user_id bigint NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,     -- rotated: a successor stands in its place
  voided_at timestamptz    -- with its whole family, by logout or by a reuse
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
CREATE INDEX refresh_tokens_voided ON refresh_tokens (voided_at) WHERE voided_at IS NOT NULL;

-- One row. The epoch changes when the store was restored, or failed over with loss:
--   UPDATE cluster SET epoch = gen_random_uuid()::text;
CREATE TABLE cluster (
  is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
  epoch text NOT NULL CHECK (epoch <> '')
);
INSERT INTO cluster (epoch) VALUES (gen_random_uuid()::text);

-- last_* describe the head of the log. They change with every event and have no index, so that the
-- update stays on its page (HOT); fillfactor leaves it the room.
CREATE TABLE conversations (
  id bigint PRIMARY KEY,
  is_group boolean NOT NULL,
  name text CHECK (char_length(name) BETWEEN 1 AND 128),
  creator_id bigint NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,          -- of the last event
  last_number bigint NOT NULL DEFAULT 0,       -- of the last message: how many there are
  last_message_seq bigint NOT NULL DEFAULT 0,  -- of the last message
  last_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- Who is a member now. The marks: everything up to delivered_seq has reached the user, everything up
-- to read_seq was read; read_number is the number of the event at read_seq, so that
-- unread = conversations.last_number - read_number.
CREATE TABLE members (
  conversation_id bigint NOT NULL REFERENCES conversations,
  user_id bigint NOT NULL REFERENCES users,
  joined_seq bigint NOT NULL DEFAULT 0,
  delivered_seq bigint NOT NULL DEFAULT 0,
  read_seq bigint NOT NULL DEFAULT 0,
  read_number bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id, user_id)
) WITH (fillfactor = 80);
CREATE INDEX members_user ON members (user_id, conversation_id);

-- The primary key decides which of many that ask at once makes the conversation of a pair.
CREATE TABLE direct_conversations (
  user_low bigint NOT NULL,
  user_high bigint NOT NULL,
  conversation_id bigint NOT NULL,
  PRIMARY KEY (user_low, user_high),
  CHECK (user_low < user_high)
);

-- The logs. seq is dense from 1; number counts the messages (kind 0) up to here, other kinds repeat
-- it. No foreign keys: the statement that sends checks membership, which has them.
CREATE TABLE events (
  conversation_id bigint NOT NULL,
  seq bigint NOT NULL,
  number bigint NOT NULL,
  kind smallint NOT NULL,            -- 0 message, 1 joined, 2 left, 3 renamed
  type smallint NOT NULL DEFAULT 0,  -- of a message: 0 text
  sender_id bigint NOT NULL,         -- of other kinds: who did it
  created_at timestamptz NOT NULL,   -- rises with seq
  client_id uuid,
  body text NOT NULL CHECK (kind <> 0 OR char_length(body) BETWEEN 1 AND 4096),  -- others: JSON
  PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX events_client ON events (conversation_id, client_id)
  WHERE client_id IS NOT NULL;
