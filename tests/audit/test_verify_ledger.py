"""Whoever owns the database can switch the triggers off; the walk over the chain still finds what was done."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from audit import rules, services
from audit.models import Batch, Entry, PublishedHead, Seal
from audit.verification import verify
from tests.audit.conftest import START, tamper


def assert_broken(sequence: int, *problems: str) -> None:
    broken = verify().broken
    assert broken is not None, "nothing was found"
    assert (broken.sequence, broken.problem in problems) == (sequence, True), broken


def command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_whole_chain_exits_0_with_its_head(chain: list[Entry]) -> None:
    code, out = command("--json")
    report = json.loads(out)
    assert code == 0
    assert report == {
        "ok": True,
        "head": Batch.objects.get(number=3).head,
        "entries": 12,
        "batches": 3,
        "pending": 0,
        "broken": None,
    }
    assert Batch.objects.get(number=3).head in command()[1]


def test_an_empty_ledger_is_whole(db: None) -> None:
    assert json.loads(command("--json")[1])["head"] == rules.GENESIS


def test_entries_not_sealed_yet_are_counted(chain: list[Entry], write: Any) -> None:
    write(2, first=13)
    assert (verify().pending, verify().broken) == (2, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", "'{}'"),
        ("action", "'application.withdraw'"),
        ("actor_label", "'李主任'"),
        ("actor_id", "'77'"),
        ("article", "'第一条'"),
        ("subject_id", "'9'"),
        ("subject_label", "'别的申报'"),
        ("subject_type", "'awards.cycle'"),
        ("at", "at + interval '1 microsecond'"),
        ("before_digest", "''"),
        ("after_digest", "before_digest"),
        ("digest", "repeat('a', 64)"),
    ],
)
def test_any_column_changed_is_located(chain: list[Entry], column: str, value: str) -> None:
    tamper(f"UPDATE audit_entry SET {column} = {value} WHERE id = {chain[6].pk}")
    assert_broken(7, "content_changed")
    code, out = command("--json")
    assert code == 1
    assert json.loads(out)["broken"]["sequence"] == 7
    assert "第 7 条" in command()[1]


def test_a_change_with_its_digest_computed_anew_is_located(chain: list[Entry]) -> None:
    entry = chain[6]
    entry.actor_label = "李主任"
    digest = rules.entry_digest({name: getattr(entry, name) for name in rules.ENTRY_FIELDS}, entry.at)
    tamper(f"UPDATE audit_entry SET actor_label = '李主任', digest = '{digest}' WHERE id = {entry.pk}")
    assert_broken(7, "content_changed")
    tamper(f"UPDATE audit_seal SET entry_digest = '{digest}' WHERE entry_id = {entry.pk}")
    assert_broken(7, "order_changed")


def test_a_batch_computed_anew_does_not_fit_the_next(chain: list[Entry]) -> None:
    rewrite_from(2, only=True)
    assert_broken(11, "batch_changed", "order_changed")


@pytest.mark.parametrize("position", [1, 5, 6, 12])
def test_a_removed_entry_is_located(chain: list[Entry], position: int) -> None:
    tamper(f"DELETE FROM audit_entry WHERE id = {chain[position - 1].pk}")
    assert_broken(position, "entry_removed")


@pytest.mark.parametrize("position", [1, 5, 6, 12])
def test_an_entry_removed_with_its_seal_is_located(chain: list[Entry], position: int) -> None:
    entry = chain[position - 1].pk
    tamper(f"DELETE FROM audit_seal WHERE entry_id = {entry}", f"DELETE FROM audit_entry WHERE id = {entry}")
    assert_broken(position, "seal_missing")


def test_an_entry_removed_and_the_rest_moved_up_is_located(chain: list[Entry]) -> None:
    entry = chain[2].pk
    tamper(
        f"DELETE FROM audit_seal WHERE entry_id = {entry}",
        f"DELETE FROM audit_entry WHERE id = {entry}",
        *(f"UPDATE audit_seal SET sequence = {n - 1} WHERE sequence = {n}" for n in range(4, 13)),
    )
    assert_broken(3, "order_changed")


def test_an_inserted_entry_is_located(chain: list[Entry]) -> None:
    columns = ", ".join(("at", *rules.ENTRY_FIELDS, "digest"))
    tamper(f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE id = {chain[3].pk}")
    assert_broken(13, "entry_inserted")


def test_an_entry_inserted_with_a_seal_is_located(chain: list[Entry]) -> None:
    columns = ", ".join(("at", *rules.ENTRY_FIELDS, "digest"))
    tamper(
        f"INSERT INTO audit_entry (id, {columns}) SELECT 999, {columns} FROM audit_entry WHERE id = {chain[3].pk}",
        *(f"UPDATE audit_seal SET sequence = {n + 1} WHERE sequence = {n}" for n in range(12, 3, -1)),
        "INSERT INTO audit_seal (sequence, batch_id, entry_id, entry_digest, link)"
        " SELECT 4, batch_id, 999, entry_digest, link FROM audit_seal WHERE sequence = 5",
    )
    assert_broken(4, "order_changed")


def test_a_seal_beyond_the_last_batch_is_found(chain: list[Entry]) -> None:
    columns = ", ".join(("at", *rules.ENTRY_FIELDS, "digest"))
    tamper(
        f"INSERT INTO audit_entry (id, {columns}) SELECT 999, {columns} FROM audit_entry WHERE id = {chain[3].pk}",
        "INSERT INTO audit_seal (sequence, batch_id, entry_id, entry_digest, link)"
        " SELECT 13, batch_id, 999, entry_digest, link FROM audit_seal WHERE sequence = 12",
    )
    assert_broken(13, "seal_stray")


def test_two_entries_in_each_others_place_are_located(chain: list[Entry]) -> None:
    tamper(
        "UPDATE audit_seal SET sequence = 999 WHERE sequence = 8",
        "UPDATE audit_seal SET sequence = 8 WHERE sequence = 9",
        "UPDATE audit_seal SET sequence = 9 WHERE sequence = 999",
    )
    assert_broken(8, "order_changed")


def test_two_entries_with_their_keys_swapped_are_located(chain: list[Entry]) -> None:
    first, second = chain[7].pk, chain[8].pk
    tamper(
        f"UPDATE audit_entry SET id = -1 WHERE id = {first}",
        f"UPDATE audit_entry SET id = {first} WHERE id = {second}",
        f"UPDATE audit_entry SET id = {second} WHERE id = -1",
    )
    assert_broken(8, "content_changed")


@pytest.mark.parametrize("column", ["merkle_root", "previous_head", "head"])
def test_a_changed_batch_is_located(chain: list[Entry], column: str) -> None:
    tamper(f"UPDATE audit_batch SET {column} = repeat('b', 64) WHERE number = 2")
    assert_broken(6, "batch_changed")


def test_a_changed_time_of_sealing_is_located(chain: list[Entry]) -> None:
    tamper("UPDATE audit_batch SET sealed_at = sealed_at - interval '1 day' WHERE number = 2")
    assert_broken(6, "batch_changed")


def test_a_removed_batch_is_located(chain: list[Entry]) -> None:
    tamper("DELETE FROM audit_batch WHERE number = 2")
    assert_broken(6, "batch_missing")


def test_a_tail_cut_off_without_its_entries_is_found(chain: list[Entry]) -> None:
    tamper("DELETE FROM audit_batch WHERE number = 3", "DELETE FROM audit_seal WHERE sequence > 10")
    assert_broken(11, "entry_inserted")


def test_a_tail_cut_off_is_found_once_a_head_was_published(chain: list[Entry], actor: Any) -> None:
    services.publish_head(subject=actor, actor=actor, now=START + timedelta(hours=2))
    services.seal_pending(START + timedelta(hours=2))
    tamper(
        "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_seal WHERE sequence > 10)",
        "DELETE FROM audit_seal WHERE sequence > 10",
        "DELETE FROM audit_batch WHERE number > 2",
    )
    assert_broken(11, "tail_removed")


def test_a_tail_cut_off_with_its_publication_is_found_by_the_printed_head(
    chain: list[Entry], actor: Any
) -> None:
    printed = services.publish_head(subject=actor, actor=actor, now=START + timedelta(hours=2))
    assert command("--head", printed)[0] == 0
    tamper(
        "DELETE FROM audit_publishedhead",
        "DELETE FROM audit_unsealed",
        "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_seal WHERE sequence <= 10)",
        "DELETE FROM audit_seal WHERE sequence > 10",
        "DELETE FROM audit_batch WHERE number > 2",
    )
    assert verify().broken is None
    assert command("--head", printed)[0] == 1


def test_a_chain_computed_anew_does_not_fit_the_published_head(chain: list[Entry], actor: Any) -> None:
    services.publish_head(subject=actor, actor=actor, now=START + timedelta(hours=2))
    rewrite_from(2)
    assert_broken(1, "head_rewritten")


def test_a_publication_removed_is_found_by_its_entry(chain: list[Entry], actor: Any) -> None:
    services.publish_head(subject=actor, actor=actor, now=START + timedelta(hours=2))
    services.seal_pending(START + timedelta(hours=2))
    tamper("DELETE FROM audit_publishedhead")
    assert_broken(13, "publication_removed")


def test_a_published_head_changed_is_found(chain: list[Entry], actor: Any) -> None:
    services.publish_head(subject=actor, actor=actor, now=START + timedelta(hours=2))
    assert PublishedHead.objects.get().sequence == 12
    tamper("UPDATE audit_publishedhead SET head = repeat('c', 64)")
    assert_broken(1, "head_rewritten")


def test_a_pending_entry_changed_or_removed_is_found(chain: list[Entry], write: Any) -> None:
    (entry,) = write(1, first=13)
    tamper(f"UPDATE audit_entry SET action = 'other' WHERE id = {entry.pk}")
    assert_broken(13, "content_changed")
    tamper(f"DELETE FROM audit_entry WHERE id = {entry.pk}")
    assert_broken(13, "marker_stray")


def rewrite_from(number: int, *, only: bool = False) -> None:
    """What a determined operator would do: change the first entry of a batch, then compute everything after it."""
    first = Seal.objects.filter(batch_id=number).order_by("sequence")[0].entry
    first.actor_label = "李主任"
    forged = rules.entry_digest({name: getattr(first, name) for name in rules.ENTRY_FIELDS}, first.at)
    tamper(
        f"UPDATE audit_entry SET actor_label = '李主任', digest = '{forged}' WHERE id = {first.pk}",
        f"UPDATE audit_seal SET entry_digest = '{forged}' WHERE entry_id = {first.pk}",
    )
    for batch in Batch.objects.filter(number__gte=number).order_by("number"):
        head = Batch.objects.get(number=batch.number - 1).head if batch.number > 1 else rules.GENESIS
        link, leaves = head, []
        for seal in batch.seals.order_by("sequence"):
            leaf = rules.leaf_text(seal.sequence, seal.entry_id, seal.entry_digest)
            link = rules.link_digest(link, leaf)
            leaves.append(leaf)
            tamper(f"UPDATE audit_seal SET link = '{link}' WHERE sequence = {seal.sequence}")
        root = rules.merkle_root(leaves)
        new = rules.batch_head(
            number=batch.number,
            first=batch.first,
            last=batch.last,
            root=root,
            previous_head=head,
            sealed_at=batch.sealed_at,
        )
        tamper(
            f"UPDATE audit_batch SET merkle_root = '{root}', previous_head = '{head}', head = '{new}'"
            f" WHERE number = {batch.number}"
        )
        if only:
            return
