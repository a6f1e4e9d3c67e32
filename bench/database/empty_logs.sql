-- Before each run: empty logs, and nothing left over from the run before.
TRUNCATE events, copied, peer_messages, peer_inserts;
UPDATE conversations SET last_seq = 0, last_number = 0, last_message_seq = 0 WHERE last_seq > 0;
UPDATE peer_conversations SET last_seq = 0 WHERE last_seq > 0;
VACUUM (ANALYZE) conversations, members, peer_conversations;
CHECKPOINT;
