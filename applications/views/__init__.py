"""Pages of this app."""

from django.http import Http404, HttpRequest, HttpResponse


def add_evidence(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def autosave_profile(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def check_application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def choose_recommender(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def condition(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def confirm_check(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def correction(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def decide_eligibility(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def decline_recommendation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def edit_organisation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def eligibility(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def file(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def home(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def office_export(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def office_list(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def organisation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def profile(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def receipt(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def recommendation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def recommendations(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def record_waiver(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def register_organisation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def remove_evidence(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def report(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def request_correction(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def run_eligibility(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def sign_recommendation(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def start_application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def submit_application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def take_back_application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def tasks(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404


def withdraw_application(request: HttpRequest, **keys: object) -> HttpResponse:
    raise Http404
