"""The file that keeps the state of the core in memory."""

import asyncio
import gc
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from tests.local.core.test_main import answer, command, port  # noqa: F401 - a fixture

import supertokens_lambda_local
from supertokens_lambda_local.core import CoreConfig, DataFileError, create_core
from supertokens_lambda_local.core.database import Database
from supertokens_lambda_local.core.tables import Row

HOME = supertokens_lambda_local.__path__[0].rpartition("/")[0]
CREDENTIALS = {"email": "anna@example.com", "password": "a password 1"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "core.sqlite"


@dataclass(frozen=True)
class Thing(Row):
    KEY: ClassVar = ("name",)

    name: str
    parts: tuple[str, ...] = ()


def names(file: Path) -> list[str]:
    gc.collect()  # ends the connection of a database that is gone
    return [row.name for row in Database(file).table("app", Thing)]


class TestTransactions:
    def test_rows_come_back_in_their_order(self, file):
        database = Database(file)
        table = database.table("app", Thing)
        with database.transaction():
            for name in ("b", "a", "c"):
                table.put(Thing(name, ("x", name)))
        with database.transaction():
            table.put(Thing("b", ("changed",)))
            table.remove("a")
            table.remove("c")
            table.put(Thing("c", ()))
        assert list(table) == [Thing("b", ("changed",)), Thing("c")]
        del database, table
        gc.collect()
        assert list(Database(file).table("app", Thing)) == [Thing("b", ("changed",)), Thing("c")]

    @pytest.mark.parametrize("is_kept", [False, True])
    def test_an_error_undoes_all_of_them(self, file, is_kept):
        database = Database(file if is_kept else None)
        table = database.table("app", Thing)
        with database.transaction():
            table.put(Thing("a"))
            table.put(Thing("b"))

        with pytest.raises(LookupError):
            self.fail(database, table)
        assert {row.name: row.parts for row in table} == {"a": (), "b": ()}
        del database, table
        assert sorted(names(file)) == (["a", "b"] if is_kept else [])

    def fail(self, database, table):
        with database.transaction():
            table.put(Thing("a", ("changed",)))
            table.remove("b")
            table.put(Thing("c"))
            raise LookupError

    def test_an_app_is_dropped_alone(self, file):
        database = Database(file)
        with database.transaction():
            database.table("app", Thing).put(Thing("a"))
            database.table("other", Thing).put(Thing("b"))
        with database.transaction():
            database.drop("other")
        assert not list(database.table("other", Thing))
        del database
        assert names(file) == ["a"]


class TestFile:
    def test_nobody_else_may_read_it(self, file):
        create_core(CoreConfig(data=file))
        assert {stat.S_IMODE(part.stat().st_mode) for part in file.parent.iterdir()} == {0o600}

    def test_a_second_core_is_refused(self, file):
        running_core = create_core(CoreConfig(data=file))
        with pytest.raises(DataFileError, match="stop the core that uses it or choose another file"):
            create_core(CoreConfig(data=file))
        assert running_core.routes

    def test_another_file_is_refused_and_kept(self, file):
        file.write_text("something else, which is long enough to be no header of SQLite's " * 10)
        before = file.read_bytes()
        with pytest.raises(DataFileError, match="is not a data file of the core; choose another file"):
            create_core(CoreConfig(data=file))
        assert file.read_bytes() == before

    def test_another_version_is_refused(self, file):
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(DataFileError, match="written by another version of the core; choose another file"):
            create_core(CoreConfig(data=file))

    def test_a_folder_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(DataFileError, match=r"could not open .*nowhere/core.sqlite: No such file or directory; "):
            create_core(CoreConfig(data=tmp_path / "nowhere" / "core.sqlite"))


@contextmanager
def running(port: int, file: Path, end: signal.Signals) -> Iterator[httpx.Client]:  # noqa: F811
    program = subprocess.Popen(
        command("--port", str(port), "--data", str(file)), cwd=HOME, stdout=subprocess.PIPE, text=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        answer(f"{url}/hello")
        with httpx.Client(base_url=url, timeout=30) as http:
            yield http
    finally:
        program.send_signal(end)
        output, _ = program.communicate(timeout=20)
    assert f"its state is kept in {file}" in output


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_users_and_sessions_survive_the_process(port, file, end):  # noqa: F811
    with running(port, file, end) as http:
        user = http.post("/recipe/signup", json=CREDENTIALS).json()["user"]
        body = {"userId": user["id"], "userDataInJWT": {"a": [1]}, "userDataInDatabase": {}, "enableAntiCsrf": True}
        created = http.post("/recipe/session", json=body).json()
        keys = http.get("/.well-known/jwks.json").json()
        http.put("/recipe/role", json={"role": "editor", "permissions": ["read", "write"]})
        http.put("/recipe/multitenancy/tenant/v2", json={"tenantId": "t1", "firstFactors": ["totp", "emailpassword"]})
        tenants = http.get("/recipe/multitenancy/tenant/list/v2").json()
    with running(port, file, end) as http:
        assert http.post("/recipe/signin", json=CREDENTIALS).json()["user"] == user
        assert http.get("/.well-known/jwks.json").json() == keys
        assert http.get("/recipe/role/permissions", params={"role": "editor"}).json()["permissions"] == [
            "read",
            "write",
        ]
        assert http.get("/recipe/multitenancy/tenant/list/v2").json() == tenants
        body = {"doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": True}
        verified = http.post("/recipe/session/verify", json=body | {"accessToken": created["accessToken"]["token"]})
        assert verified.json() == {"status": "OK", "session": created["session"]}
        body = {"refreshToken": created["refreshToken"]["token"], "antiCsrfToken": created["antiCsrfToken"]}
        refreshed = http.post(
            "/recipe/session/refresh", json=body | {"enableAntiCsrf": True, "useDynamicSigningKey": True}
        )
        assert refreshed.json()["session"] == created["session"]


def test_no_password_is_in_it(file):
    async def sign_up() -> None:
        transport = httpx.ASGITransport(create_core(CoreConfig(data=file)))
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as http:
            assert (await http.post("/recipe/signup", json=CREDENTIALS)).json()["status"] == "OK"

    asyncio.run(sign_up())
    kept = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert CREDENTIALS["email"].encode() in kept
    assert CREDENTIALS["password"].encode() not in kept


def test_a_file_that_cannot_be_used_is_named_by_the_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "supertokens_lambda_local.core", "--data", str(tmp_path)],
        cwd=HOME,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert f"could not open {tmp_path}: Is a directory; choose another file" in done.stderr


ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SUPERTOKENS_")}
DEV = [sys.executable, "-m", "supertokens_lambda_local", "dev", "--port", "0", "--template"]
TEMPLATE = str(Path(__file__).parents[1] / "gateway" / "apps" / "http_api" / "template.yaml")


def test_dev_keeps_its_core_in_it(file):
    with subprocess.Popen(
        [*DEV, TEMPLATE, "--data", str(file)],
        cwd=HOME,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        said = next(line for line in program.stdout if "its state is" in line)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (0, "")
    assert said.startswith(f"Core in memory: its state is kept in {file}; it does not know /recipe/oauth/...")
    assert file.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "."], "could not open .: Is a directory; choose another file"),
        (
            ["--data", "unused.sqlite", "--env", "SUPERTOKENS_CONNECTION_URI=http://core.invalid"],
            "--data keeps the in-memory core, but another core is given; leave out one of the two",
        ),
    ],
)
def test_dev_says_why_it_cannot_keep_its_core(options, message):
    done = subprocess.run(
        [*DEV, TEMPLATE, *options], cwd=HOME, env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (1, f"supertokens-lambda: {message}\n")
