"""The chat server that a user would write instead: FastAPI, asyncpg, redis-py, websockets.

It speaks the part of Ringtalk's contract that a load generator needs, so that one generator
measures both servers: POST /v1/users/register and /v1/users/login, POST /v1/conversations,
GET /v1/conversations/{id}/messages?limit=&beforeSeq=, GET /healthz, POST /v1/test/users (as behind
Ringtalk's --test-endpoints), and WS /v1/ws with ready, send, ack after COMMIT, event, sync, ping.

Start (python3 bench/e2e does it; the tables are made at the start; Debian's python3-fastapi
python3-uvicorn python3-asyncpg python3-redis python3-jwt python3-uvloop python3-httptools
python3-websockets):

    export DATABASE_URL=postgresql://… REDIS_URL=redis://…
    python3 -m uvicorn --app-dir bench/peers fastapi_baseline:app --port 8000 --workers 1 \
        --no-access-log --loop uvloop --http httptools

docs/bench-e2e.md tells what keeps the comparison honest, and what it leaves out.
"""
import json
import os
import secrets
import uuid

import asyncpg
import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException, Query, Response, WebSocket
from fastapi import WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from fastapi_delivery import Delivery, canonical, event_json, message_json, message_of, when
from fastapi_users import current, router, user_json, user_of

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/chat")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
POOL = int(os.environ.get("POOL", "10"))
TAIL = 50  # messages of a conversation that Redis keeps

TABLES = """
CREATE TABLE IF NOT EXISTS fa_users(
  id uuid PRIMARY KEY, name text NOT NULL, email text UNIQUE NOT NULL, salt bytea NOT NULL,
  pw bytea NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS fa_conversations(
  id uuid PRIMARY KEY, name text, creator_id uuid NOT NULL REFERENCES fa_users, pair text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(), last_seq bigint NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS fa_members(
  conversation_id uuid REFERENCES fa_conversations, user_id uuid REFERENCES fa_users,
  PRIMARY KEY(conversation_id, user_id));
CREATE INDEX IF NOT EXISTS fa_members_user ON fa_members(user_id);
CREATE TABLE IF NOT EXISTS fa_messages(
  conversation_id uuid NOT NULL REFERENCES fa_conversations, seq bigint NOT NULL, id uuid NOT NULL,
  sender_id uuid NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY(conversation_id, seq), UNIQUE(conversation_id, id));
"""

app = FastAPI()
app.include_router(router)


@app.on_event("startup")
async def start():
    app.state.pg = await asyncpg.create_pool(DATABASE_URL, min_size=POOL, max_size=POOL)
    async with app.state.pg.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(1)")  # several workers start at once
        await connection.execute(TABLES)
    app.state.redis = redis.from_url(REDIS_URL)
    app.state.delivery = Delivery(app.state.pg, app.state.redis)
    await app.state.delivery.start()


@app.on_event("shutdown")
async def stop():
    app.state.delivery.stop()
    await app.state.pg.close()


# --- errors ---

CODES = {400: "validation_failed", 401: "unauthenticated", 404: "not_found", 409: "email_taken"}


@app.exception_handler(HTTPException)
async def problem(_, error):
    body = {"type": "about:blank", "title": error.detail, "status": error.status_code,
            "code": CODES.get(error.status_code, "internal"), "detail": error.detail}
    return JSONResponse(body, error.status_code, media_type="application/problem+json")


@app.exception_handler(RequestValidationError)
async def invalid(request, error):
    return await problem(request, HTTPException(400, str(error)))


@app.get("/healthz")
async def health():
    return {"status": "ok"}


# --- conversations and history ---

class NewConversation(BaseModel):
    memberIds: list
    isGroup: bool
    name: str = None


@app.post("/v1/conversations", status_code=201)
async def create(new: NewConversation, response: Response, user=Depends(current)):
    try:
        ids = {canonical(member) for member in new.memberIds} | {user}
    except (ValueError, AttributeError, TypeError):
        raise HTTPException(400, "unknown member")
    if not new.isGroup and len(ids) != 2 or len(ids) > 1000 or new.isGroup and not new.name:
        raise HTTPException(400, "a direct conversation has two members; a group a name and "
                                 "up to 1000")
    pair = None if new.isGroup else ":".join(sorted(ids))
    try:
        async with app.state.pg.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "INSERT INTO fa_conversations(id,name,creator_id,pair) VALUES($1,$2,$3,$4)"
                " ON CONFLICT(pair) DO NOTHING RETURNING *", uuid.uuid4(), new.name, user, pair)
            if row is not None:
                await connection.executemany("INSERT INTO fa_members VALUES($1,$2)",
                                             [(row["id"], member) for member in ids])
    except asyncpg.ForeignKeyViolationError:
        raise HTTPException(400, "unknown member")
    if row is None:
        response.status_code = 200
        row = await app.state.pg.fetchrow("SELECT * FROM fa_conversations WHERE pair=$1", pair)
    else:
        await app.state.delivery.announce(str(row["id"]))
    return {"id": str(row["id"]), "name": row["name"], "creatorId": str(row["creator_id"]),
            "memberIds": list(ids), "isGroup": pair is None,
            "createdAt": when(row["created_at"]), "lastSeq": row["last_seq"]}


@app.get("/v1/conversations/{conversation}/messages")
async def history(conversation: str, beforeSeq: int = Query(2**62, ge=0),
                  limit: int = Query(20, ge=1, le=100), user=Depends(current)):
    try:
        conversation = canonical(conversation)
    except ValueError:
        raise HTTPException(404, "no such conversation")
    if user not in await app.state.delivery.members_of(conversation):
        raise HTTPException(404, "no such conversation")
    found = None
    if beforeSeq == 2**62 and limit <= TAIL:
        found = whole_tail(await app.state.redis.lrange(f"fa:recent:{conversation}", 0, limit - 1),
                           limit)
    if found is None:
        rows = await app.state.pg.fetch(
            "SELECT seq,id,sender_id,body,created_at FROM fa_messages"
            " WHERE conversation_id=$1 AND seq<$2 ORDER BY seq DESC LIMIT $3",
            conversation, beforeSeq, limit)
        found = [(row["seq"], message_of(conversation, row)) for row in rows]
    more = f'"{found[-1][0]}"' if found and found[-1][0] > 1 else "null"
    messages = ",".join(text for _, text in found)
    return Response(f'{{"messages":[{messages}],"nextCursor":{more}}}',
                    media_type="application/json")


def whole_tail(entries, limit):
    """What Redis keeps, newest first, if nothing is missing in it: pushes may cross."""
    found = []
    for entry in entries:
        seq, _, text = entry.decode().split(" ", 2)
        found.append((int(seq), text))
    found.sort(reverse=True)
    if not found or found[0][0] - found[-1][0] != len(found) - 1:
        return None
    return found if len(found) == limit or found[-1][0] == 1 else None


# --- the WebSocket ---

async def store(conversation, client_id, user, content):
    async with app.state.pg.acquire() as connection:
        try:
            async with connection.transaction():
                seq = await connection.fetchval(
                    "UPDATE fa_conversations SET last_seq=last_seq+1 WHERE id=$1"
                    " RETURNING last_seq", conversation)
                at = await connection.fetchval(
                    "INSERT INTO fa_messages(conversation_id,seq,id,sender_id,body)"
                    " VALUES($1,$2,$3,$4,$5) RETURNING created_at",
                    conversation, seq, client_id, user, content)
            return seq, at, True
        except asyncpg.UniqueViolationError:
            row = await connection.fetchrow(
                "SELECT seq,created_at FROM fa_messages WHERE conversation_id=$1 AND id=$2",
                conversation, client_id)
            return row["seq"], row["created_at"], False


async def send(socket, user, command):
    try:
        conversation = canonical(command["conversationId"])
        client_id = canonical(command["clientId"]) if command.get("clientId") else str(uuid.uuid4())
        content = command["content"]
        if not 1 <= len(content) <= 4096:
            raise ValueError("content must have 1 to 4096 characters")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return await refuse(socket, command, "validation_failed", str(error))
    if user not in await app.state.delivery.members_of(conversation):
        return await refuse(socket, command, "not_found", "no such conversation")
    seq, at, is_fresh = await store(conversation, client_id, user, content)
    timestamp = when(at)
    ref = f',"ref":{json.dumps(command["ref"])}' if "ref" in command else ""
    ack = (f'{{"op":"ack","clientId":"{client_id}","conversationId":"{conversation}",'
           f'"id":"{conversation}-{seq}","seq":{seq},"timestamp":"{timestamp}",'
           f'"duplicate":{"false" if is_fresh else "true"}{ref}}}')
    if not is_fresh:
        return await socket.send_text(ack)
    message = message_json(conversation, seq, client_id, user, content, timestamp)
    text = f"{seq} {timestamp} {message}"
    delivery = app.state.delivery
    if conversation not in delivery.heads:
        await delivery.join([conversation])
    delivery.own_acks[conversation, seq] = socket, ack
    heard_by = 0
    try:
        pipeline = app.state.redis.pipeline(transaction=False)
        pipeline.lpush(f"fa:recent:{conversation}", text)
        pipeline.ltrim(f"fa:recent:{conversation}", 0, TAIL - 1)
        pipeline.publish(f"fa:conv:{conversation}", text)
        heard_by = (await pipeline.execute())[2]
    except redis.RedisError:
        pass  # it is stored; others hear of it with the next one
    if heard_by == 0:
        await delivery.give_ack(conversation, seq)


async def refuse(socket, command, code, detail):
    error = {"op": "error", "code": code, "detail": detail, "retryable": False}
    if "ref" in command:
        error["ref"] = command["ref"]
    await socket.send_text(json.dumps(error))


async def sync(socket, user, command):
    try:
        conversation = canonical(command["conversationId"])
        after, limit = int(command["afterSeq"]), int(command.get("limit", 100))
        if after < 0 or not 1 <= limit <= 200:
            raise ValueError("afterSeq must not be negative, limit from 1 to 200")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return await refuse(socket, command, "validation_failed", str(error))
    if user not in await app.state.delivery.members_of(conversation):
        return await refuse(socket, command, "not_found", "no such conversation")
    rows = await app.state.pg.fetch(
        "SELECT seq,id,sender_id,body,created_at FROM fa_messages"
        " WHERE conversation_id=$1 AND seq>$2 ORDER BY seq LIMIT $3", conversation, after, limit)
    head = await app.state.pg.fetchval("SELECT last_seq FROM fa_conversations WHERE id=$1",
                                       conversation)
    events = ",".join(event_json(row["seq"], when(row["created_at"]),
                                 message_of(conversation, row)) for row in rows)
    ref = f',"ref":{json.dumps(command["ref"])}' if "ref" in command else ""
    await socket.send_text(f'{{"op":"batch","conversationId":"{conversation}","events":[{events}],'
                           f'"lastSeq":{head}{ref}}}')


async def greet(socket, user):
    rows = await app.state.pg.fetch("SELECT conversation_id FROM fa_members WHERE user_id=$1", user)
    row = await app.state.pg.fetchrow("SELECT * FROM fa_users WHERE id=$1", user)
    ids = [str(row["conversation_id"]) for row in rows]
    delivery = app.state.delivery
    await delivery.join(ids)
    conversations = [{"id": conversation, "lastSeq": delivery.heads[conversation],
                      "deliveredSeq": 0, "readSeq": 0} for conversation in ids]
    ready = {"op": "ready", "sessionId": secrets.token_hex(8), "epoch": "fastapi",
             "user": user_json(row, delivery), "heartbeatSeconds": 25,
             "conversations": conversations}
    delivery.add(user, socket)  # from here on events follow what `ready` says
    await socket.send_text(json.dumps(ready))


@app.websocket("/v1/ws")
async def talk(socket: WebSocket):
    try:
        user = user_of(socket.headers.get("authorization", ""))
    except HTTPException:
        return await socket.close(code=1008)
    await socket.accept()
    try:
        await greet(socket, user)
        while True:
            command = json.loads(await socket.receive_text())
            match command.get("op"):
                case "send":
                    await send(socket, user, command)
                case "sync":
                    await sync(socket, user, command)
                case "ping":
                    await socket.send_text('{"op":"pong"}')
    except WebSocketDisconnect:
        pass
    finally:
        app.state.delivery.remove(user, socket)
