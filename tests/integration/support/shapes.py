"""What the contract says an object looks like: all members there, of the right types, none else.

Every function asserts and returns the object, so that a call can stand around an answer. Members
given by name must have that value.
"""
import re

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_ID = re.compile(r"[0-9A-Za-z-]{1,40}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(value):
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_time(value):
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def is_uuid(value):
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def is_seq(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_text(value):
    return isinstance(value, str) and value != ""


def is_bool(value):
    return isinstance(value, bool)


def one_of(*values):
    return lambda value: value in values


def or_null(rule):
    return lambda value: value is None or rule(value)


def list_of(rule):
    return lambda value: isinstance(value, list) and all(rule(item) for item in value)


def has_shape(value, rules, expected):
    """Exactly the members of `rules`, each of which keeps its rule, with the expected values."""
    assert isinstance(value, dict), value
    assert set(value) == set(rules), f"members {sorted(value)}, not {sorted(rules)}"
    for name, rule in rules.items():
        assert rule(value[name]), f"{name} is {value[name]!r}"
    for name, wanted in expected.items():
        assert value[name] == wanted, f"{name} is {value[name]!r}, not {wanted!r}"
    return value


USER = {"id": is_id, "name": is_text, "status": one_of("online", "offline"), "createdAt": is_time}
OWN_USER = {**USER, "email": is_text}
MESSAGE = {
    "id": is_id,
    "conversationId": is_id,
    "seq": is_seq,
    "senderId": is_id,
    "type": one_of("text"),
    "content": is_text,
    "timestamp": is_time,
    "clientId": or_null(is_uuid),
    "status": one_of("sent", "delivered", "read"),
}
CONVERSATION = {
    "id": is_id,
    "name": or_null(is_text),
    "creatorId": is_id,
    "memberIds": list_of(is_id),
    "isGroup": is_bool,
    "createdAt": is_time,
    "lastSeq": is_seq,
    "lastMessage": or_null(lambda value: has_shape(value, MESSAGE, {})),
    "deliveredSeq": is_seq,
    "readSeq": is_seq,
    "unreadCount": is_seq,
}
LOGIN = {
    "token": is_text,
    "tokenType": one_of("Bearer"),
    "expiresIn": lambda value: is_seq(value) and value > 0,
    "refreshToken": is_text,
    "user": lambda value: has_shape(value, OWN_USER, {}),
}
EVENT = {"seq": is_seq, "kind": is_text, "timestamp": is_time}
EVENT_DETAILS = {
    "message": {"message": lambda value: has_shape(value, MESSAGE, {})},
    "joined": {"userIds": list_of(is_id), "byUserId": is_id},
    "left": {"userId": is_id, "byUserId": is_id},
    "renamed": {"name": is_text, "byUserId": is_id},
}
ACK = {
    "op": one_of("ack"),
    "clientId": or_null(is_uuid),
    "conversationId": is_id,
    "id": is_id,
    "seq": is_seq,
    "timestamp": is_time,
    "duplicate": is_bool,
}
READY = {
    "op": one_of("ready"),
    "sessionId": is_text,
    "epoch": is_text,
    "user": lambda value: has_shape(value, OWN_USER, {}),
    "heartbeatSeconds": lambda value: is_seq(value),
    "conversations": list_of(lambda value: has_shape(value, MARKS, {})),
    "hasMore": is_bool,
}
MARKS = {"id": is_id, "lastSeq": is_seq, "deliveredSeq": is_seq, "readSeq": is_seq}
ERROR = {"op": one_of("error"), "code": is_text, "detail": is_text, "retryable": is_bool}
PROBLEM = {
    "type": is_text,
    "title": is_text,
    "status": lambda value: isinstance(value, int),
    "code": is_text,
    "detail": is_text,
    "errors": list_of(lambda value: has_shape(value, FIELD_ERROR, {})),
    "requestId": is_text,
    "retryable": is_bool,
}
FIELD_ERROR = {"field": lambda value: isinstance(value, str), "detail": is_text}


def user(value, **expected):
    return has_shape(value, USER, expected)


def own_user(value, **expected):
    return has_shape(value, OWN_USER, expected)


def message(value, **expected):
    return has_shape(value, MESSAGE, expected)


def conversation(value, **expected):
    return has_shape(value, CONVERSATION, expected)


def login(value, **expected):
    return has_shape(value, LOGIN, expected)


def event(value, kind, **expected):
    return has_shape(value, {**EVENT, **EVENT_DETAILS[kind]}, {"kind": kind, **expected})


def ack(value, **expected):
    rules = {**ACK, "ref": is_text} if "ref" in expected else ACK
    return has_shape(value, rules, expected)


def ready(value, **expected):
    return has_shape(value, READY, expected)


def error(value, **expected):
    rules = {**ERROR, "ref": is_text} if "ref" in expected else ERROR
    return has_shape(value, rules, expected)


def page(response, items, rule):
    """The items of a page whose only other member is nextCursor; (items, nextCursor)."""
    assert response.status == 200, (response.status, response.body)
    body = has_shape(response.json, {items: list_of(rule), "nextCursor": or_null(is_text)}, {})
    return body[items], body["nextCursor"]


def problem(response, status, code, *, field=None):
    """A problem with all its members and headers; `field` must be among those found invalid."""
    body = response.problem(status, code)
    rules = dict(PROBLEM)
    if "retryAfterMs" in body:
        rules["retryAfterMs"] = is_seq
    has_shape(body, rules, {"requestId": response.headers["X-Request-Id"]})
    if status == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    if status == 405:
        assert response.headers["Allow"]
    if status in (429, 503):
        assert int(response.headers["Retry-After"]) >= 1 and body["retryable"] is True
    if field is not None:
        assert field in [error["field"] for error in body["errors"]], body["errors"]
    return body
