"""Users of the FastAPI peer: registration, login, tokens, and many at once for a load generator."""
import asyncio
import hashlib
import os
import secrets
import time
import uuid

import asyncpg
import jwt
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, constr

from fastapi_delivery import when

SECRET = os.environ.get("JWT_SECRET", "baseline-secret")
PBKDF2_ITERATIONS = int(os.environ.get("PBKDF2_ITER", "100000"))
TOKEN_SECONDS = 86_400

router = APIRouter()


def token_for(user):
    claims = {"sub": user, "exp": int(time.time()) + TOKEN_SECONDS}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def user_of(authorization):
    try:
        scheme, token = authorization.split(" ", 1)
        if scheme.lower() == "bearer":
            return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]
    except Exception:
        pass
    raise HTTPException(401, "no valid token")


def current(request: Request):
    return user_of(request.headers.get("authorization", ""))


class NewUser(BaseModel):
    name: constr(min_length=1, max_length=64)
    email: constr(min_length=3, max_length=254)
    password: constr(min_length=8, max_length=128)


class Credentials(BaseModel):
    email: str
    password: str


class ManyUsers(BaseModel):
    count: int


def digest(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, PBKDF2_ITERATIONS)


def user_json(row, delivery):
    user = str(row["id"])
    status = "online" if delivery.is_online(user) else "offline"
    return {"id": user, "name": row["name"], "email": row["email"], "status": status,
            "createdAt": when(row["created_at"])}


@router.post("/v1/users/register", status_code=201)
async def register(new: NewUser, request: Request):
    salt = secrets.token_bytes(16)
    hashed = await asyncio.to_thread(digest, new.password, salt)
    try:
        row = await request.app.state.pg.fetchrow(
            "INSERT INTO fa_users VALUES($1,$2,$3,$4,$5) RETURNING *",
            uuid.uuid4(), new.name, new.email.lower(), salt, hashed)
    except asyncpg.UniqueViolationError:
        raise HTTPException(409, "this address has an account")
    return user_json(row, request.app.state.delivery)


@router.post("/v1/users/login")
async def login(given: Credentials, request: Request):
    row = await request.app.state.pg.fetchrow("SELECT * FROM fa_users WHERE email=$1",
                                              given.email.lower())
    hashed = await asyncio.to_thread(digest, given.password, row["salt"] if row else b"")
    if not row or not secrets.compare_digest(hashed, row["pw"]):
        raise HTTPException(401, "wrong address or password")
    return {"token": token_for(str(row["id"])), "tokenType": "Bearer", "expiresIn": TOKEN_SECONDS,
            "user": user_json(row, request.app.state.delivery)}


@router.post("/v1/test/users", status_code=201)
async def make_users(many: ManyUsers, request: Request):
    """Users without a password, logged in: what a load generator begins with."""
    if not 1 <= many.count <= 1000:
        raise HTTPException(400, "count must be from 1 to 1000")
    ids = [str(uuid.uuid4()) for _ in range(many.count)]
    await request.app.state.pg.copy_records_to_table(
        "fa_users", columns=("id", "name", "email", "salt", "pw"),
        records=[(user, "test user", f"{user}@example.com", b"", b"") for user in ids])
    return {"users": [{"id": user, "token": token_for(user)} for user in ids],
            "expiresIn": TOKEN_SECONDS}
