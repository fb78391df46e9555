"""What is typed into a sheet, before it is saved: on the scale, in its band, naming places that exist, losing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from applications.models import Application
from ground.errors import Fault
from scoring.models import Sheet, SheetItem, Stage
from scoring.queries.references import fits_file
from scoring.queries.score_forms import FIELDS, Line, ScoreForm
from scoring.rules.references import NotFound

Entries = Mapping[str, Mapping[str, Any]]


def fitted(
    form: ScoreForm, application: Application, rows: Mapping[str, SheetItem], items: Entries
) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    """The entries as they are to be saved, and what speaks against them.

    A percentage given alone brings its band with it; a band given alone takes away a percentage outside it, which was
    chosen for another band. Both given must fit. Places come in their one form.
    """
    found: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for code, values in items.items():
        line = form.line(code)
        if line is None or not values.keys() <= set(form.fields_of(line)):
            faults.append(Fault("unknown_item", f"评分表里没有“{code}”这一项。", code))
            continue
        found[code] = dict(values)
        faults += _scale_faults(form, line, values) or _fit_band(form, line, rows.get(code), found[code])
    texts = {code: values["evidence"] for code, values in found.items() if values.get("evidence", "").strip()}
    if texts:
        resolve = fits_file(application, form.stage)
        for code, text in texts.items():
            try:
                found[code]["evidence"] = resolve(text)
            except NotFound as error:
                faults.append(Fault("unknown_reference", _unknown(error, form.stage), f"evidence-{code}"))
    return found, faults


def stale_faults(
    locked: Sheet,
    rows: Mapping[str, SheetItem],
    items: Entries,
    whole: Mapping[str, Any],
) -> list[Fault]:
    """The fields in which another window's entry would be lost; `whole`: fields of the sheet itself."""
    pairs = [
        (f"{name}-{code}", getattr(rows[code], name), values[name])
        for code, values in items.items()
        if code in rows
        for name in FIELDS
        if name in values
    ]
    pairs += [(name, getattr(locked, name), value) for name, value in whole.items()]
    return [
        Fault("stale_revision", f"另一个窗口已经保存了“{kept}”，请核对。", field)
        for field, kept, value in pairs
        if _loses(kept, value)
    ]


def _loses(kept: int | Decimal | str | None, value: int | Decimal | str | None) -> bool:
    """Whether saving `value` loses what is kept; a text that goes on from the one kept loses nothing."""
    if kept is None or kept == "" or kept == value:
        return False
    return not (isinstance(kept, str) and isinstance(value, str) and value.startswith(kept))


def _scale_faults(form: ScoreForm, line: Line, values: Mapping[str, Any]) -> list[Fault]:
    percent, band = values.get("percent"), values.get("band")
    if percent is not None and percent not in form.percents:
        step = form.criteria.step
        words = f"{line.title}：百分比请在 0 至 100 之间按 {step} 的倍数选择。"
        return [Fault("percent_off_scale", words, line.code)]
    if band is not None and band not in form.bands:
        return [Fault("band_off_scale", f"{line.title}：没有这个区间，请重新选择。", f"band-{line.code}")]
    return []


def _fit_band(form: ScoreForm, line: Line, row: SheetItem | None, values: dict[str, Any]) -> list[Fault]:
    """Bring band and percentage together in `values`; what speaks against it."""
    if "band" not in form.fields_of(line) or not values.keys() & {"band", "percent"}:
        return []
    percent = values.get("percent", row.percent if row else None)
    if percent is None:
        return []
    own = form.band_start(percent)
    if values.get("band") is None:
        values["band"] = own
    elif values["band"] != own:
        if "percent" in values:
            words = f"{line.title}：{percent}% 不在所选的区间里，请在区间内选百分比，或改选区间。"
            return [Fault("percent_outside_band", words, line.code)]
        values["percent"] = None
    return []


def _unknown(error: NotFound, stage: str) -> str:
    if stage == Stage.SITE:
        return (
            f"“{error}”在申报材料和现场记录里找不到。请写“附件3”“第15–17页”“自评4.1.2”，"
            "或现场评审页上已登记的“访谈1”“文件2”，用分号隔开。"
        )
    return f"“{error}”在申报材料里找不到。请写“附件3”“第15–17页”或“自评4.1.2”，用分号隔开。"
