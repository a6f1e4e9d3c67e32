-- Who has lately ceased to be a member of what: each instance asks for it twice a second, since the
-- notice over Redis may get lost.
--
-- One row for each pair, with its last departure; no foreign keys, as in events. Rows older than an
-- hour are of no use: every removal takes a few of them along, so the table is as large as the
-- busiest hour at the most.
CREATE TABLE departures (
  conversation_id bigint NOT NULL,
  user_id bigint NOT NULL,
  left_at timestamptz NOT NULL,  -- of a pair: later each time
  PRIMARY KEY (conversation_id, user_id)
);
CREATE INDEX departures_left ON departures (left_at, conversation_id, user_id);
