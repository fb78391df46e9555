from scoring import urls_results

app_name = "scoring"
urlpatterns = [*urls_results.urlpatterns]
