"""Public interface: notices, the honour roll, and the standing of one certificate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ground import clock
from ground.api import Open, Pages
from publicity import queries
from publicity.models import Honour, Notice, NoticeEntry, NoticeSite
from publicity.states import HONOUR


class EntrySerializer(serializers.ModelSerializer[NoticeEntry]):
    """One organisation on a notice."""

    organisation = serializers.CharField(source="name", help_text="The name as published")
    present_name = serializers.CharField(source="organisation.name")
    uscc = serializers.CharField(source="organisation.uscc")

    class Meta:
        model = NoticeEntry
        fields = ("organisation", "present_name", "uscc", "tier", "repeat", "position")


class SiteSerializer(serializers.ModelSerializer[NoticeSite]):
    """Where else the notice was put up."""

    class Meta:
        model = NoticeSite
        fields = ("code", "name", "url", "published_at")


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice (公示公告) without its text."""

    scheme = serializers.CharField(source="scheme.code")
    year = serializers.IntegerField(source="cycle.year", allow_null=True)

    class Meta:
        model = Notice
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "scheme",
            "year",
            "state",
            "title",
            "number",
            "published_at",
            "day_one",
            "last_day",
            "closes_at",
            "mode",
            "rolled",
            "ledger_head",
        )


class NoticeDetailSerializer(NoticeSerializer):
    """The same with text, list and outside addresses."""

    entries = EntrySerializer(many=True)
    sites = SiteSerializer(many=True)

    class Meta(NoticeSerializer.Meta):
        fields = (*NoticeSerializer.Meta.fields, "body", "entries", "sites")


class HonourSerializer(serializers.ModelSerializer[Honour]):
    """A title (称号) as the public may know it: facts of the organisation only."""

    organisation = serializers.CharField(source="name", help_text="The name as published")
    present_name = serializers.CharField(source="organisation.name")
    uscc = serializers.CharField(source="organisation.uscc")
    scheme = serializers.CharField(source="scheme.code")
    year = serializers.IntegerField(source="cycle.year")
    title = serializers.CharField()
    state = serializers.SerializerMethodField(help_text="As of today: valid, expired or revoked")

    class Meta:
        model = Honour
        fields = (
            "organisation",
            "present_name",
            "uscc",
            "scheme",
            "year",
            "tier",
            "title",
            "repeat",
            "certificate_number",
            "awarded_on",
            "valid_until",
            "state",
        )

    @extend_schema_field(serializers.ChoiceField(choices=HONOUR.choices))
    def get_state(self, honour: Honour) -> str:
        return honour.state_on(clock.today())


class NoticeFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Notice.Kind.choices)
    scheme = filters.CharFilter(field_name="scheme__code")
    year = filters.NumberFilter(field_name="cycle__year")
    running = filters.BooleanFilter(method="by_window", label="In publicity now")
    published_after = filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="gte")

    class Meta:
        model = Notice
        fields = ("kind",)

    def by_window(self, found: QuerySet[Notice], name: str, value: bool) -> QuerySet[Notice]:
        now: datetime = clock.now()
        running = {"kind": Notice.Kind.PUBLICITY, "state": "published", "closes_at__gt": now}
        return found.filter(**running) if value else found.exclude(**running)


class HonourFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="Part of the name, or a whole USCC or certificate number")
    scheme = filters.CharFilter(field_name="scheme__code")
    year = filters.NumberFilter(field_name="cycle__year")
    tier = filters.CharFilter()
    state = filters.ChoiceFilter(choices=HONOUR.choices, method="by_state")

    class Meta:
        model = Honour
        fields = ("tier",)

    def search(self, found: QuerySet[Honour], name: str, value: str) -> QuerySet[Honour]:
        return queries.honours_matching(found, words=value)

    def by_state(self, found: QuerySet[Honour], name: str, value: str) -> QuerySet[Honour]:
        return queries.honours_matching(found, state=value, on=clock.today())


@extend_schema_view(get=extend_schema(operation_id="notices_list", auth=[]))
class Notices(Open, generics.ListAPIView[Notice]):
    """Notices, the newest first."""

    serializer_class = NoticeSerializer
    pagination_class = Pages
    filterset_class = NoticeFilter
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.public_notices().order_by("-published_at", "-id")


@extend_schema_view(get=extend_schema(operation_id="notices_read", auth=[]))
class NoticeDetail(Open, generics.RetrieveAPIView[Notice]):
    """One notice."""

    serializer_class = NoticeDetailSerializer
    lookup_url_kwarg = "notice_id"
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.with_entries(queries.public_notices())


@extend_schema_view(get=extend_schema(operation_id="honours_list", auth=[]))
class Honours(Open, generics.ListAPIView[Honour]):
    """The honour roll, the newest first."""

    serializer_class = HonourSerializer
    pagination_class = Pages
    filterset_class = HonourFilter
    queryset = Honour.objects.none()

    def get_queryset(self) -> QuerySet[Honour]:
        return queries.honours_visible_to(None)


class Certificate(Open, APIView):
    """The standing of one certificate at this moment, by its check code or its number."""

    @extend_schema(operation_id="certificates_read", auth=[], responses=HonourSerializer)
    def get(self, request: Request, code: str) -> Response:
        honour = queries.honours_visible_to(None).filter(pk__in=queries.certificate_by(code.upper())).first()
        if honour is None:
            raise Http404
        return Response(HonourSerializer(honour).data)


def _open(view: Any) -> Any:
    return login_not_required(view.as_view())


urlpatterns = [
    path("notices/", _open(Notices), name="notices"),
    path("notices/<int:notice_id>/", _open(NoticeDetail), name="notice"),
    path("honours/", _open(Honours), name="honours"),
    path("certificates/<str:code>/", _open(Certificate), name="certificate"),
]
