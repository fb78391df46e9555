from django.urls import path

from awards import views

app_name = "awards"
urlpatterns = [
    path("cycles/", views.cycles, name="cycles"),
    path("cycles/office/", views.office, name="office"),
    path("cycles/open/", views.open_cycle, name="open_cycle"),
    path("cycles/workdays/", views.enter_workdays, name="enter_workdays"),
    path("cycles/<int:cycle_id>/", views.cycle, name="cycle"),
    path("cycles/<int:cycle_id>/call/", views.call, name="call"),
    path("cycles/<int:cycle_id>/timetable/", views.set_timetable, name="set_timetable"),
    path("cycles/<int:cycle_id>/write-call/", views.write_call, name="write_call"),
    path("cycles/<int:cycle_id>/publish-call/", views.publish_call, name="publish_call"),
    path("cycles/<int:cycle_id>/cancel/", views.cancel_cycle, name="cancel_cycle"),
    path("law/", views.law, name="law"),
    path("law/recompute/", views.recompute_guide, name="recompute_guide"),
    path("law/criteria/<slug:criteria_code>/", views.criteria, name="criteria"),
    path("law/<slug:edition_code>/", views.edition, name="edition"),
    path("policies/", views.policies, name="policies"),
    path("policies/<slug:slug>/", views.policy, name="policy"),
]
