"""Services are verb_noun, keyword-only, atomic, and take `actor` and `now`; they know no web and start no tasks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import APPS, Module, modules, read

BELOW = {
    "accounts.rename_scope": "follows from a change of the register, whose own record names the person; one statement",
    "audit.record": "writes in the caller's transaction, at the caller's `at`",
    "audit.log_access": "writes in the caller's transaction, at the caller's `at`",
    "audit.seal_pending": "the sealing sweep; its one argument is the moment",
    "documents.store_file": "its upload is its subject; the app that owns the object names the actor",
    "documents.store_bytes": "as store_file, for what the portal makes itself",
    "documents.read_file": "reads",
    "documents.file_response": "reads",
    "documents.preview_response": "reads",
    "documents.refuse_unsafe": "reads, and refuses what is not safe to give out",
    "documents.next_number": "draws a number in the caller's transaction",
    "applications.note_presence": "who has the page open, for the colleague next to them: no act, one statement",
    "notifications.post": "a letter is no act: the service that sends it names the actor",
    "notifications.post_to_address": "as post, to somebody without an account",
    "notifications.calendar_of": "reads",
    "notifications.digest_of": "reads",
    "notifications.note_reading": "a program asks, nobody acts; one statement",
    "notifications.open_duty": "a duty follows from an act that has its actor",
    "notifications.close_duties": "as open_duty",
    "notifications.close_duties_on": "as open_duty",
    "notifications.reschedule_duties": "as open_duty; moves a date that is given",
    "notifications.mark_read": "one statement, which is atomic by itself",
    "notifications.mark_all_read": "one statement, which is atomic by itself",
    "notifications.withhold": "follows from a recusal, whose own record names the person",
    "notifications.sweep_outbox": "a sweep; its one argument is the moment",
    "notifications.sweep_reminders": "a sweep; its one argument is the moment",
}
READS = {
    "applications.version_of",
    "publicity.foreseen_effects",
    "scoring.candidates_of",
    "scoring.list_to_approve",
    "scoring.next_in_line",
    "scoring.struck_award",
}
# Guards that the pages ask as the services do: sentences and faults, nothing is changed.
GUARDS = ("why_", "fault_against_", "faults_against_")
NO_ACTOR = {
    "applications.send_letter": "follows from a decision, whose own record names the person",
    "awards.sync_law": "follows the editions' files, nobody decides",
    "awards.import_policy": "run by the operator from a file",
    "scoring.detect_recusals": "follows from data, nobody decides",
    "scoring.note_objection": "follows from an objection, whose own record names the person",
}
NO_TRANSACTION = {
    "documents.append_chunk": "the piece, then the verdict on the whole, each in a transaction of its own",
    "documents.sweep_previews": "each file in a transaction of its own",
    "documents.sweep_scans": "each file in a transaction of its own",
    "awards.sweep_cycles": "each cycle in a transaction of its own, so that one failure stops no other",
    "applications.sweep_claims": "each claim in a transaction of its own",
    "applications.sweep_corrections": "each correction in a transaction of its own",
    "applications.sweep_prints": "each print in a transaction of its own",
    "applications.request_print": "one row",
    "publicity.sweep_windows": "each notice in a transaction of its own",
    "publicity.sweep_papers": "each notice in a transaction of its own",
    "publicity.sweep_honours": "each honour in a transaction of its own",
    "scoring.compute_proposal": "takes the job and keeps the result in transactions of their own, with progress between",
    "scoring.sweep_proposals": "each proposal as compute_proposal",
    "scoring.sweep_cancelled": "each cycle in a transaction of its own",
    "scoring.sweep_recusals": "each cycle in a transaction of its own",
}


def exported(app: str) -> set[str]:
    """What an app's services offer: `__all__` of the package, or every public function of the one module."""
    for module in modules():
        if module.path == f"{app}/services/__init__.py":
            for node in module.tree.body:
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                    return set(ast.literal_eval(node.value))
        if module.path == f"{app}/services.py":
            return {
                node.name
                for node in module.tree.body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            }
    return set()


def services() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function that an app's services offer, as `app.name`."""
    for app in APPS:
        names = exported(app)
        for module in modules():
            if module.app == app and module.in_room("services"):
                for node in module.tree.body:
                    if isinstance(node, ast.FunctionDef) and node.name in names:
                        yield f"{app}.{node.name}", node


def faults(function: ast.FunctionDef) -> set[str]:
    taken = {argument.arg for argument in function.args.kwonlyargs}
    found = set()
    if function.args.args or function.args.vararg or function.args.kwarg:
        found.add("not keyword-only")
    found |= {f"no {name}" for name in ("actor", "now") if name not in taken}
    if any(
        default is not None
        for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if argument.arg in ("actor", "now")
    ):
        found.add("actor or now by default")
    if "transaction.atomic" not in [ast.unparse(decorator) for decorator in function.decorator_list]:
        found.add("not atomic")
    return found


def test_services_have_the_one_shape() -> None:
    found = {}
    for name, function in services():
        if name in BELOW or name in READS or function.name.startswith(GUARDS):
            continue
        allowed = {"no actor"} if name in NO_ACTOR or function.name.startswith("sweep_") else set()
        allowed |= {"not atomic"} if name in NO_TRANSACTION else set()
        wrong = faults(function) - allowed
        if wrong:
            found[name] = wrong
    assert found == {}


def test_the_exceptions_are_still_needed() -> None:
    known = dict(services())
    listed = {*BELOW, *READS, *NO_ACTOR, *NO_TRANSACTION}
    assert {name for name in listed if name not in known} == set()
    assert {name for name in BELOW if not faults(known[name])} == set()
    assert {name for name in NO_ACTOR if "no actor" not in faults(known[name])} == set()
    assert {name for name in NO_TRANSACTION if "not atomic" not in faults(known[name])} == set()


def test_readers_among_them_write_nothing() -> None:
    writers = {
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "get_or_create",
        "update_or_create",
        "move",
        "record",
    }
    known = dict(services())
    for name in READS:
        calls = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(known[name])
            if isinstance(node, ast.Call)
        }
        assert not calls & writers, name


def test_there_are_services_to_look_at() -> None:
    assert len(dict(services())) > 80


def imported(module: Module) -> set[str]:
    names = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_services_know_no_web_and_start_no_tasks() -> None:
    banned = ("django.shortcuts", "django.contrib.messages", "django.views", "celery", "rest_framework")
    found = {
        module.path: wrong
        for module in modules()
        if module.in_room("services", "rules", "models", "queries")
        if (
            wrong := {name for name in imported(module) if name.startswith(banned) or name.endswith(".tasks")}
        )
    }
    assert found == {}
    http = {
        module.path
        for module in modules()
        if module.in_room("services", "rules", "models")
        if any(name.startswith("django.http") for name in imported(module))
    }
    assert http <= {"documents/services/files.py"}, "documents answers with the file itself"


def test_no_signals() -> None:
    found = {module.path for module in modules() if any("signals" in name for name in imported(module))}
    assert found == set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("def f(cycle, *, actor, now): ...", "not keyword-only"),
        ("def f(*, cycle, now): ...", "no actor"),
        ("def f(*, cycle, actor): ...", "no now"),
        ("def f(*, actor=None, now): ...", "actor or now by default"),
        ("def f(*, actor, now): ...", "not atomic"),
    ],
)
def test_every_fault_is_found(line: str, fault: str) -> None:
    function = read("app/services.py", line).tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert fault in faults(function)
