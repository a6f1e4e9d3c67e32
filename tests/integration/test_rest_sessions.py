"""Logging in and out, access tokens and refresh tokens."""
import base64
import hashlib
import hmac
import json
import statistics
import time

import pytest

from support import people, shapes
from support.crowd import at_once
from support.people import PASSWORD
from support.shape_choice import on_each_backend, once
from support.waiting import eventually


def log_in(rest, email, password=PASSWORD):
    return rest.post("/v1/users/login", {"email": email, "password": password})


def refresh(rest, token):
    return rest.post("/v1/users/refresh", {"refreshToken": token}, headers={"Authorization": ""})


def with_token(person, token):
    return person.rest.get("/v1/users/me", headers={"Authorization": f"Bearer {token}"})


# --- login ---

def test_a_login_gives_tokens_and_the_user(rest, alice):
    answer = log_in(rest, alice.email)
    assert answer.status == 200
    login = shapes.login(answer.json)
    shapes.own_user(login["user"], id=alice.id, name="Alice", email=alice.email)
    assert with_token(alice, login["token"]).status == 200
    assert login["expiresIn"] == 15 * 60


def test_the_token_says_whom_it_is_for_and_how_long(alice):
    header, claims, _ = [json.loads(base64.urlsafe_b64decode(part + "==")) if number < 2 else part
                         for number, part in enumerate(alice.token.split("."))]
    assert header["alg"] == "HS256"
    assert claims["sub"] == alice.id
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["jti"] and claims["sid"]


def test_an_address_logs_in_without_regard_to_case(rest, alice):
    assert log_in(rest, alice.email.upper()).json["user"]["id"] == alice.id


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(rest, alice):
    wrong = log_in(rest, alice.email, "wrong password")
    unknown = log_in(rest, "nobody@nowhere.example", "wrong password")
    told = []
    for answer in (wrong, unknown):
        problem = shapes.problem(answer, 401, "invalid_credentials")
        del problem["requestId"]
        told.append((problem, sorted(set(answer.headers) - {"Date", "X-Request-Id"})))
    assert told[0] == told[1]


@once
def test_an_unknown_address_takes_as_long_as_a_wrong_password(start_server):
    server = start_server({"argon2-memory": "16MiB", "argon2-passes": 2})
    person = people.register(server)

    def seconds_of(email):
        started = time.monotonic()
        log_in(person.rest, email, "wrong password").problem(401, "invalid_credentials")
        return time.monotonic() - started

    pairs = [(seconds_of(person.email), seconds_of("nobody@nowhere.example")) for _ in range(9)]
    known, unknown = (statistics.median(times) for times in zip(*pairs))
    assert 0.5 < unknown / known < 2, (known, unknown)


@pytest.mark.parametrize("body,field", [
    ({"email": "a@b.c"}, "password"),
    ({"password": "12345678"}, "email"),
    ({"email": 1, "password": "12345678"}, "email"),
    ({"email": "a@b.c", "password": None}, "password"),
])
def test_a_login_needs_address_and_password(rest, body, field):
    shapes.problem(rest.post("/v1/users/login", body), 400, "validation_failed", field=field)


# --- tokens ---

@pytest.mark.parametrize("authorization", [
    None, "", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YWxpY2U6eA==", "bearer",
    "Bearer " + "x" * 4097,
])
def test_what_is_no_token_is_401(rest, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    shapes.problem(rest.get("/v1/users/me", headers=headers), 401, "unauthenticated")


def test_the_scheme_is_read_without_regard_to_case(alice):
    answer = alice.rest.get("/v1/users/me", headers={"Authorization": f"bearer {alice.token}"})
    assert answer.status == 200


def encode(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_token_that_was_changed_is_401(alice):
    header, claims, signature = alice.token.split(".")
    padded = claims + "=" * (-len(claims) % 4)
    forged = encode({**json.loads(base64.urlsafe_b64decode(padded)), "sub": "1"})
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    unsigned = encode({"alg": "none", "typ": "JWT"})
    for token in (f"{header}.{forged}.{signature}", f"{header}.{claims}.{flipped}",
                  f"{header}.{claims}.", f"{header}.{claims}", f"{unsigned}.{claims}.",
                  f"{unsigned}.{claims}.{signature}", alice.token + "x", f"{alice.token}.x"):
        shapes.problem(with_token(alice, token), 401, "unauthenticated")


def test_a_token_signed_with_another_key_is_401(alice):
    header, claims, _ = alice.token.split(".")
    digest = hmac.new(b"k" * 32, f"{header}.{claims}".encode(), hashlib.sha256).digest()
    shapes.problem(with_token(alice, f"{header}.{claims}.{encode(digest)}"), 401,
                   "unauthenticated")


@once
def test_tokens_end_with_their_lifetimes(start_server):
    # Claims are whole seconds, so a token lives up to one second less.
    server = start_server({"jwt-lifetime": "2s", "refresh-lifetime": "4s"})
    alice = people.register(server, "Alice")
    assert alice.rest.get("/v1/users/me").status == 200
    eventually(lambda: alice.rest.get("/v1/users/me").status != 200, what="the token expires")
    shapes.problem(alice.rest.get("/v1/users/me"), 401, "token_expired")

    renewed = refresh(alice.rest, alice.refresh_token)
    assert renewed.status == 200 and renewed.json["expiresIn"] == 2
    time.sleep(4.1)
    late = refresh(alice.rest, renewed.json["refreshToken"])
    assert late.status == 401, late.body


# --- refresh ---

def test_a_refresh_gives_a_new_pair_of_tokens(alice):
    answer = refresh(alice.rest, alice.refresh_token)
    assert answer.status == 200
    login = shapes.login(answer.json)
    shapes.own_user(login["user"], id=alice.id, email=alice.email)
    assert login["refreshToken"] != alice.refresh_token
    assert with_token(alice, login["token"]).status == 200
    assert alice.rest.get("/v1/users/me").status == 200  # the old JWT lives on


def test_a_used_refresh_token_voids_its_whole_family(alice):
    second = refresh(alice.rest, alice.refresh_token).json
    third = refresh(alice.rest, second["refreshToken"]).json

    shapes.problem(refresh(alice.rest, alice.refresh_token), 401, "unauthenticated")

    shapes.problem(refresh(alice.rest, third["refreshToken"]), 401, "unauthenticated")
    for token in (alice.token, second["token"], third["token"]):
        shapes.problem(with_token(alice, token), 401, "unauthenticated")


def test_a_voided_family_leaves_other_logins_alone(server, alice):
    other = people.log_in(server, alice.email)
    refresh(alice.rest, alice.refresh_token)
    refresh(alice.rest, alice.refresh_token)
    shapes.problem(alice.rest.get("/v1/users/me"), 401, "unauthenticated")
    assert other.rest.get("/v1/users/me").status == 200
    assert refresh(other.rest, other.refresh_token).status == 200


def test_of_many_refreshes_with_one_token_at_most_one_succeeds(server, alice):
    def once():
        with server.rest() as client:
            return refresh(client, alice.refresh_token).status

    statuses = at_once([once] * 8)
    assert statuses.count(200) == 1 and statuses.count(401) == 7, statuses


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 5000])
def test_an_unknown_refresh_token_is_401(rest, token):
    shapes.problem(refresh(rest, token), 401, "unauthenticated")


@pytest.mark.parametrize("body", [{}, {"refreshToken": 5}, {"refreshToken": None}])
def test_a_refresh_needs_a_token(rest, body):
    shapes.problem(rest.post("/v1/users/refresh", body), 400, "validation_failed",
                   field="refreshToken")


# --- logout ---

def test_a_logout_ends_this_login_and_no_other(server, alice):
    other = people.log_in(server, alice.email)
    answer = alice.rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token})
    assert (answer.status, answer.body) == (204, b"")

    shapes.problem(alice.rest.get("/v1/users/me"), 401, "unauthenticated")
    shapes.problem(refresh(alice.rest, alice.refresh_token), 401, "unauthenticated")
    assert other.rest.get("/v1/users/me").status == 200


def test_a_logout_is_known_on_every_shard_within_a_second(server, alice):
    with server.rest() as client:
        alice.rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token})
    end = time.monotonic() + 1
    while time.monotonic() < end:
        with server.rest(alice.token) as client:  # a new connection: any shard
            last = client.get("/v1/users/me").status
    assert last == 401


def test_a_logout_with_an_unknown_token_ends_nothing(alice):
    answer = alice.rest.post("/v1/users/logout", {"refreshToken": "A" * 43})
    assert answer.status == 204
    assert alice.rest.get("/v1/users/me").status == 200


def test_a_logout_needs_who_it_is_and_a_token(rest, alice):
    shapes.problem(rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token}), 401,
                   "unauthenticated")
    shapes.problem(alice.rest.post("/v1/users/logout", {}), 400, "validation_failed",
                   field="refreshToken")


@on_each_backend
def test_a_logout_outlives_a_restart(start_server):
    server = start_server()
    alice = people.register(server, "Alice")
    bob = people.register(server, "Bob")
    alice.rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token})
    server.kill()
    server.start()
    with server.rest(alice.token) as client:
        shapes.problem(client.get("/v1/users/me"), 401, "unauthenticated")
    with server.rest(bob.token) as client:
        assert client.get("/v1/users/me").status == 200
