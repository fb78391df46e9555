from scoring import urls_results, urls_reviewers

app_name = "scoring"
urlpatterns = [*urls_reviewers.urlpatterns, *urls_results.urlpatterns]
