-- What the group commit writes to, in Ringtalk's own schema: conversations 1..:conversations, each
-- with the members 2·id and 2·id + 1. database_path knows these numbers.
INSERT INTO users (id, name, email, email_folded, password_hash, created_at)
SELECT id, 'user', id || '@example.com', id || '@example.com', '', now()
  FROM generate_series(2, 2 * :conversations + 1) id;
INSERT INTO conversations (id, is_group, name, creator_id, created_at)
SELECT id, true, 'group', 2 * id, now() FROM generate_series(1, :conversations) id;
INSERT INTO members (conversation_id, user_id)
SELECT id / 2, id FROM generate_series(2, 2 * :conversations + 1) id;

-- The limit: rows of the same shape with the same keys, from a file.
CREATE TABLE copied (LIKE events INCLUDING ALL);
