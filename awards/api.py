"""Public interface: schemes, editions of their rules, the policy library."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from awards import queries
from awards.law.editions import Edition
from awards.models import PolicyDocument, Scheme
from awards.rules.policy_text import paragraphs, words_of
from ground import clock
from ground.api import Open, Pages

STATUSES = ("in_force", "not_yet", "lapsed", "incomplete")


class SchemeSerializer(serializers.ModelSerializer[Scheme]):
    """An award (奖项)."""

    editions = serializers.SerializerMethodField(help_text="Codes of its editions")

    class Meta:
        model = Scheme
        fields = ("code", "name", "short_name", "editions")

    def get_editions(self, scheme: Scheme) -> list[str]:
        return [edition.code for edition in queries.all_editions() if edition.scheme == scheme.code]


class EditionSerializer(serializers.Serializer[Edition]):
    """A version of a scheme's rules (版本) and whether it holds today."""

    code = serializers.CharField()
    scheme = serializers.CharField()
    family = serializers.CharField()
    title = serializers.CharField()
    status = serializers.SerializerMethodField()
    force_from = serializers.DateField()
    force_until = serializers.DateField(allow_null=True)
    digest = serializers.CharField(help_text="SM3 of the canonical content")

    def get_status(self, edition: Edition) -> str:
        return edition.status(clock.today())


class MissingSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    message = serializers.CharField()


class EditionDetailSerializer(EditionSerializer):
    """The same with its whole content: the digest is taken of `content` in canonical JSON."""

    missing = serializers.SerializerMethodField()
    content = serializers.JSONField(help_text="Articles and parameters as in the edition's file")

    @extend_schema(responses=MissingSerializer(many=True))
    def get_missing(self, edition: Edition) -> list[dict[str, str]]:
        return [{"key": key, "message": message} for key, message in edition.missing()]


class PolicySerializer(serializers.ModelSerializer[PolicyDocument]):
    """A document of the policy library (政策文件)."""

    in_force = serializers.SerializerMethodField()

    class Meta:
        model = PolicyDocument
        fields = (
            "slug",
            "title",
            "level",
            "in_force",
            "in_force_from",
            "in_force_until",
            "digest",
            "imported_at",
        )

    def get_in_force(self, document: PolicyDocument) -> bool | None:
        """Null where the operator has given no day."""
        return queries.is_in_force(document, clock.today())


class PolicyDetailSerializer(PolicySerializer):
    """The same with its text, cut at its articles."""

    paragraphs = serializers.SerializerMethodField(
        help_text="[{anchor, text}]; the anchor is empty between articles"
    )

    class Meta(PolicySerializer.Meta):
        fields = (*PolicySerializer.Meta.fields, "paragraphs")

    def get_paragraphs(self, document: PolicyDocument) -> list[dict[str, str]]:
        return [{"anchor": part.anchor, "text": part.text} for part in paragraphs(document.text)]


class PolicyFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="Words, all of which must occur")
    level = filters.ChoiceFilter(choices=PolicyDocument.Level.choices)
    in_force = filters.BooleanFilter(method="by_force", label="In force today")

    class Meta:
        model = PolicyDocument
        fields = ("level",)

    def search(self, found: Any, name: str, value: str) -> Any:
        return queries.matching(found, words_of(value))

    def by_force(self, found: Any, name: str, value: bool) -> Any:
        condition = queries.in_force(clock.today())
        return found.filter(condition if value else ~condition)


class SchemeList(Open, generics.ListAPIView):  # type: ignore[type-arg]
    """All awards of this portal."""

    queryset = Scheme.objects.all()
    serializer_class = SchemeSerializer
    pagination_class = Pages


class SchemeDetail(Open, generics.RetrieveAPIView):  # type: ignore[type-arg]
    queryset = Scheme.objects.all()
    serializer_class = SchemeSerializer
    lookup_field = "code"


class EditionList(Open, generics.ListAPIView):  # type: ignore[type-arg]
    """All editions with their standing today. They come from files, not from rows."""

    queryset = Scheme.objects.none()
    serializer_class = EditionSerializer
    pagination_class = Pages
    filter_backends = ()

    @extend_schema(
        operation_id="editions_list",
        parameters=[
            OpenApiParameter("scheme", str, description="Only editions of this scheme"),
            OpenApiParameter(
                "status", str, enum=STATUSES, description="Only editions that stand like this today"
            ),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        scheme, status = self.request.query_params.get("scheme"), self.request.query_params.get("status")
        if status and status not in STATUSES:
            raise serializers.ValidationError({"status": f"应为其中之一：{'、'.join(STATUSES)}"})
        today = clock.today()
        return [
            edition
            for edition in queries.all_editions()
            if scheme in (None, "", edition.scheme) and status in (None, "", edition.status(today))
        ]


class EditionDetail(Open, APIView):
    """One edition with its whole content; `?digest=` asks for a content that a cycle has pinned."""

    @extend_schema(
        parameters=[OpenApiParameter("digest", str, description="SM3 of a pinned content")],
        responses=EditionDetailSerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        edition = queries.edition_or_pinned(code, request.query_params.get("digest", ""))
        if edition is None:
            raise Http404
        return Response(EditionDetailSerializer(edition).data)


class PolicyList(Open, generics.ListAPIView):  # type: ignore[type-arg]
    """The policy library, searched and filtered."""

    queryset = PolicyDocument.objects.all()
    serializer_class = PolicySerializer
    filterset_class = PolicyFilter
    pagination_class = Pages


class PolicyDetail(Open, generics.RetrieveAPIView):  # type: ignore[type-arg]
    queryset = PolicyDocument.objects.all()
    serializer_class = PolicyDetailSerializer
    lookup_field = "slug"


urlpatterns = [
    path("schemes/", login_not_required(SchemeList.as_view()), name="schemes"),
    path("schemes/<slug:code>/", login_not_required(SchemeDetail.as_view()), name="scheme"),
    path("editions/", login_not_required(EditionList.as_view()), name="editions"),
    path("editions/<slug:code>/", login_not_required(EditionDetail.as_view()), name="edition"),
    path("policies/", login_not_required(PolicyList.as_view()), name="policies"),
    path("policies/<slug:slug>/", login_not_required(PolicyDetail.as_view()), name="policy"),
]
