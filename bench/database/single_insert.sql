\set conversation random(1, :conversations)
INSERT INTO peer_inserts (id, conversation_id, sender_id, body) VALUES (gen_random_uuid(), :conversation, 2 * :conversation, :body);
