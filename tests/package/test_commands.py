"""Every command of the documentation: it is run, in the order of its page, or is listed with the reason why not."""

import re

import pytest
from tests.support.command_syntax import check_syntax
from tests.support.documented import PAGES, ROOT, blocks_of, commands_of, spans_of
from tests.support.existing import copy_existing, guard_existing
from tests.support.terminal import Terminal, make_clone, make_environment, open_page

from supertokens_lambda_local import cli

LANGUAGES = {"console", "js", "json", "make", "mermaid", "python", "text", "toml", "yaml"}
# What cannot be run on one machine, or is run by other tests.
NOT_RUN = {
    r"pip install (pytest|-r requirements-dev.txt)$": "the environment of these tests has it",
    r"cd ": "the commands after it run in that folder",
    r"pip install \"?(supertokens|\.)": "PyPI has no wheel of this checkout: the environment of these tests has it",
    r"supertokens-lambda layer ": "tests/local/layer runs it on applications that name packages",
    r"sam build": "tests/sam builds the application for both processors",
    r"sam deploy": "it needs an account of AWS",
    r"aws ": "it needs an account of AWS",
    r"git (tag|push) ": "it needs a key and a remote repository",
    r"make (test|package) ?": "it takes the whole suite, or a version that is not there",
    r"make examples": "it needs packages of npm; tests/browser opens what it makes",
    r".*make run TEMPLATE=": "tests/e2e visits the example; here its template is read",
    r"node examples/": "tests/e2e runs it",
    r"\.venv/bin/pytest ": "it is for a part of these tests",
}
RUN = r"(supertokens-lambda (init|dev|doctor)\b|make run$|pytest tests$|curl )"
COMMANDS = [(str(page.relative_to(ROOT)), command) for page in PAGES for command in commands_of(page)]
TEMPLATES = [command.partition("TEMPLATE=")[2] for _, command in COMMANDS if "TEMPLATE=" in command]
# Their parameters are those of the sample application.
OF_THE_CLONE = {"docs/delivery.md"}
PAGES_TO_RUN = [*dict.fromkeys(page for page, command in COMMANDS if re.match(RUN, command))]


def reasons_of(command):
    return [reason for pattern, reason in NOT_RUN.items() if re.match(pattern, command)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_block_has_a_language(page):
    assert {block.language for block in blocks_of(page)} <= LANGUAGES
    assert page.read_text().count("```") == 2 * len(blocks_of(page))


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_is_run_or_the_reason_is_listed(page, command):
    reasons = reasons_of(command)

    assert len(reasons) + bool(re.match(RUN, command)) == 1
    program = " ".join(command.split()[:2])
    print(f"{page}: {program}: {reasons[0] if reasons else 'run'}")  # noqa: T201 - pytest shows it with -rP


@pytest.mark.parametrize("pattern", [RUN, *NOT_RUN])
def test_the_lists_name_nothing_else(pattern):
    assert any(re.match(pattern, command) for _, command in COMMANDS)


@pytest.mark.parametrize("command", [*dict.fromkeys(command for _, command in COMMANDS)])
def test_a_program_takes_the_command(command):
    check_syntax(command)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_program_takes_each_command_of_the_prose(page):
    for command in spans_of(page):
        check_syntax(command)


@pytest.mark.parametrize("command", ["make nothing", "make run NOTHING=1", "sam deploy --parameter-overrides No=1"])
def test_a_wrong_command_is_found(command):
    with pytest.raises(AssertionError):
        check_syntax(command)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_template_of_an_example_can_be_served(template):
    assert cli.main(["dev", "--template", str(ROOT / template), "--check"]) == 0


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return make_environment(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def terminal(environment, tmp_path):
    return Terminal(environment, tmp_path)


def application_for(page, folder, terminal):
    """Make the application that a page begins with, unless the page makes it."""
    if page == "docs/existing-app.md":
        copy_existing(folder)
        return
    folder.mkdir()
    makes_one = any(command.startswith("supertokens-lambda init") for command in commands_of(ROOT / page))
    if page not in OF_THE_CLONE and not makes_one:
        terminal.run("supertokens-lambda init --yes", folder)


def run_command(command, folder, terminal, core):
    if re.match(r"make run|supertokens-lambda dev", command):
        any_port = " PORT=0" if command.startswith("make") else " --port 0"
        with terminal.serving(f"{command}{any_port}", folder) as url:
            assert open_page(url).status_code < 500
        return
    done = terminal.run(command, folder, CORE=core.uri)
    # The doctor says what it could not reach.
    allowed = {0, 1} if " doctor " in command else {0}
    assert done.returncode in allowed, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.xdist_group("commands")
@pytest.mark.parametrize("page", PAGES_TO_RUN)
def test_the_commands_of_a_page_are_run_in_their_order(page, terminal, environment, core, tmp_path):
    application, clone = tmp_path / "application", tmp_path / "clone"
    application_for(page, application, terminal)
    for block in blocks_of(ROOT / page):
        folder = clone if block.is_of_the_clone or page in OF_THE_CLONE else application
        if folder == clone and not clone.exists():
            make_clone(clone, environment)
        for command in block.commands:
            if command.startswith("cd "):
                folder = folder / command.removeprefix("cd ")
            elif not reasons_of(command):
                run_command(command, folder, terminal, core)
            if page == "docs/existing-app.md" and " init --guard" in command:
                guard_existing(application)
