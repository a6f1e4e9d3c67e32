-- What a chat server without a group commit would have: the two statements of update_insert.sql
-- write here. The keys are those of Ringtalk's log: place in the conversation, and the client's id.
CREATE TABLE peer_conversations (
  id bigint PRIMARY KEY,
  last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE TABLE peer_messages (
  conversation_id bigint NOT NULL,
  seq bigint NOT NULL,
  client_id uuid NOT NULL,
  sender_id bigint NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (conversation_id, seq),
  UNIQUE (conversation_id, client_id)
);
INSERT INTO peer_conversations (id) SELECT generate_series(1, :conversations);

-- For the single insert: one row, one key, nothing to lock.
CREATE TABLE peer_inserts (
  id uuid PRIMARY KEY,
  conversation_id bigint NOT NULL,
  sender_id bigint NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
