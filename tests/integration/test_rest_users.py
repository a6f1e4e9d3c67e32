"""Registering, one's own profile, and finding others."""
import pytest

from support import shapes
from support.crowd import at_once
from support.people import PASSWORD, unique_email
from support.waiting import SLOWNESS, eventually


def registration(**members):
    return {"name": "Ada", "email": unique_email(), "password": PASSWORD, **members}


def register(rest, name):
    answer = rest.post("/v1/users/register", registration(name=name))
    assert answer.status == 201, answer.body
    return answer.json


def without(body, member):
    return {name: value for name, value in body.items() if name != member}


# --- POST /v1/users/register ---

def test_registering_makes_a_user_and_tells_where(rest):
    body = registration(name="Ada Lovelace")
    answer = rest.post("/v1/users/register", body)
    assert answer.status == 201
    user = shapes.own_user(answer.json, name="Ada Lovelace", email=body["email"])
    assert answer.headers["Location"] == f"/v1/users/{user['id']}"
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("member,value", [
    ("name", "x"),
    ("name", "é" * 64),
    ("name", "\U0001f600" * 64),
    ("password", "12345678"),
    ("password", "\U0001f600" * 128),
])
def test_registering_accepts_values_at_their_bounds(rest, member, value):
    assert rest.post("/v1/users/register", registration(**{member: value})).status == 201


@pytest.mark.parametrize("member,value", [
    ("name", ""),
    ("name", "x" * 65),
    ("name", 7),
    ("password", "1234567"),
    ("password", "x" * 129),
    ("password", ["12345678"]),
    ("email", None),
    ("email", 1),
])
def test_registering_refuses_values_past_their_bounds(rest, member, value):
    answer = rest.post("/v1/users/register", registration(**{member: value}))
    shapes.problem(answer, 400, "validation_failed", field=member)


@pytest.mark.parametrize("member", ["name", "email", "password"])
def test_registering_needs_every_member(rest, member):
    answer = rest.post("/v1/users/register", without(registration(), member))
    shapes.problem(answer, 400, "validation_failed", field=member)


def test_all_that_is_wrong_with_a_registration_is_told_at_once(rest):
    answer = rest.post("/v1/users/register", {"name": "", "email": "?", "password": "?"})
    errors = shapes.problem(answer, 400, "validation_failed")["errors"]
    assert sorted(error["field"] for error in errors) == ["email", "name", "password"]


@pytest.mark.parametrize("email", [
    "{}@b.c",
    "{}+tag.x_y@sub.example.org",
    "{}".ljust(64, "x") + "@example.com",
    "{}@" + "d" * 60 + "." + "e" * 120 + ".example",
])
def test_ordinary_and_long_addresses_are_accepted(rest, email):
    unique = unique_email().split("@")[0]
    local, domain = email.format(unique).split("@")
    answer = rest.post("/v1/users/register", registration(email=f"{local[:64]}@{domain}"))
    assert answer.status == 201, answer.body


def test_an_address_may_have_254_characters_and_no_more(rest):
    local = unique_email().split("@")[0]
    longest = f"{local}@{'d' * (254 - len(local) - 1 - 4)}.com"
    assert len(longest) == 254
    too_long = longest.replace("@", "@d")
    shapes.problem(rest.post("/v1/users/register", registration(email=too_long)), 400,
                   "validation_failed", field="email")
    assert rest.post("/v1/users/register", registration(email=longest)).status == 201


@pytest.mark.parametrize("email", [
    "", "no-at.example.com", "two@at@example.com", "@example.com", "x@", "x@nodot", "x@.com",
    "x@dot.", "x@two..dots", "a b@example.com", "a\tb@example.com", "a\u00a0b@example.com",
    "x" * 65 + "@example.com",
])
def test_what_is_no_address_is_refused(rest, email):
    answer = rest.post("/v1/users/register", registration(email=email))
    shapes.problem(answer, 400, "validation_failed", field="email")


def test_an_address_is_taken_without_regard_to_case(rest):
    body = registration()
    assert rest.post("/v1/users/register", body).status == 201
    answer = rest.post("/v1/users/register", {**body, "email": body["email"].upper()})
    shapes.problem(answer, 409, "email_taken")


def test_of_many_who_register_one_address_at_once_one_gets_it(server):
    body = registration()

    def register_once():
        with server.rest() as client:
            return client.post("/v1/users/register", body).status

    assert sorted(at_once([register_once] * 12)) == [201] + [409] * 11


# --- GET, PATCH /v1/users/me ---

def test_me_is_oneself_with_the_address(alice):
    answer = alice.rest.get("/v1/users/me")
    assert answer.status == 200
    shapes.own_user(answer.json, id=alice.id, name="Alice", email=alice.email)


def test_ones_name_can_be_changed(alice, bob):
    answer = alice.rest.patch("/v1/users/me", {"name": "Alice Liddell"})
    assert answer.status == 200
    shapes.own_user(answer.json, id=alice.id, name="Alice Liddell", email=alice.email)
    assert bob.rest.get(f"/v1/users/{alice.id}").json["name"] == "Alice Liddell"


def test_a_change_of_nothing_changes_nothing(alice):
    answer = alice.rest.patch("/v1/users/me", {"email": "other@example.com", "colour": "red"})
    assert answer.status == 200
    shapes.own_user(answer.json, id=alice.id, name="Alice", email=alice.email)


@pytest.mark.parametrize("name", ["x", "y" * 64])
def test_a_new_name_may_be_as_long_as_the_bounds(alice, name):
    assert alice.rest.patch("/v1/users/me", {"name": name}).json["name"] == name


@pytest.mark.parametrize("name", ["", "y" * 65, 5, {}])
def test_a_new_name_past_the_bounds_is_refused(alice, name):
    shapes.problem(alice.rest.patch("/v1/users/me", {"name": name}), 400, "validation_failed",
                   field="name")


# --- GET /v1/users/{id} ---

def test_others_are_shown_without_their_address(alice, bob):
    answer = alice.rest.get(f"/v1/users/{bob.id}")
    assert answer.status == 200
    shapes.user(answer.json, id=bob.id, name="Bob")
    shapes.own_user(bob.rest.get(f"/v1/users/{bob.id}").json, email=bob.email)


@pytest.mark.parametrize("id", ["1", "no-such-user", "0", "9" * 40, "x" * 41, "a_b", "%C3%A9"])
def test_a_user_who_does_not_exist_is_404(alice, id):
    shapes.problem(alice.rest.get(f"/v1/users/{id}"), 404, "not_found")


def test_a_user_is_online_while_connected(alice, bob):
    def status():
        return bob.rest.get(f"/v1/users/{alice.id}").json["status"]

    assert status() == "offline"
    with alice.connect() as first, alice.connect() as second:
        first.expect("ready")
        second.expect("ready")
        assert status() == "online"
        first.close()
        assert status() == "online"
    eventually(lambda: status() == "offline", 10 * SLOWNESS, "alice is offline after the grace")


# --- GET /v1/users ---

def test_an_address_finds_its_user_without_regard_to_case(alice, bob):
    answer = alice.rest.get("/v1/users", query={"email": bob.email.upper()})
    assert answer.status == 200
    assert set(answer.json) == {"users"}
    [found] = answer.json["users"]
    shapes.user(found, id=bob.id, name="Bob")


def test_an_unknown_address_finds_nobody(alice):
    assert alice.rest.get("/v1/users", query={"email": "nobody@nowhere.example"}).json == \
        {"users": []}


def test_ones_own_address_is_shown_in_ones_own_search(alice):
    [found] = alice.rest.get("/v1/users", query={"email": alice.email}).json["users"]
    shapes.own_user(found, id=alice.id)


def test_the_beginning_of_a_name_finds_users(rest, alice):
    prefix = f"Zz{unique_email().split('@')[0]}"
    made = {register(rest, prefix + end)["id"] for end in (" one", " two", "")}
    register(rest, "X" + prefix)

    found = alice.rest.get("/v1/users", query={"name": prefix}).json["users"]
    assert {shapes.user(user)["id"] for user in found} == made
    assert len(alice.rest.get("/v1/users", query={"name": prefix, "limit": 2}).json["users"]) == 2


@pytest.mark.parametrize("name", ["%", "_", "\\", "%%", "A_ice"])
def test_a_name_is_no_pattern(alice, name):
    assert alice.rest.get("/v1/users", query={"name": name}).json["users"] == []


@pytest.mark.parametrize("limit", ["1", "50"])
def test_a_search_takes_limits_at_the_bounds(alice, limit):
    assert alice.rest.get("/v1/users", query={"name": "Ali", "limit": limit}).status == 200


@pytest.mark.parametrize("limit", ["0", "51", "-1", "", "ten", "1.5", "1e1", "9" * 30])
def test_a_search_refuses_other_limits(alice, limit):
    answer = alice.rest.get("/v1/users", query={"name": "Ali", "limit": limit})
    shapes.problem(answer, 400, "validation_failed", field="limit")


@pytest.mark.parametrize("query", [{}, {"limit": "5"}, {"name": "A", "email": "a@b.c"},
                                   {"name": ""}, {"email": ""}, {"name": "x" * 65}])
def test_a_search_needs_an_address_or_a_name(alice, query):
    shapes.problem(alice.rest.get("/v1/users", query=query), 400, "validation_failed")
