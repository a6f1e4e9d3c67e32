"""Users and conversations for tests, made through the public API of one server."""
import itertools
from dataclasses import dataclass

from .rest import RestClient
from .websocket import WebSocketClient

PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


@dataclass
class Person:
    """A registered and logged-in user. `rest` carries the token."""

    server: object
    id: str
    name: str
    email: str
    rest: RestClient
    refresh_token: str

    @property
    def token(self):
        return self.rest.token

    def connect(self, path="/v1/ws", **options):
        """A WebSocket connection of this user; `ready` is still to be received."""
        return WebSocketClient(self.server, path, token=self.token, **options)

    def send(self, conversation, content, **members):
        """Writes a message over REST; the message M."""
        path = f"/v1/conversations/{conversation['id']}/messages"
        response = self.rest.post(path, {"content": content, **members})
        assert response.status == 200, (response.status, response.body)
        return response.json

    def log(self, conversation):
        """The first 100 events of a conversation, by REST."""
        return self.rest.get(f"/v1/conversations/{conversation['id']}/events").json["events"]


def unique_email(name="someone"):
    return f"{name.lower()}-{next(_numbers)}@example.com"


def register(server, name="Someone"):
    """A new user with an address of its own, logged in."""
    email = unique_email(name)
    rest = server.rest()
    made = rest.post("/v1/users/register", {"name": name, "email": email, "password": PASSWORD})
    assert made.status == 201, (made.status, made.body)
    return log_in(server, email)


def log_in(server, email, password=PASSWORD):
    """Another login of an existing user, as from a second device."""
    rest = server.rest()
    answer = rest.post("/v1/users/login", {"email": email, "password": password})
    assert answer.status == 200, (answer.status, answer.body)
    login = answer.json
    rest.token = login["token"]
    user = login["user"]
    return Person(server=server, id=user["id"], name=user["name"], email=email, rest=rest,
                  refresh_token=login["refreshToken"])


def direct_conversation(creator, other):
    return _create(creator, {"memberIds": [other.id], "isGroup": False})


def group_conversation(creator, *others, name="A group"):
    member_ids = [person.id for person in others]
    return _create(creator, {"name": name, "memberIds": member_ids, "isGroup": True})


def _create(creator, body):
    answer = creator.rest.post("/v1/conversations", body)
    assert answer.status in (200, 201), (answer.status, answer.body)
    return answer.json
