"""The HTTP twin of `manage recompute`: the same documents, the same answers, the same faults."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from ground.api import Open, problem
from ground.web import sent_body
from rewards import recompute

MAX_BYTES = 1024 * 1024
LOT = {"seed": "20261012", "applications": ["PARK-2026-0001", "PARK-2026-0002"]}
LOT_DRAWN = recompute.compute("lot", LOT)


class RecomputeThrottle(AnonRateThrottle):
    """Computing costs more than reading: as often from one address, no more."""

    rate = "120/min"
    scope = "recompute"


class Recompute(Open, APIView):
    """Compute one document by the rules of the edition it names; a lot has no edition. A body of at most 1 MB."""

    throttle_classes = (RecomputeThrottle,)
    parser_classes = (JSONParser,)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(recompute.KINDS), required=True)
        ],
        examples=[
            OpenApiExample("lot", LOT, request_only=True),
            OpenApiExample("lot", LOT_DRAWN, response_only=True, status_codes=["200"]),
        ],
        request=OpenApiTypes.OBJECT,
        responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT, 413: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, kind: str) -> Response:
        """Read the body itself, not a parser's floats: every number stays an exact decimal."""
        if kind not in recompute.KINDS:
            raise Http404
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return problem(
                413, detail="内容超过 1 MB。请分开计算，或在自己的电脑上用 manage recompute --lines 计算。"
            )
        try:
            answer = recompute.compute(kind, recompute.parse_json(sent_body(request._request)))
        except recompute.Refused as refusal:
            return problem(400, errors=refusal.errors)
        return Response(answer)


urlpatterns = [
    path("recompute/<slug:kind>/", login_not_required(Recompute.as_view()), name="recompute"),
]
