"""Errors of the interface as RFC 9457 problem details; what public endpoints have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ground.errors import Refused

PROBLEM_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "请求内容有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    406: "不支持所要的格式",
    409: "不能这样做",
    413: "请求内容过大",
    415: "不支持这种内容类型",
    429: "请求过于频繁",
}


class Open:
    """Mixed into views that anyone may call: nobody logs in, so no session and no CSRF token is asked for."""

    authentication_classes: tuple[type, ...] = ()
    permission_classes: tuple[type, ...] = (AllowAny,)


class Pages(PageNumberPagination):
    """25 rows a page; `?page_size=` up to 100."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


def problem(code: int, *, detail: str = "", errors: object = None, title: str = "") -> Response:
    """One problem document: type, title, status, and where there is more to say detail and errors."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title or TITLES.get(code, "请求未能完成"),
        "status": code,
    }
    if detail:
        body["detail"] = detail
    if errors is not None:
        body["errors"] = errors
    return Response(body, status=code, content_type=PROBLEM_TYPE)


def problem_details(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """The exception handler of Django REST framework; None leaves an unforeseen exception to Django."""
    if isinstance(exc, Refused):
        set_rollback()
        return problem(
            status.HTTP_409_CONFLICT, detail=str(exc), errors=[_fault(fault) for fault in exc.faults]
        )
    if isinstance(exc, Http404):
        set_rollback()
        return problem(status.HTTP_404_NOT_FOUND, detail="这个地址没有内容，或者您看不到它。")
    if isinstance(exc, PermissionDenied):
        set_rollback()
        return problem(status.HTTP_403_FORBIDDEN, detail=str(exc))
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(exc, exceptions.ValidationError):
        response = problem(exc.status_code, errors=list(_flat("", exc.detail)))
    else:
        response = problem(exc.status_code, detail=str(exc.detail))
    wait = getattr(exc, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait))
    challenge = getattr(exc, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _fault(fault: Any) -> dict[str, str]:
    named = {"code": fault.code, "message": fault.message, "path": fault.field, "article": fault.article}
    return {key: value for key, value in named.items() if value}


def _flat(path: str, detail: Any) -> Iterator[dict[str, str]]:
    """The nested detail of a validation error as a list of {path, message}."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _flat(f"{path}.{name}".strip("."), inner)
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flat(f"{path}[{position}]" if nested else path, inner)
    else:
        yield {"path": path, "message": str(detail)}
