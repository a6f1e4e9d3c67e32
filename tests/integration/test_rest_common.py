"""What holds for every call: the order of checks, hiding, request ids, JSON."""
import json

import pytest

from support import shapes
from support.people import direct_conversation, group_conversation
from support.waiting import eventually

CALLS_WITH_A_BODY = [
    ("POST", "/v1/users/logout"), ("PATCH", "/v1/users/me"), ("POST", "/v1/conversations"),
    ("PATCH", "/v1/conversations/1"), ("POST", "/v1/conversations/1/members"),
    ("POST", "/v1/conversations/1/messages"), ("POST", "/v1/conversations/1/receipts"),
]
CALLS_WITHOUT = [
    ("GET", "/v1/users/me"), ("GET", "/v1/users?name=x"), ("GET", "/v1/users/1"),
    ("GET", "/v1/conversations"), ("GET", "/v1/conversations/1"),
    ("GET", "/v1/conversations/1/messages"), ("GET", "/v1/conversations/1/events"),
    ("DELETE", "/v1/conversations/1/members/1"), ("GET", "/v1/ws"), ("GET", "/ws/1"),
]
OPEN_CALLS = ["/v1/users/register", "/v1/users/login", "/v1/users/refresh"]
JSON = {"Content-Type": "application/json"}


def without_identity(answer):
    """A problem less what may differ between two that mean the same."""
    problem = answer.json
    del problem["requestId"]
    headers = sorted((name.lower(), value) for name, value in answer.headers.items()
                     if name.lower() not in ("date", "x-request-id"))
    return answer.status, headers, json.dumps(problem)


# --- the order of checks ---

@pytest.mark.parametrize("method,path", CALLS_WITH_A_BODY + CALLS_WITHOUT)
def test_without_a_token_every_call_is_401(rest, method, path):
    shapes.problem(rest.request(method, path, {} if method != "GET" else None), 401,
                   "unauthenticated")


@pytest.mark.parametrize("method,path", CALLS_WITH_A_BODY)
def test_401_comes_before_everything_about_the_body(rest, method, path):
    for body, headers in ((b"{}", {"Content-Type": "text/plain"}), (b"{", JSON),
                          (b"x" * 70_000, JSON)):
        answer = rest.request(method, path, body=body, headers=headers)
        shapes.problem(answer, 401, "unauthenticated")


def test_401_comes_before_404_and_405(rest):
    shapes.problem(rest.get("/v1/no/such/thing"), 401, "unauthenticated")
    shapes.problem(rest.delete("/v1/users/me"), 401, "unauthenticated")


@pytest.mark.parametrize("method,path", CALLS_WITH_A_BODY)
def test_the_kind_of_body_comes_before_404(alice, method, path):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "json",
                         "application/jsonp", "application/problem+json"):
        answer = alice.rest.request(method, path, body=b"{}",
                                    headers={"Content-Type": content_type})
        shapes.problem(answer, 415, "unsupported_media_type")
    shapes.problem(alice.rest.request(method, path, body=b"{}"), 415, "unsupported_media_type")


@pytest.mark.parametrize("method,path", CALLS_WITH_A_BODY)
def test_malformed_json_comes_before_404(alice, method, path):
    answer = alice.rest.request(method, path, body=b'{"a":', headers=JSON)
    shapes.problem(answer, 400, "malformed_json")


@pytest.mark.parametrize("method,path", [call for call in CALLS_WITH_A_BODY if "/1" in call[1]])
def test_404_comes_before_validation(alice, method, path):
    answer = alice.rest.request(method, path, {"name": 5, "memberIds": 5, "content": 5,
                                               "readSeq": "x"})
    shapes.problem(answer, 404, "not_found")


@pytest.mark.parametrize("path", ["/v1/conversations/1/messages?limit=0",
                                  "/v1/conversations/1/events?limit=0"])
def test_404_comes_before_validation_of_the_query(alice, path):
    shapes.problem(alice.rest.get(path), 404, "not_found")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON",
                                          "application/json ;x=y"])
def test_parameters_of_the_content_type_are_ignored(alice, content_type):
    answer = alice.rest.request("PATCH", "/v1/users/me", body=b'{"name":"Al"}',
                                headers={"Content-Type": content_type})
    assert answer.status == 200


@pytest.mark.parametrize("method,path,allowed", [
    ("DELETE", "/v1/users/me", {"GET", "PATCH"}), ("GET", "/v1/users/register", {"POST"}),
    ("PUT", "/v1/conversations", {"GET", "POST"}),
    ("POST", "/v1/conversations/1", {"GET", "PATCH"}),
    ("GET", "/v1/conversations/1/members", {"POST"}), ("POST", "/healthz", {"GET"}),
    ("GET", "/v1/conversations/1/members/1", {"DELETE"}), ("POST", "/metrics", {"GET"}),
    ("PATCH", "/v1/conversations/1/messages", {"GET", "POST"}),
])
def test_a_wrong_method_is_405_with_the_right_ones(alice, method, path, allowed):
    answer = alice.rest.request(method, path)
    shapes.problem(answer, 405, "method_not_allowed")
    named = {name.strip() for name in answer.headers["Allow"].split(",")}
    assert named - {"HEAD", "OPTIONS"} == allowed
    assert ("HEAD" in named) == ("GET" in allowed)


# --- hiding ---

def test_what_is_not_ones_own_looks_like_what_is_not_there(alice, bob, carol):
    hidden = group_conversation(alice, bob)
    alice.send(hidden, "secret")

    def asked_for(id):
        path = f"/v1/conversations/{id}"
        return [carol.rest.get(path), carol.rest.patch(path, {"name": "x"}),
                carol.rest.patch(path, {"name": 5}),
                carol.rest.get(path + "/messages"), carol.rest.get(path + "/events"),
                carol.rest.post(path + "/messages", {"content": "x"}),
                carol.rest.post(path + "/messages", {"content": ""}),
                carol.rest.post(path + "/members", {"memberIds": [carol.id]}),
                carol.rest.delete(f"{path}/members/{carol.id}"),
                carol.rest.delete(f"{path}/members/{alice.id}"),
                carol.rest.post(path + "/receipts", {"readSeq": 1})]

    there = [without_identity(answer) for answer in asked_for(hidden["id"])]
    assert {answer[0] for answer in there} == {404}
    for id in ("4611686018427387904", "no-such-conversation", "0", "9" * 40, "x" * 41):
        assert [without_identity(answer) for answer in asked_for(id)] == there


# --- paths, request ids, methods ---

@pytest.mark.parametrize("path", ["/healthz/", "/v1/users/me/", "/v1/conversations/"])
def test_one_trailing_slash_is_accepted(alice, path):
    assert alice.rest.get(path).status == 200
    shapes.problem(alice.rest.get(path + "/"), 404, "not_found")


@pytest.mark.parametrize("path", ["/v2", "/v1/users/me/x", "/v1/Users/me", "/metrics/x", "/ws"])
def test_unknown_paths_are_404(alice, path):
    shapes.problem(alice.rest.get(path), 404, "not_found")


@pytest.mark.parametrize("id", ["x", "Aa0._-", "a" * 64])
def test_a_sane_request_id_is_echoed(rest, id):
    assert rest.get("/healthz", headers={"X-Request-Id": id}).headers["X-Request-Id"] == id
    answer = rest.get("/v1/users/me", headers={"X-Request-Id": id})
    assert shapes.problem(answer, 401, "unauthenticated")["requestId"] == id


@pytest.mark.parametrize("id", ["", "a" * 65, "a b", "a,b", "é", "<x>"])
def test_another_request_id_is_made(rest, id):
    answers = [rest.get("/v1/users/me", headers={"X-Request-Id": id.encode()}) for _ in range(2)]
    made = [answer.headers["X-Request-Id"] for answer in answers]
    assert id not in made and made[0] != made[1]
    assert all(0 < len(id) <= 64 for id in made)
    shapes.problem(answers[0], 401, "unauthenticated")


def test_the_request_id_stands_in_the_log(server, alice):
    alice.rest.get("/v1/users/me", headers={"X-Request-Id": "find-me-in-the-log"})
    eventually(lambda: "find-me-in-the-log" in server.log_text())


def test_a_head_is_a_get_without_the_body(alice):
    get = alice.rest.get("/v1/users/me")
    head = alice.rest.head("/v1/users/me")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.body))


@pytest.mark.parametrize("path,methods", [("/v1/users/me", {"GET", "PATCH"}),
                                          ("/v1/conversations", {"GET", "POST"})])
def test_options_names_the_methods(rest, path, methods):
    answer = rest.request("OPTIONS", path)
    assert (answer.status, answer.body) == (204, b"")
    assert methods <= {name.strip() for name in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml;q=1, */*;q=0"])
def test_whatever_is_accepted_json_is_answered(alice, accept):
    answer = alice.rest.get("/v1/users/me", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")


def test_no_answer_is_kept_by_caches(alice):
    for path in ("/v1/users/me", "/v1/users/1"):
        assert alice.rest.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["limit=5&limit=5", "limit=%zz", "limit=%", "limit=5%0"])
def test_a_query_that_cannot_be_read_is_malformed(alice, query):
    shapes.problem(alice.rest.get(f"/v1/conversations?{query}"), 400, "malformed_request")


def test_unknown_parameters_are_ignored(alice):
    assert alice.rest.get("/v1/conversations?colour=red&limit=5").status == 200


# --- JSON bodies ---

def patch_me(person, body):
    return person.rest.request("PATCH", "/v1/users/me", body=body, headers=JSON)


def nested(depth):
    """An object that is the outermost of so many levels."""
    return b'{"name":"Al","x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"{}x", b"{} {}", b"[1", b"{'name':'x'}", b'{"name":"x",}', b"\xef\xbb\xbf{}",
    b'{"name":"x","name":"y"}', b'{"name":"x","na\\u006de":"y"}', b'{"x":{"a":1,"a":2}}',
    b'{"name":"\\u0000"}', b'{"name":"a\\u0000b"}', b'{"name":"a\x00b"}', b'{"name":"a\nb"}',
    b'{"name":"\xff"}', b'{"name":"\xc3"}', b'{"name":"\xed\xa0\x80"}', b'{"name":"\xc0\xaf"}',
    b'{"name":"\\ud800"}', b'{"name":"\\udc00"}', b'{"name":"\\ud800\\ud800"}',
    b'{"name":"\\ud83d"}', b'{"name":"\\x41"}', b'{"x":01}', b'{"x":NaN}', b"nul",
])
def test_what_is_no_sound_json_is_malformed(alice, body):
    shapes.problem(patch_me(alice, body), 400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"x"', b"true"])
def test_a_body_that_is_no_object_is_refused(alice, body):
    answer = patch_me(alice, body)
    assert answer.status == 400
    assert answer.json["code"] in ("malformed_json", "validation_failed")


@pytest.mark.parametrize("body,name", [
    (b'{"name":"\\ud83d\\ude00"}', "\U0001f600"), (b' {"name" : "x" } ', "x"),
    (b'{"name":"\\u0041\\/\\\\\\""}', 'A/\\"'), (b'{"name":"x","other":[{"a":null}]}', "x"),
])
def test_sound_json_is_read_whatever_its_form(alice, body, name):
    answer = patch_me(alice, body)
    assert answer.status == 200 and answer.json["name"] == name


def test_bodies_may_be_nested_sixteen_deep(alice):
    assert patch_me(alice, nested(16)).status == 200
    shapes.problem(patch_me(alice, nested(17)), 400, "malformed_json")
    shapes.problem(patch_me(alice, b"[" * 30_000), 400, "malformed_json")


@pytest.mark.parametrize("path", OPEN_CALLS)
def test_open_calls_check_their_bodies_alike(rest, path):
    shapes.problem(rest.post(path, body=b"{}"), 415, "unsupported_media_type")
    shapes.problem(rest.post(path, body=b"{", headers=JSON), 400, "malformed_json")
    shapes.problem(rest.post(path, body=b"x" * 65_537, headers=JSON), 413, "too_large")
    shapes.problem(rest.post(path, {}), 400, "validation_failed")


def test_a_body_may_have_64_kib_and_no_more(alice, bob):
    made = direct_conversation(alice, bob)
    path = f"/v1/conversations/{made['id']}/messages"
    body = b'{"content":"hello","padding":"' + b"x" * (65_536 - 32) + b'"}'
    assert len(body) == 65_536
    assert alice.rest.post(path, body=body, headers=JSON).status == 200
    shapes.problem(alice.rest.post(path, body=body + b" ", headers=JSON), 413, "too_large")
