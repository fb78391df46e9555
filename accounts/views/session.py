"""Logging in and one's own account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from accounts import services
from accounts.actors import PUBLIC
from accounts.forms import LoginForm, PasswordForm, PersonForm
from accounts.models import User
from accounts.roles import ROLES
from ground.web import posted, refusals_on


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """Login returns to the page that asked for it, so a form interrupted by an expired session goes on there."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to the first page of their role."""
    for grant in request.user.grants:
        try:
            return redirect(reverse(ROLES[grant.role].home))
        except NoReverseMatch:
            continue
    return render(request, "accounts/home.html")


@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """A person who is to apply makes an account and goes on to register the organisation. Who has one needs none."""
    if request.user.is_authenticated:
        return redirect("accounts:home")
    form = PersonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            user = services.register_person(**form.cleaned_data, actor=PUBLIC, now=request.now)
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("applications:register_organisation")
    return render(request, "accounts/register.html", {"form": form}, status=422 if form.errors else 200)


def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    user = User.objects.get(pk=request.user.pk)
    form = PasswordForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.change_password(
                user=user, password=form.cleaned_data["password"], actor=request.user, now=request.now
            )
            update_session_auth_hash(request, user)
            messages.success(request, "密码已修改。")
            return redirect("accounts:home")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)
