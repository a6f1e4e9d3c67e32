"""Clients that are not ours: python3-websockets as its manual shows it, and npm's `ws`."""
import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest
import websockets

from support import shapes
from support.waiting import SLOWNESS

NODE_CLIENT = Path(__file__).parent / "clients" / "ws_client.js"


@pytest.fixture(params=["/v1/ws", "/ws/{}"])
def endpoint(request, conversation):
    return request.param.format(conversation["id"])


async def next_message(connection):
    """Without `presence`, which comes by itself on `/ws/{conversationId}`."""
    while True:
        message = json.loads(await connection.recv())
        if message["op"] != "presence":
            return message


async def talk(url, sender, receiver, conversation):
    """Two connections with the library's own defaults (compression offered)."""
    headers = {"Authorization": f"Bearer {sender.token}"}
    subprotocols = ["ringtalk.v1", f"bearer.{receiver.token}"]
    async with websockets.connect(url, extra_headers=headers) as one, \
            websockets.connect(url, subprotocols=subprotocols) as two:
        for connection in (one, two):
            shapes.ready(json.loads(await connection.recv()))
        assert two.subprotocol == "ringtalk.v1"
        await one.send(json.dumps({"op": "send", "ref": "a", "content": "hello",
                                   "conversationId": conversation["id"]}))
        ack = shapes.ack(await next_message(one), ref="a", seq=1)
        event = await next_message(two)
        await (await two.ping())
        return ack, event


def test_websockets_talks_to_both_endpoints(server, alice, bob, conversation, endpoint):
    story = talk(server.websocket_url + endpoint, alice, bob, conversation)
    ack, event = asyncio.run(asyncio.wait_for(story, 20 * SLOWNESS))
    assert event["op"] == "event"
    shapes.message(event["event"]["message"], id=ack["id"], content="hello", senderId=alice.id)


def test_npms_ws_talks_to_both_endpoints(server, alice, bob, conversation, endpoint):
    with bob.connect() as receiver:
        receiver.expect("ready")
        finished = subprocess.run(
            ["node", str(NODE_CLIENT), server.websocket_url + endpoint, alice.token,
             conversation["id"], "hello from node"],
            env={**os.environ, "NODE_PATH": "/usr/share/nodejs"}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=30 * SLOWNESS)
        assert finished.returncode == 0, finished.stderr
        printed = map(json.loads, finished.stdout.splitlines())
        ready, pong, ack, closed = (one for one in printed if one.get("op") != "presence")
        assert shapes.ready(ready)["user"]["id"] == alice.id
        assert pong == {"pong": "are you there?"}
        shapes.ack(ack, ref="node", seq=1)
        assert closed == {"closed": 1000}
        message = receiver.expect("event")["event"]["message"]
        shapes.message(message, content="hello from node", id=ack["id"])
