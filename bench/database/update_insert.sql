\set conversation random(1, :conversations)
BEGIN;
UPDATE peer_conversations SET last_seq = last_seq + 1 WHERE id = :conversation RETURNING last_seq AS seq \gset
INSERT INTO peer_messages (conversation_id, seq, client_id, sender_id, body) VALUES (:conversation, :seq, gen_random_uuid(), 2 * :conversation, :body);
COMMIT;
