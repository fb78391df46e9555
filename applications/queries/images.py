"""The pictures in the texts of a self-assessment: where each is found, and which may be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from applications.models import Application, AssessmentImage
from applications.rules import markup
from documents.models import StoredFile


def assessment_image(application: Application, number: int) -> tuple[StoredFile, str] | None:
    """A picture of the texts with its name; None where there is none. The caller checks who may see `application`."""
    found = application.assessment_images.select_related("file").filter(number=number).first()
    return (found.file, found.name) if found else None


def image_address(application: Application, number: int) -> str:
    return reverse("applications:assessment_image", args=[application.pk, number])


def shown_html(application: Application, text: str, numbers: Mapping[int, str]) -> SafeString:
    """`text` as safe HTML with the application's own pictures (`numbers`: image_numbers)."""
    return html_of(text, numbers, lambda number: numbers[number] or image_address(application, number))


def html_of(text: str, numbers: Collection[int], address: Callable[[int], str]) -> SafeString:
    """`text` as safe HTML; of the pictures only `numbers` are shown, each at its `address`."""
    return mark_safe(markup.to_html(text, lambda number: address(number) if number in numbers else ""))


def image_numbers(application: Application) -> dict[int, str]:
    """All pictures of the application, as marks_of gives them."""
    return marks_of(application.assessment_images.select_related("file"))


def marks_of(images: Iterable[AssessmentImage]) -> dict[int, str]:
    """Number of each picture → "" where it may be shown, else what the virus scanner keeps it for."""
    return {
        row.number: markup.INFECTED if row.file.infected else markup.WAITING if row.file.awaits_scan else ""
        for row in images
    }
