"""POST /v1/test/users: users in bulk for load generators, behind --test-endpoints."""
import pytest

from support.shape_choice import on_each_backend, once
from support.waiting import SLOWNESS, eventually
from support.websocket import HandshakeRefused, WebSocketClient


@pytest.fixture(scope="module")
def test_server(services, shape, pytestconfig):
    from conftest import finish_server, make_server
    server = make_server(services, shape, pytestconfig, {"test-endpoints": "on"})
    try:
        yield server.start()
    finally:
        finish_server(server, pytestconfig)


def make_users(server, **body):
    with server.rest(timeout=30 * SLOWNESS) as client:
        answer = client.post("/v1/test/users", body)
        assert answer.status == 201, answer.body
        return answer.json


def test_without_the_option_there_is_no_such_path(rest, alice):
    rest.post("/v1/test/users", {"count": 1}).problem(401, "unauthenticated")
    alice.rest.post("/v1/test/users", {"count": 1}).problem(404, "not_found")


@on_each_backend
def test_the_most_that_may_be_asked_for_are_all_different(test_server):
    answer = make_users(test_server, count=1000)
    assert len(answer["users"]) == 1000
    for member in ("id", "token", "refreshToken"):
        assert len({user[member] for user in answer["users"]}) == 1000
    assert answer["expiresIn"] == 900


@once
@pytest.mark.parametrize("body,field", [
    ({}, "count"), ({"count": 0}, "count"), ({"count": 1001}, "count"), ({"count": "7"}, "count"),
    ({"count": 1, "namePrefix": ""}, "namePrefix"),
    ({"count": 1, "namePrefix": "x" * 61}, "namePrefix"),
])
def test_other_counts_and_prefixes_are_refused(test_server, body, field):
    with test_server.rest() as client:
        problem = client.post("/v1/test/users", body).problem(400, "validation_failed")
    assert [error["field"] for error in problem["errors"]] == [field]


@on_each_backend
def test_such_a_user_is_a_user(test_server):
    users = make_users(test_server, count=2, namePrefix="x" * 60)["users"]
    one, other = users
    with test_server.rest(one["token"]) as client:
        me = client.get("/v1/users/me").json
        assert me["id"] == one["id"] and me["name"] == "x" * 60 + "1"
        answer = client.post("/v1/conversations",
                             {"memberIds": [other["id"]], "isGroup": False})
        assert answer.status == 201
        conversation = answer.json["id"]
    with WebSocketClient(test_server, "/v1/ws", token=one["token"]) as writer, \
            WebSocketClient(test_server, "/v1/ws", token=other["token"]) as reader:
        for connection in (writer, reader):
            assert connection.expect("ready")["conversations"][0]["id"] == conversation
        writer.send("send", conversationId=conversation, content="hello")
        assert reader.expect("event")["event"]["message"]["senderId"] == one["id"]


@once
def test_no_password_lets_one_in(test_server):
    user = make_users(test_server, count=1)["users"][0]
    with test_server.rest() as client:
        for password in ("!", "password", ""):
            body = {"email": f"{user['id']}@test.invalid", "password": password}
            client.post("/v1/users/login", body).problem(401, "invalid_credentials")


@on_each_backend
def test_each_has_a_login_that_is_refreshed_and_ended_alone(test_server):
    one, other = make_users(test_server, count=2)["users"]
    with test_server.rest() as client:
        answer = client.post("/v1/users/refresh", {"refreshToken": one["refreshToken"]})
        assert answer.status == 200 and answer.json["user"]["id"] == one["id"]
    with test_server.rest(other["token"]) as client:
        answer = client.post("/v1/users/logout", {"refreshToken": other["refreshToken"]})
        assert answer.status == 204
        eventually(lambda: client.get("/v1/users/me").status == 401, what="the token is void")
    with pytest.raises(HandshakeRefused):
        WebSocketClient(test_server, "/v1/ws", token=other["token"])
    with test_server.rest(one["token"]) as client:
        assert client.get("/v1/users/me").status == 200
