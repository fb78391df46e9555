from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/revoke/", views.revoke_calendar, name="revoke_calendar"),
    path("calendar/<str:calendar_token>.ics", views.calendar_file, name="calendar_file"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("<int:pk>/", views.open_item, name="open_item"),
]
