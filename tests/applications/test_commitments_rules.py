"""Whether a signature stands: whose it is, and whether it was ended."""

from __future__ import annotations

import pytest

from applications.rules.commitments import IN_CHARGE_CHANGED, UNSIGNED, Signed, lapse, same_person


@pytest.mark.parametrize(
    ("signed", "in_charge", "reason"),
    [
        (None, "王示例", UNSIGNED),
        (Signed("王示例", ended=True), "王示例", UNSIGNED),
        (Signed("王示例", ended=False), "王示例", ""),
        (Signed("王　示例", ended=False), "王示例 ", ""),
        (Signed("王示例", ended=False), "赵示例", IN_CHARGE_CHANGED),
    ],
)
def test_a_signature_stands_while_its_signer_is_in_charge(
    signed: Signed | None, in_charge: str, reason: str
) -> None:
    assert lapse(signed, in_charge) == reason


def test_nobody_is_nobody() -> None:
    assert not same_person("", " ")
