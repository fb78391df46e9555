from scoring import (
    urls_feedback,
    urls_office,
    urls_offline,
    urls_pool,
    urls_results,
    urls_reviewers,
    urls_site,
)

app_name = "scoring"
urlpatterns = [
    *urls_feedback.urlpatterns,
    *urls_office.urlpatterns,
    *urls_offline.urlpatterns,
    *urls_pool.urlpatterns,
    *urls_reviewers.urlpatterns,
    *urls_results.urlpatterns,
    *urls_site.urlpatterns,
]
