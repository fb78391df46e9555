from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("home/", views.home, name="home"),
    path("register/", views.register, name="register"),
    path("password/", views.password, name="password"),
    path("users/", views.users, name="users"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/grant/", views.grant, name="grant"),
    path("users/<int:user_id>/grants/<int:grant_id>/revoke/", views.revoke, name="revoke"),
    path("users/<int:user_id>/switch/", views.switch, name="switch"),
    path("ledger/", views.ledger, name="ledger"),
]
